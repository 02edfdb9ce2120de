"""The gate before anything public is written: data that contradicts the specs stops the build."""

import pyarrow as pa

from abstats.pipeline.specs import stored_experiments
from abstats.spec.problems import DataError, Problem, nearest

INPUTS_SCHEMA = pa.schema([("experiment_id", pa.string()), ("n_exposed_units", pa.int64())])


def check_inputs(
    experiments: pa.Table,
    counts: pa.Table,
    value_counts: pa.Table,
    on_unknown_variants: str,
) -> pa.Table:
    """One row per experiment that may be analysed.

    Args:
        experiments: Rows of `int_experiments_declared`.
        counts: Rows of `int_experiment_exposure_counts`.
        value_counts: Rows of `int_experiment_value_counts`.
        on_unknown_variants: `fail`, or `invalidate` to leave unknown variants to the health check.

    Raises:
        DataError: a variant in the log that its spec does not know, a metric that divides by a
            column that is never positive, or one whose values are NaN or infinite.
        ValueError: `on_unknown_variants` is neither of its values.
    """
    if on_unknown_variants not in ("fail", "invalidate"):
        raise ValueError(
            f"on_unknown_variants == {on_unknown_variants!r}, must be 'fail' or 'invalidate'."
        )
    specs = stored_experiments(experiments)
    units: dict[str, dict[str, int]] = {spec.name: {} for spec in specs}
    for row in counts.to_pylist():
        if row["count_name"] == "units":
            by_variant = units[row["experiment_id"]]
            by_variant[row["variant_id"]] = by_variant.get(row["variant_id"], 0) + row["n"]
    problems = [*_useless_denominators(value_counts), *_unusable_values(value_counts)]
    if on_unknown_variants == "fail":
        for spec in specs:
            problems += [
                Problem(
                    "exposure log",
                    f"experiment {spec.name}",
                    f"{n} units were first exposed to variant {variant!r}",
                    f"must be one of {', '.join(map(repr, spec.variants))}",
                    nearest(variant, spec.variants),
                )
                for variant, n in sorted(units[spec.name].items())
                if variant not in spec.variants
            ]
    if problems:
        raise DataError(tuple(problems))
    return pa.Table.from_pylist(
        [
            {"experiment_id": name, "n_exposed_units": sum(by_variant.values())}
            for name, by_variant in units.items()
        ],
        schema=INPUTS_SCHEMA,
    )


def _useless_denominators(value_counts: pa.Table) -> list[Problem]:
    return [
        Problem(
            "metrics",
            f"metric {row['metric_name']}",
            f"its denominator is positive for none of the {row['n_with_values']} units with values",
            "a ratio must divide by a column that is positive for some unit",
        )
        for row in value_counts.to_pylist()
        if row["n_with_values"] > 0 and row["n_positive_denominators"] == 0
    ]


def _unusable_values(value_counts: pa.Table) -> list[Problem]:
    return [
        Problem(
            "metrics",
            f"metric {row['metric_name']}",
            f"has NaN, infinity or a number beyond 1e150 for {row['n_unusable']} units",
            "values must be finite; filter or repair them in the fact's SQL",
        )
        for row in value_counts.to_pylist()
        if row["n_unusable"] > 0
    ]
