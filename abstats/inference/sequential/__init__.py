"""Group sequential tests: boundaries, designs, and inference during and after."""

from abstats.inference.sequential.boundaries import Bounds, spending_bounds
from abstats.inference.sequential.classic import classic_bounds
from abstats.inference.sequential.futility import FutilityDesign, futility_bounds, futility_design
from abstats.inference.sequential.monitor import FutilityPlan, MonitoredLook, Plan, monitor
from abstats.inference.sequential.operating import (
    OperatingCharacteristics,
    drift_for_power,
    inflation_factor,
    operating_characteristics,
)
from abstats.inference.sequential.repeated import (
    RepeatedIntervals,
    repeated_intervals,
    repeated_p_value,
)
from abstats.inference.sequential.running import (
    running_bounds,
    running_p_value,
    running_stage_wise_p_value,
    running_variance,
)
from abstats.inference.sequential.spending import (
    SPENDING_FUNCTIONS,
    Spending,
    cumulative_spending,
)
from abstats.inference.sequential.stopping import (
    StopInference,
    inference_at_stop,
    stage_wise_p_value,
)

__all__ = [
    "SPENDING_FUNCTIONS",
    "Bounds",
    "FutilityDesign",
    "FutilityPlan",
    "MonitoredLook",
    "OperatingCharacteristics",
    "Plan",
    "RepeatedIntervals",
    "Spending",
    "StopInference",
    "classic_bounds",
    "cumulative_spending",
    "drift_for_power",
    "futility_bounds",
    "futility_design",
    "inference_at_stop",
    "inflation_factor",
    "monitor",
    "operating_characteristics",
    "repeated_intervals",
    "repeated_p_value",
    "running_bounds",
    "running_p_value",
    "running_stage_wise_p_value",
    "running_variance",
    "spending_bounds",
    "stage_wise_p_value",
]
