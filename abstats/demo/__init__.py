"""The simulated movie service: two recommenders, three experiments, known true effects."""

from abstats.demo.simulation import SimulationError, simulate

__all__ = ["SimulationError", "simulate"]
