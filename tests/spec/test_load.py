from pathlib import Path

import pytest

from abstats.spec import SpecError
from abstats.spec.load import load_experiments

from .examples import EXPERIMENT, parsed


def told(text: str) -> list[str]:
    spec, problems = parsed(text, "experiments/x.yml")
    assert spec is None
    assert problems
    return str(SpecError(problems)).splitlines()[3:]


def changed(old: str, new: str) -> list[str]:
    assert old in EXPERIMENT
    return told(EXPERIMENT.replace(old, new))


def test_a_valid_file_gives_its_experiment_and_no_problem() -> None:
    spec, problems = parsed(EXPERIMENT, "experiments/x.yml")
    assert problems == []
    assert spec is not None
    assert spec.name == "ranker_v2"
    assert spec.source.place(("metrics", "primary", 0)) == "experiments/x.yml:10"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("owner:", "ownr:", "line 2  ownr is not a known key, must be one of allocation"),
        ("owner: search-relevance\n", "", "line 1  owner is missing, must be given: who answers"),
        ("owner: search-relevance", "owner:", "line 2  owner is empty, must be text."),
        ("owner: search-relevance", "owner: [a]", "line 2  owner is a list, must be text."),
        ("start: 2026-01-05", "start: 2026-01-05 10:00:00", "line 5  start == '2026-01-05 10"),
        ("start: 2026-01-05", "start: 5.1.2026", "line 5  start == '5.1.2026', must be a day"),
        ("end: 2026-02-02", "end: 2026-01-05", "line 6  end == 2026-01-05, must be after start"),
        ("control: 0.5", "control: 0.4", "line 7  variants add up to 0.9, the weights must"),
        ("control: 0.5", "control: '0.5'", "line 7  variants.control == '0.5', must be a number."),
        ("control: 0.5", "control: -0.5", "line 7  variants.control == -0.5, must be > 0."),
        ("control: control", "control: contrl", "line 8  control == 'contrl', must be one of"),
        ("primary: [ctr]", "primary: ctr", "line 10  metrics.primary == 'ctr', must be a list."),
        ("primary: [ctr]", "primary: []", "line 10  metrics.primary has 0, must have at least 1."),
        ("primary:", "primry:", "line 10  metrics.primry is not a known key, must be one of guard"),
        ("    - orders", "    - ctr", "line 12  metrics.guardrails has 'ctr' again, a metric has"),
        (
            "margin: 0.02",
            "margin: -1",
            "line 13  metrics.guardrails[0].margin == -1, must be > 0",
        ),
        ("margin: 0.02", "margn: 1", "line 13  metrics.guardrails[0].margn is not a known key"),
        ("{days: 7}", "7", "line 15  window == '7', must be a mapping of keys to values."),
        ("{days: 7}", "{days: 7.5}", "line 15  window.days == 7.5, must be a whole number."),
        ("{days: 7}", "{day: 7}", "line 15  window.day is not a known key, must be one of days"),
        ("[platform, is_new_user]", "[all]", "line 16  segments has 'all', that name is taken"),
        ("alpha: 0.05", "alpha: 1.5", "line 18  analysis.alpha == 1.5, must be > 0 and < 1."),
        ("holm", "holms", "line 19  analysis.correction == 'holms', must be one of none, bonf"),
        ("cuped: true", "cuped: maybe", "line 20  analysis.cuped == 'maybe', must be true or"),
    ],
)
def test_a_mistake_is_told_with_line_key_value_and_rule(old: str, new: str, line: str) -> None:
    lines = changed(old, new)
    assert any(found.startswith(f"  {line}") for found in lines), lines


def test_a_misspelt_key_gets_the_nearest_one() -> None:
    (unknown,) = [line for line in changed("alpha:", "alhpa:") if "alhpa" in line]
    assert unknown.endswith("Did you mean 'alpha'?")


def test_a_key_in_the_wrong_place_is_sent_home() -> None:
    (line,) = told(EXPERIMENT + "power: 0.9\n")
    assert line.endswith("It belongs under 'analysis'.")


def test_a_broken_rule_between_keys_has_the_line_of_the_culprit() -> None:
    (line,) = told(EXPERIMENT + "  post_stratify: platfrom\n")
    assert line == (
        "  line 21  analysis.post_stratify == 'platfrom', must be one of the segments, platform, "
        "is_new_user. Did you mean 'platform'?"
    )


def test_all_mistakes_of_a_file_come_in_one_report() -> None:
    text = EXPERIMENT.replace("control: control", "control: nobody").replace("owner:", "ownr:")
    text = text.replace("end: 2026-02-02", "end: 2025-02-02").replace("margin: 0.02", "margin: 2")
    keys = [line.split("  ")[2].split(" ")[0] for line in told(text)]
    assert keys == ["owner", "ownr", "end", "control", "metrics.guardrails[0].margin"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "~"])
def test_an_empty_file_is_a_problem(text: str) -> None:
    assert told(text) == ["  is empty, must hold one experiment."]


def test_a_file_that_is_no_mapping_is_a_problem() -> None:
    assert told("- a\n- b\n") == [
        "  line 1  is a list, an experiment is a mapping of keys to values."
    ]
    assert told("hello") == [
        "  line 1  == 'hello', an experiment is a mapping of keys to values.",
    ]


def test_a_syntax_error_has_its_line() -> None:
    (line,) = told("name: a\nowner: [b\nunit: user\n")
    assert line.startswith("  line 3  cannot be read as YAML")


@pytest.mark.parametrize("first", ["on", "off", "1", "1.50", "true", "2026-01-05", "'null'"])
def test_variant_ids_are_read_as_they_are_written(first: str) -> None:
    text = EXPERIMENT.replace("{control: 0.5, ", f"{{{first}: 0.5, ")
    text = text.replace("control: control", f"control: {first}")
    spec, problems = parsed(text, "x.yml")
    assert problems == []
    assert spec is not None
    assert spec.control == first.strip("'")


def test_on_and_off_are_two_variants() -> None:
    text = EXPERIMENT.replace("{control: 0.5, ranker_v2: 0.5}", "{on: 0.5, off: 0.5}")
    spec, problems = parsed(text.replace("control: control", "control: off"), "x.yml")
    assert problems == []
    assert spec is not None
    assert spec.treatments == ("on",)


def test_a_number_may_be_written_with_an_exponent() -> None:
    text = EXPERIMENT + "  srm_alpha: 1e-4\n"
    spec, problems = parsed(text, "x.yml")
    assert problems == []
    assert spec is not None
    assert spec.analysis.srm_alpha == 0.0001


def folder(tmp_path: Path, **files: str) -> Path:
    path = tmp_path / "experiments"
    path.mkdir()
    for name, text in files.items():
        (path / f"{name}.yml").write_text(text, encoding="utf-8")
    return path


def test_a_folder_gives_all_its_experiments_and_all_their_problems(tmp_path: Path) -> None:
    path = folder(tmp_path, a=EXPERIMENT, b="", c="[", d=EXPERIMENT.replace("ranker_v2", "other"))
    (path / "more").mkdir()
    nested = EXPERIMENT.replace("name: ranker_v2", "name: nested")
    (path / "more" / "e.yaml").write_text(nested, encoding="utf-8")
    (path / "notes.txt").write_text("not an experiment", encoding="utf-8")
    specs, problems = load_experiments(path)
    assert [spec.name for spec in specs] == ["ranker_v2", "other", "nested"]
    assert [problem.path for problem in problems] == ["experiments/b.yml", "experiments/c.yml"]


def test_two_experiments_of_one_name_are_a_problem(tmp_path: Path) -> None:
    specs, (problem,) = load_experiments(folder(tmp_path, a=EXPERIMENT, b=EXPERIMENT))
    assert len(specs) == 1
    assert f"{problem.file} {problem}" == (
        "experiments/b.yml:1 name == 'ranker_v2', must be unique; experiments/a.yml has it too."
    )


def test_a_file_that_is_not_utf_8_is_a_problem(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "latin.yml").write_bytes(b"name: gr\xf6\xdfe")
    specs, (problem,) = load_experiments(path)
    assert specs == []
    assert str(problem) == "is not UTF-8 text, must be saved as UTF-8."


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = folder(tmp_path)
    text = EXPERIMENT.replace("\n", "\r\n")
    (path / "windows.yml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    specs, problems = load_experiments(path)
    assert problems == []
    assert [spec.name for spec in specs] == ["ranker_v2"]


def test_a_missing_folder_is_a_problem_and_an_empty_one_is_not(tmp_path: Path) -> None:
    _, (problem,) = load_experiments(tmp_path / "experiments")
    assert problem.message == "is not a folder"
    assert load_experiments(folder(tmp_path)) == ([], [])


def test_a_loaded_spec_equals_one_made_in_code() -> None:
    spec, _ = parsed(EXPERIMENT, "x.yml")
    assert spec is not None
    assert type(spec).model_validate_json(spec.model_dump_json()) == spec
