"""`abstats show` on warehouses made up from the contracts."""

import hashlib
import json
import subprocess
import sys

import duckdb
import pytest
from rich.cells import cell_len

from abstats.cli.show import rows
from abstats.dbt_package import dbt_package_path
from tests.analysis.worlds import an_experiment
from tests.cli import warehouse
from tests.cli.contracts import columns_of


@pytest.fixture
def show(abstats, tmp_path, monkeypatch):
    """Builds a warehouse and shows it from inside its project."""
    monkeypatch.chdir(tmp_path)

    def run(tables, *arguments, schema="main", truths=None, **environment):
        warehouse.build(tmp_path, tables, schema, truths)
        return abstats("show", *arguments, **environment)

    return run


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("dim_experiments", rows.ExperimentRow),
        ("dim_metrics", rows.MetricRow),
        ("fct_experiment_results", rows.ResultRow),
        ("fct_experiment_health", rows.HealthRow),
        ("fct_experiment_decisions", rows.DecisionRow),
        ("fct_experiment_cross_checks", rows.CrossCheckRow),
        ("fct_experiment_posteriors", rows.PosteriorRow),
    ],
)
def test_every_column_that_is_shown_is_in_the_contract(table, row):
    assert set(row._fields) <= set(columns_of(table))


def test_verdict_reason_health_and_the_metric_are_shown(show):
    shown = show(warehouse.ship())
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0] == "ranker  ended, data through 2026-02-08"
    assert "SHIP  treatment against control" in lines
    assert "  Primary metric significantly better." in lines
    assert "Health  1 passed" in lines
    (row,) = (line for line in lines if line.startswith("  ctr"))
    assert "10.00" in row  # control
    assert "10.50" in row  # treatment
    assert "+5.0 %" in row
    assert row.endswith("better")


def test_one_experiment_is_shown_in_full_and_others_not(show):
    tables = warehouse.ship()
    tables["dim_experiments"].append(warehouse.experiment("other"))
    shown = show(tables, "ranker").stdout
    assert "The new ranker raises clicks." in shown
    assert "users: control 1,000, treatment 1,010" in shown
    assert "pass  sample ratio mismatch  Looked at." in shown
    assert "other" not in shown


def test_in_short_secondary_metrics_are_counted_by_what_they_say(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [warehouse.experiment(spec=warehouse.spec(secondary=["a", "b"]))]
    tables["fct_experiment_results"] += [
        warehouse.result("a", role="secondary"),
        warehouse.result("b", effect=0.0, role="secondary"),
    ]
    assert "and 2 secondary metrics: 1 better, 1 unclear" in show(tables).stdout


def test_metrics_stand_in_the_order_of_the_spec_under_their_roles(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [
        warehouse.experiment(
            spec=warehouse.spec(primary=["z", "b"], secondary=["a"], guardrails=["latency"])
        )
    ]
    tables["fct_experiment_results"] = [
        warehouse.result("a", role="secondary"),
        warehouse.result("b"),
        warehouse.guardrail(),
        warehouse.result("z"),
    ]
    lines = show(tables, "ranker").stdout.splitlines()
    names = ("Primary", "Secondary", "Guardrails", "  z ", "  b ", "  a ", "  latency ")
    firsts = [line for line in lines if line.startswith(names)]
    assert [line.split()[0] for line in firsts] == [
        *("Primary", "z", "b", "Secondary", "a", "Guardrails", "latency")
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "holds ≤ +3 %"),
        ({"p_value_non_inferiority": 0.4, "is_non_inferior": False}, "unproven ≤ +3 %"),
        ({"p_value_non_inferiority": 0.999, "is_non_inferior": False}, "broken ≤ +3 %"),
        ({"direction": "increase"}, "holds ≥ -3 %"),
        ({"margin_type": "absolute", "margin": 5.0}, "holds ≤ +5"),
        (
            {
                "margin": None,
                "margin_type": None,
                "p_value_non_inferiority": None,
                "direction": "increase",
            },
            "holds",
        ),
    ],
)
def test_a_guardrail_says_its_margin_and_whether_it_holds(show, changes, said):
    tables = warehouse.ship()
    tables["fct_experiment_results"].append(warehouse.guardrail(**changes))
    (row,) = (line for line in show(tables).stdout.splitlines() if line.startswith("  latency"))
    assert row.endswith(said)


SAME = {"hypothesis": "equivalence", "margin": 0.1, "margin_type": "relative"}
WIDER = {"effect_rel_ci_adjusted_lower": 0.11, "effect_rel_ci_adjusted_upper": 0.15}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"is_significant": True}, "equivalent ± 10 %"),
        ({"is_significant": False}, "unproven ± 10 %"),
        ({"is_significant": False, **WIDER}, "different ± 10 %"),
        ({"is_significant": None, "p_value_adjusted": None}, "no estimate ± 10 %"),
        ({"is_significant": True, "margin_type": "absolute", "margin": 0.8}, "equivalent ± 0.8"),
    ],
)
def test_an_equivalence_says_its_margin_and_whether_it_is_shown(show, changes, said):
    tables = warehouse.ship()
    tables["fct_experiment_results"] = [warehouse.result(**SAME | changes)]
    shown = show(tables).stdout
    (row,) = (line for line in shown.splitlines() if line.startswith("  ctr"))
    assert row.endswith(said)
    assert "margin of an equivalence, whose p tests that it is kept" in " ".join(shown.split())
    # Both margins are drawn.
    assert row.count("┊") == 2


def test_a_running_experiment_says_too_early_whatever_the_p_values(show):
    tables = warehouse.ship()
    tables["fct_experiment_decisions"] = [warehouse.decision("keep_running", is_final=False)]
    shown = show(tables).stdout
    assert "KEEP RUNNING" in shown
    assert "too early" in shown
    assert "better\n" not in shown


def test_pairs_of_treatments_are_too_early_with_the_experiment(show):
    tables = warehouse.ship()
    tables["fct_experiment_results"] = [
        warehouse.result(),
        warehouse.result(control_variant_id="other"),
        warehouse.result(treatment_variant_id="other"),
    ]
    tables["fct_experiment_decisions"] = [
        warehouse.decision("keep_running", treatment_variant_id=name, is_final=False)
        for name in ("treatment", "other")
    ]
    shown = show(tables).stdout
    assert "treatment against other" in shown
    assert "better" not in shown.replace("significantly better", "")


def test_results_without_a_verdict_are_not_read(show):
    tables = warehouse.ship()
    tables["fct_experiment_decisions"] = []
    assert "too early" in show(tables).stdout


def test_an_invalid_experiment_says_unreliable_and_what_to_do(show):
    tables = warehouse.ship()
    tables["fct_experiment_decisions"] = [warehouse.decision("invalid")]
    tables["fct_experiment_health"] = [
        warehouse.check(status="fail", detail="Half is missing.", next_step="Look at the bots."),
        warehouse.check("missing_variant", status="warn", next_step="Look at the log."),
    ]
    shown = show(tables).stdout
    assert "Health  1 failure, 1 warning" in shown
    assert "fail  sample ratio mismatch: Half is missing. Look at the bots." in shown
    assert "Look at the log." not in shown  # a warning is told in one line
    assert "unreliable" in shown


def test_a_number_that_cannot_be_had_is_explained(show):
    missing = {
        name: None
        for name in columns_of("fct_experiment_results")
        if name.startswith(("effect_", "p_value", "treatment_mean", "is_significant"))
    }
    tables = warehouse.ship()
    reason = "The treatment has no units."
    tables["fct_experiment_results"] = [
        warehouse.result(**missing, status="no_data", status_reason=reason)
    ]
    shown = show(tables).stdout
    assert "no estimate" in shown
    assert f"  ctr: {reason}" in shown.splitlines()


def test_units_that_are_too_few_to_be_shown_are_there(show):
    tables = warehouse.ship()
    missing = {
        name: None
        for name in columns_of("fct_experiment_results")
        if name.startswith(("effect_", "p_value", "is_significant")) or name.endswith("_mean")
    }
    reason = "An arm has fewer than 10 units."
    said = {"status": "withheld", "status_reason": reason}
    withheld = {"control_n_units": None, "treatment_n_units": None, **missing, **said}
    tables["fct_experiment_results"] = [warehouse.result(**withheld)]
    shown = show(tables, "ranker").stdout
    assert "control few, treatment few" in shown
    assert f"  ctr: {reason}" in shown.splitlines()


def test_without_a_relative_effect_the_absolute_one_is_shown(show):
    tables = warehouse.ship()
    missing = {
        name: None for name in columns_of("fct_experiment_results") if name.startswith("effect_rel")
    }
    tables["fct_experiment_results"] = [
        warehouse.result(**missing, status="relative_undefined", status_reason="Control is 0.")
    ]
    shown = show(tables, COLUMNS="120").stdout
    assert "+0.50" in shown
    assert "[+0.30, +0.70]" in shown
    assert "Control is 0." in shown


def test_several_treatments_have_a_block_each_and_pairs_of_treatments_no_verdict(show):
    tables = warehouse.ship()
    tables["fct_experiment_results"] += [
        warehouse.result(treatment_variant_id="other", effect=-0.05),
        warehouse.result(treatment_variant_id="treatment", control_variant_id="other"),
    ]
    tables["fct_experiment_decisions"].append(
        warehouse.decision("rollback", treatment_variant_id="other")
    )
    lines = show(tables).stdout.splitlines()
    assert "ROLLBACK  other against control" in lines
    blocks = ["other against control", "treatment against control", "treatment against other"]
    assert [line for line in lines if line in blocks] == blocks


def test_only_the_last_look_is_shown(show):
    tables = warehouse.ship()
    earlier = warehouse.date(2026, 2, 1)
    tables["fct_experiment_results"].append(warehouse.result(effect=0.33, analysis_date=earlier))
    tables["fct_experiment_decisions"].append(
        warehouse.decision("keep_running", analysis_date=earlier)
    )
    shown = show(tables).stdout
    assert "+33" not in shown
    assert "KEEP RUNNING" not in shown


def test_a_spec_that_changed_since_the_build_is_noticed(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [warehouse.experiment(spec_hash="h2")]
    assert "has changed since these numbers were computed" in show(tables).stdout


def test_an_experiment_without_exposures_has_no_empty_table(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [warehouse.experiment(state="planned")]
    tables["fct_experiment_results"] = [
        warehouse.result(control_n_units=0, treatment_n_units=0, status="no_data")
    ]
    shown = show(tables).stdout
    assert "planned, starts 2026-01-05" in shown
    assert "Primary\n" not in shown


def test_a_segment_has_its_values_under_each_metric(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [warehouse.experiment(spec=warehouse.spec(segments=["platform"]))]
    tables["fct_experiment_results"] += [
        warehouse.result(segment_name="platform", segment_value=value, effect=effect)
        for value, effect in (("web", 0.04), ("ios", 0.06))
    ]
    lines = show(tables, "ranker", "--segment", "platform").stdout.splitlines()
    start = lines.index("ctr")
    assert [line.split()[0] for line in lines[start + 1 : start + 3]] == ["ios", "web"]
    assert "treatment against control, by platform (exploratory)" in lines


def test_a_segment_value_that_is_withheld_in_every_metric_is_named_once(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [warehouse.experiment(spec=warehouse.spec(segments=["platform"]))]
    tables["dim_metrics"].append(warehouse.metric("minutes"))
    missing = {
        name: None
        for name in columns_of("fct_experiment_results")
        if name.startswith(("effect_", "p_value", "treatment_mean", "is_significant"))
    }
    missing |= {"status": "withheld", "status_reason": "Few units."}
    tables["fct_experiment_results"] += [
        warehouse.result(metric, segment_name="platform", segment_value=value, **found)
        for metric, value, found in (
            ("ctr", "ios", missing),
            ("ctr", "tv", missing),
            ("ctr", "web", {}),
            ("minutes", "ios", missing),
            ("minutes", "tv", missing),
            ("minutes", "web", missing),
        )
    ]
    lines = show(tables, "ranker", "--segment", "platform").stdout.splitlines()
    assert "  All metrics of ios, tv; minutes, web: Few units." in lines
    assert [line.split()[-1] for line in lines if line.startswith("  tv ")] == ["withheld"] * 2


def test_true_effects_are_marked_inside_or_outside_and_counted(show):
    tables = warehouse.ship()
    tables["fct_experiment_results"].append(warehouse.result("minutes", effect=0.10))
    tables["dim_metrics"].append(warehouse.metric("minutes"))
    truths = [
        ["ranker", "treatment", "control", "ctr", 0.6, 0.06],
        ["ranker", "treatment", "control", "minutes", 0.5, 0.05],
    ]
    shown = show(tables, "--truth", truths=truths).stdout
    by_metric = {line.split()[0]: line for line in shown.splitlines() if line.startswith("  ")}
    assert by_metric["ctr"].endswith("+6.0 % inside")
    assert by_metric["minutes"].endswith("+5.0 % outside")
    assert "1 of 2 intervals hold the true effect. At 95 % each, one in 20 misses." in shown


def test_truth_without_a_simulation_is_a_clear_error(show):
    shown = show(warehouse.ship(), "--truth")
    assert shown.exit_code == 1
    assert "true_effects is not in the database" in shown.stderr


def test_tables_are_found_in_the_schema_that_dbt_gave_them(show):
    shown = show(warehouse.ship(), schema="analytics_experiments")
    assert "SHIP" in shown.stdout


@pytest.mark.parametrize("width", ["80", "100", "120"])
def test_no_line_is_longer_than_the_terminal(show, width):
    tables = warehouse.ship()
    long = "a very long variant name, with much to say"
    tables["dim_metrics"] = [warehouse.metric(label="Watch minutes per viewer and week " * 2)]
    tables["fct_experiment_results"] = [
        warehouse.result(treatment_variant_id=long),
        warehouse.guardrail(treatment_variant_id=long),
    ]
    tables["fct_experiment_decisions"] = [warehouse.decision(treatment_variant_id=long)]
    for arguments in ([], ["ranker"]):
        lines = show(tables, *arguments, COLUMNS=width).stdout.splitlines()
        assert max(map(cell_len, lines)) <= int(width)
        assert any("●" in line for line in lines)


def test_a_pipe_gets_no_colours_and_no_trailing_spaces(show):
    shown = show(warehouse.ship()).stdout
    assert "\x1b" not in shown
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_no_color_is_respected_in_a_terminal(show):
    shown = show(warehouse.ship(), FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b[32m" not in shown
    assert "SHIP" in shown


def test_a_terminal_gets_colours(show):
    assert "\x1b[1;32mSHIP" in show(warehouse.ship(), FORCE_COLOR="1", TERM="xterm").stdout


def test_names_from_the_data_are_shown_as_they_are_and_cannot_steer_the_terminal(show):
    tables = warehouse.ship()
    name = '[red]it\'s "new"[/red]\x1b[2J'
    tables["fct_experiment_results"] = [warehouse.result(treatment_variant_id=name)]
    tables["fct_experiment_decisions"] = [warehouse.decision(treatment_variant_id=name)]
    shown = show(tables).stdout
    assert "\x1b" not in shown
    assert '[red]it\'s "new"[/red]\N{REPLACEMENT CHARACTER}[2J against control' in shown


def test_an_unknown_experiment_is_told_with_the_nearest_name(show):
    shown = show(warehouse.ship(), "rankr")
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.strip() == (
        "experiment == 'rankr', must be one of those that were built: ranker. "
        "Did you mean 'ranker'?"
    )


def test_an_unknown_segment_is_told_with_the_nearest_name(show):
    tables = warehouse.ship()
    tables["dim_experiments"] = [warehouse.experiment(spec=warehouse.spec(segments=["platform"]))]
    shown = show(tables, "--segment", "platfrm")
    assert shown.exit_code == 1
    assert "Did you mean 'platform'?" in shown.stderr


def test_a_project_that_was_not_built_is_told_what_to_run(abstats, tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: 1.0.0\nprofile: shop\n")
    shown = abstats("show", "--project-dir", tmp_path)
    assert shown.exit_code == 1
    assert "was not built yet. Run `dbt deps && dbt build`" in shown.stderr


def test_a_folder_without_a_dbt_project_is_told(abstats, tmp_path):
    shown = abstats("show", "--project-dir", tmp_path)
    assert shown.exit_code == 1
    assert "must be the folder of a dbt project" in shown.stderr


def test_a_missing_table_is_told(show):
    tables = warehouse.ship()
    del tables["fct_experiment_health"]
    shown = show(tables)
    assert shown.exit_code == 1
    assert "table shop.main.fct_experiment_health is not in the database" in shown.stderr


def test_a_table_of_another_version_is_told(show, abstats, tmp_path):
    show(warehouse.ship())
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("alter table fct_experiment_results drop column margin")
    shown = abstats("show")
    assert shown.exit_code == 1
    assert "has no column margin: another version of abstats built it" in shown.stderr


def test_a_database_that_another_process_writes_is_told_with_its_pid(show, abstats, tmp_path):
    show(warehouse.ship())
    database = tmp_path / "shop.duckdb"
    program = (
        f"import duckdb; c = duckdb.connect({str(database)!r}); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdout.readline()
        shown = abstats("show")
        writer.communicate(b"\n")
    assert shown.exit_code == 1
    assert f"is in use by another process, PID {writer.pid}" in shown.stderr
    assert "Traceback" not in shown.output


def test_nothing_is_written(show, abstats, tmp_path):
    show(warehouse.ship())

    def state():
        return {
            path: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in tmp_path.rglob("*")
            if path.is_file()
        }

    before = state()
    assert abstats("show", "ranker").exit_code == 0
    assert state() == before


@pytest.mark.dbt
@pytest.mark.slow
def test_another_target_is_read_where_dbt_puts_its_tables(abstats, tmp_path, monkeypatch):
    warehouse.build(tmp_path, warehouse.ship(), schema="production")
    (tmp_path / "profiles.yml").write_text(
        "shop: {target: dev, outputs: {"
        "dev: {type: duckdb, path: shop.duckdb, schema: main}, "
        "prod: {type: duckdb, path: shop.duckdb, schema: production}}}\n"
    )
    (tmp_path / "target" / "manifest.json").unlink()
    monkeypatch.chdir(tmp_path)
    assert abstats("init").exit_code == 0
    (tmp_path / "dbt_packages").mkdir()
    (tmp_path / "dbt_packages" / "abstats").symlink_to(dbt_package_path())
    shown = abstats("show", "--target", "prod")
    assert "SHIP  treatment against control" in shown.stdout, shown.output
    missing = abstats("show", "--target", "dev")
    assert missing.exit_code == 1
    assert "table shop.main.dim_experiments is not in the database" in missing.stderr
    unknown = abstats("show", "--target", "prd")
    assert unknown.exit_code == 1
    assert "prd" in unknown.stderr
    assert "Traceback" not in unknown.output


def a_look(**changes):
    """What a row says that is followed over looks."""
    return {
        "sequential_method": "group_sequential",
        "look": 2,
        "n_looks": 4,
        "p_value_sequential_adjusted": 0.3,
        "effect_rel_ci_sequential_lower": -0.02,
        "effect_rel_ci_sequential_upper": 0.12,
        "bound_crossed": "none",
        **changes,
    }


def test_a_sequential_row_shows_what_holds_over_all_looks(show):
    tables = warehouse.ship()
    tables["fct_experiment_results"] = [
        warehouse.result(**a_look()),
        warehouse.guardrail(
            **a_look(
                bound_crossed="inferior",
                p_value_sequential_adjusted=None,
                p_value_non_inferiority_sequential=1.0,
            )
        ),
    ]
    tables["fct_experiment_decisions"] = [warehouse.decision("rollback")]
    lines = show(tables, "ranker", COLUMNS="140").stdout.splitlines()
    (row,) = (line for line in lines if line.startswith("  ctr"))
    assert "[-2.0, +12.0 %]" in row
    assert "0.300" in row
    assert row.endswith("unclear")
    (row,) = (line for line in lines if line.startswith("  latency"))
    assert "broken" in row


@pytest.mark.parametrize(
    ("crossed", "is_final", "word"),
    [
        ("better", False, "better"),
        ("futility", True, "futile"),
        ("equivalent", False, "equivalent"),
        ("not_equivalent", True, "different"),
        ("none", False, "too early"),
        (None, False, "between looks"),
    ],
)
def test_a_look_says_its_word_also_before_the_end(show, crossed, is_final, word):
    tables = warehouse.ship()
    tables["fct_experiment_results"] = [warehouse.result(**a_look(bound_crossed=crossed))]
    tables["fct_experiment_decisions"] = [warehouse.decision("keep_running", is_final=is_final)]
    (row,) = (line for line in show(tables).stdout.splitlines() if line.startswith("  ctr"))
    assert row.endswith(word)


def test_the_spec_of_the_made_up_warehouse_is_shaped_like_a_real_one():
    """Segments are mappings there; `--segment` reads their names."""
    declared = an_experiment(segments=["platform"], metrics={"primary": ["a"], "guardrails": ["b"]})
    real = json.loads(declared.canonical)
    made_up = json.loads(warehouse.spec(["a"], guardrails=["b"], segments=["platform"]))
    assert made_up["segments"][0].items() <= real["segments"][0].items()
    for role, metrics in made_up["metrics"].items():
        for mine, its in zip(metrics, real["metrics"][role], strict=True):
            assert mine == its or mine.items() <= its.items()


def with_posterior(prior="flat", peeking="unsafe", **changes):
    tables = warehouse.ship()
    spec = json.loads(warehouse.spec()) | {"analysis": {"bayesian": {"prior": prior}}}
    tables["dim_experiments"] = [warehouse.experiment(spec=json.dumps(spec))]
    row = {
        **{name: tables["fct_experiment_results"][0][name] for name in ("experiment_id", "role")},
        "metric_name": "ctr",
        "treatment_variant_id": "treatment",
        "control_variant_id": "control",
        "analysis_date": warehouse.LOOK,
        "is_latest": True,
        "model": "normal",
        "prior": prior,
        "chance_to_win": 0.973,
        "loss_of_shipping_rel": 0.00021,
        "peeking": peeking,
        "status_reason": "",
    }
    return tables | {"fct_experiment_posteriors": [row | changes]}


def told_of_chances(shown):
    assert shown.exit_code == 0, shown.output
    return " ".join(shown.stdout.split())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {},
            "ctr: chance to win 97.3 %, expected loss 0.021 %; flat prior, not safe to stop on: "
            "wrong in 26 % of tests without effect after 5 looks, 46 % after 28. No verdict",
        ),
        (
            {
                "prior": "declared",
                "prior_mean": 0.0,
                "prior_std": 0.05,
                "peeking": "unchecked_prior",
            },
            "prior declared (0 % ± 5 %), safe to stop on only as far as effects come from that",
        ),
        (
            {
                "prior": "calibrated",
                "prior_mean": 0.004,
                "prior_std": 0.02,
                "n_past_experiments": 31,
                "peeking": "safe_on_average",
            },
            "prior calibrated on 31 experiments (0.4 % ± 2 %), safe to stop on, on average over",
        ),
        (
            {
                "model": "beta_binomial",
                "prior_events": 2.0,
                "prior_others": 38.0,
                "loss_of_shipping_rel": None,
                "loss_of_shipping_abs": 0.5,
            },
            "expected loss 0.5; beta prior of each rate (2 and 38 units), not safe to stop on",
        ),
        (
            {"prior": "calibrated", "chance_to_win": None, "status_reason": "There are 3."},
            "ctr: no chance to win with a calibrated prior. There are 3. No verdict reads it.",
        ),
    ],
)
def test_a_chance_to_win_is_told_with_what_stopping_on_it_does(show, changes, told):
    assert told in told_of_chances(show(with_posterior(**changes), "ranker"))


def test_chances_to_win_are_in_the_full_page_of_a_healthy_experiment_only(show):
    assert "chance to win" not in told_of_chances(show(with_posterior()))
    tables = with_posterior()
    tables["fct_experiment_decisions"] = [warehouse.decision("invalid")]
    assert "chance to win" not in told_of_chances(show(tables, "ranker"))
