import pytest

from abstats.spec.tree import MOST_NODES, read_tree


def read(text: str, *texts: tuple[str, ...]) -> object:
    tree = read_tree(text, "x.yml", texts)
    assert tree.problems == []
    return tree.value


def complaint(text: str) -> str:
    (problem,) = read_tree(text, "x.yml", ()).problems
    return f"{problem.file} {problem}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1", -1),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("on", "on"),
        ("no", "no"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("2026-01-05", "2026-01-05"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("~", None),
        ("-.inf", float("-inf")),
        ("9" * 5000, float("inf")),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    assert read(f"a: {text}") == {"a": value}


def test_keys_are_text_as_they_are_written() -> None:
    assert read("{1: a, on: b, 0.50: c, ~: d}") == {"1": "a", "on": "b", "0.50": "c", "~": "d"}


def test_a_scalar_is_text_where_text_is_wanted() -> None:
    text = "control: 1\nmetrics: {primary: [1, true]}\nvariants: {control: 0.5}"
    value = read(text, ("control",), ("metrics", "primary"))
    assert value == {
        "control": "1",
        "metrics": {"primary": ["1", "true"]},
        "variants": {"control": 0.5},
    }


def test_every_key_has_its_line() -> None:
    tree = read_tree("a: 1\nb:\n  c:\n    - x\n    - {d: 2}\n", "x.yml", ())
    assert tree.lines == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 4,
        ("b", "c", 1): 5,
        ("b", "c", 1, "d"): 5,
    }


def test_aliases_are_followed() -> None:
    assert read("a: &w {days: 7}\nb: *w") == {"a": {"days": 7}, "b": {"days": 7}}


def test_a_key_that_stands_twice_is_a_problem_with_both_lines() -> None:
    assert complaint("a:\n  b: 1\n  b: 2\n") == (
        "x.yml:3 a.b is there twice, a key stands once; line 2 has it too."
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: b: c",
        "\ta: 1",
        "a: *nowhere",
        "a: 1\n---\nb: 2",
        'a: "\\UFFFFFFFF"',
        "a: &x [*x]",
        "[" * 5000,
        "\x00",
        "%YAML 1.1\n%YAML 1.1\n---\na",
        "a: !!python/object/apply:os.system [ls]",
        "{[1, 2]: a}",
    ],
)
def test_what_cannot_be_read_is_one_problem(text: str) -> None:
    assert complaint(text).startswith("x.yml")


def test_aliases_within_aliases_do_not_explode() -> None:
    levels = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    text = "\n".join(["a0: &a0 [x]", *levels])
    assert f"more than {MOST_NODES} values" in complaint(text)
