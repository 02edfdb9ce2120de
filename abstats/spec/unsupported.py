"""What design and dbt know and this version does not: refused by name, never ignored."""

from abstats.spec.experiment import Analysis, ExperimentSpec
from abstats.spec.fields import Spec
from abstats.spec.metric import ExperimentMeta

NOT_SUPPORTED = "is not supported in this version of abstats"

KEYS: dict[type[Spec], dict[str, str]] = {
    ExperimentSpec: {
        "allocation": "traffic must keep the weights of variants from start to end",
    },
    Analysis: {
        "sequential": "an experiment is judged once, when it is over",
    },
    ExperimentMeta: {
        "winsorize": "values are taken as they are; cap them in the fact's SQL",
    },
}
"""Keys by the model they would stand in, with the rule that holds instead."""

KINDS = ("quantile", "retention", "conversion", "gini", "composite")
"""Kinds of metric that come later."""
