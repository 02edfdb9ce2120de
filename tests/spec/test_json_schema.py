import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from abstats.spec import ExperimentMeta, ExperimentSpec
from abstats.spec.json_schema import experiment_json_schema, experiment_json_schema_text
from abstats.spec.shape import fields_by_key, model_in

SCHEMA = Path(__file__).parents[2] / "dbt_project" / "schemas" / "experiment.schema.json"


def models_below(model: type[BaseModel]) -> list[type[BaseModel]]:
    found = [model]
    for field in model.model_fields.values():
        below = model_in(field.annotation)
        found += models_below(below) if below else []
    return found


def test_the_committed_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == experiment_json_schema_text(), (
        "write abstats.spec.json_schema.experiment_json_schema_text() to the file again"
    )


def test_every_field_has_a_description_for_the_editor() -> None:
    for root in (ExperimentSpec, ExperimentMeta):
        for model in models_below(root):
            for name, field in model.model_fields.items():
                assert field.description, f"{model.__name__}.{name}"


def test_the_schema_knows_metrics_by_name_and_no_unknown_keys() -> None:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for role in ("primary", "secondary", "guardrails"):
        items = schema["$defs"]["MetricRoles"]["properties"][role]["items"]
        assert {"type": "string"} in items["anyOf"]
    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False


def test_the_schema_has_every_key_of_the_spec() -> None:
    assert set(experiment_json_schema()["properties"]) == set(fields_by_key(ExperimentSpec))
