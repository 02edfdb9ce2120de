"""The simulated movie service: two recommenders, four experiments, known true effects."""

from abstats.demo.simulation import SimulationError, simulate

__all__ = ["SimulationError", "simulate"]
