"""Posteriors are computed where a prior is declared, and cost nothing where none is."""

import ast

import pyarrow as pa

from abstats.analysis import POSTERIORS_SCHEMA
from abstats.pipeline.posteriors import declare_priors, no_posteriors
from tests.analysis.worlds import an_experiment
from tests.conftest import REPOSITORY

MODEL = REPOSITORY / "dbt_project/models/results/int_experiment_posteriors_computed.py"
PRIOR = {"bayesian": {"prior": "flat"}}


class Dbt:
    """What dbt hands to a model; counts the tables that are read."""

    def __init__(self, *specs):
        self.specs = specs
        self.read = []

    def config(self, **_):
        pass

    def ref(self, name):
        self.read.append(name)
        return pa.table({"spec": [spec.canonical for spec in self.specs]})


def test_without_a_declared_prior_the_model_reads_the_specs_only():
    namespace = {}
    exec(compile(ast.parse(MODEL.read_text()), MODEL.name, "exec"), namespace)
    dbt = Dbt(an_experiment())
    rows = namespace["model"](dbt, None)
    assert dbt.read == ["dim_experiments"]
    assert (rows.schema, rows.num_rows) == (POSTERIORS_SCHEMA, 0)


def test_one_experiment_with_a_prior_is_enough():
    specs = [an_experiment(), an_experiment("other", analysis=PRIOR)]
    assert declare_priors(pa.table({"spec": [spec.canonical for spec in specs]}))
    assert not declare_priors(pa.table({"spec": [specs[0].canonical]}))
    assert no_posteriors().num_rows == 0
