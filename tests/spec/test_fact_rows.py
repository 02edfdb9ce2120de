"""What a fact promises of its rows, and what is said where it is misspelt."""

from typing import Any

from abstats.spec.fact_rows import append_only_facts
from abstats.spec.graph import read_metrics

from .examples import graph, simple

FACT = "model.host.fct_clicks"


def found(meta: dict[str, Any]) -> tuple[frozenset[str], list[str]]:
    project = graph(simple("ctr", {"experiment": {}}))
    project["nodes"][FACT] |= {"config": {"meta": meta}, "patch_path": "host://metrics/clicks.yml"}
    metrics, problems = read_metrics(project)
    assert not problems
    names, problems = append_only_facts(project, metrics)
    assert all(problem.file == "metrics/clicks.yml" for problem in problems)
    return names, [str(problem) for problem in problems]


def test_rows_may_be_edited_unless_the_fact_says_that_they_are_only_added() -> None:
    assert found({}) == (frozenset(), [])
    assert found({"abstats": {}}) == (frozenset(), [])
    assert found({"abstats": {"rows": "edited"}}) == (frozenset(), [])
    assert found({"abstats": {"rows": "append_only"}}) == (frozenset({"fct_clicks"}), [])


def test_a_misspelt_promise_is_refused_with_the_nearest_right_spelling() -> None:
    for meta, place, hint in (
        ({"abstats": {"rows": "apend_only"}}, ".abstats.rows", "append_only"),
        ({"abstats": {"row": "append_only"}}, ".abstats.row", "rows"),
        ({"abstat": {"rows": "append_only"}}, ".abstat", "abstats"),
    ):
        names, (problem,) = found(meta)
        assert not names
        assert problem.startswith(f"fct_clicks.config.meta{place} ")
        assert f"Did you mean {hint!r}?" in problem


def test_a_promise_that_is_no_mapping_is_refused() -> None:
    _, (problem,) = found({"abstats": "append_only"})
    assert "must be a mapping of keys to values: {rows: append_only}" in problem


def test_other_meta_of_a_fact_is_the_hosts_own() -> None:
    assert found({"owner": "search", "lineage": {"source": "kafka"}}) == (frozenset(), [])
