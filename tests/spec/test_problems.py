from abstats.spec.problems import Problem, SpecError, key_path, nearest


def test_a_report_is_grouped_by_file_and_ordered_by_line() -> None:
    error = SpecError(
        [
            Problem("experiments/b.yml", "", "is empty", "must hold one experiment"),
            Problem("experiments/a.yml:12", "control", "== 'x'", "must be a variant"),
            Problem("experiments/a.yml:9", "owner", "is missing", "must be given", "Name one."),
        ]
    )
    assert str(error) == (
        "abstats found 3 problems in your specs; nothing was built.\n"
        "\n"
        "experiments/a.yml\n"
        "  line 9  owner is missing, must be given. Name one.\n"
        "  line 12  control == 'x', must be a variant.\n"
        "\n"
        "experiments/b.yml\n"
        "  is empty, must hold one experiment."
    )


def test_one_problem_is_told_once_and_in_the_singular() -> None:
    problem = Problem("a.yml", "owner", "is missing", "must be given")
    error = SpecError([problem, problem])
    assert error.problems == (problem,)
    assert str(error).startswith("abstats found 1 problem in")


def test_a_file_name_with_a_colon_has_no_line() -> None:
    problem = Problem("odd:name.yml", "", "is empty", "must not be")
    assert (problem.path, problem.line) == ("odd:name.yml", None)
    located = Problem("odd:name.yml:3", "", "is empty", "must not be")
    assert (located.path, located.line) == ("odd:name.yml", 3)


def test_the_nearest_name_ignores_case_and_nothing_alike_gives_nothing() -> None:
    assert nearest("crt", ["ctr", "revenue"]) == "Did you mean 'ctr'?"
    assert nearest("CTR", ["ctr"]) == "Did you mean 'ctr'?"
    assert nearest("zzz", ["ctr", "revenue"]) == ""
    assert nearest("ctr", []) == ""


def test_key_paths_show_positions_and_odd_keys() -> None:
    assert key_path(("metrics", "primary", 0)) == "metrics.primary[0]"
    assert key_path(("variants", "new model")) == "variants['new model']"
    assert key_path(()) == ""
