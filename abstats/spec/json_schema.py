"""The JSON schema by which editors complete and check experiment files."""

import json
from typing import Any

from abstats.spec.experiment import ExperimentSpec


def experiment_json_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of one experiment file."""
    schema = ExperimentSpec.model_json_schema(mode="validation")
    for part in (schema, *schema["$defs"].values()):
        # An editor shows the first line; the list of attributes is for readers of the code.
        part["description"] = part["description"].splitlines()[0]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "abstats experiment",
    }


def experiment_json_schema_text() -> str:
    """The committed file `dbt_project/schemas/experiment.schema.json`."""
    return json.dumps(experiment_json_schema(), indent=2) + "\n"
