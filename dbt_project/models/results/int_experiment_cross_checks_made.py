def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.cross_checks import any_asks, cross_checks, no_checks

    experiments = dbt.ref("dim_experiments")
    if not any_asks(experiments):
        # The other tables are not read.
        return no_checks()
    return cross_checks(
        experiments=experiments,
        metrics=dbt.ref("dim_metrics"),
        sums=dbt.ref("int_experiment_bucket_sums"),
        results=dbt.ref("fct_experiment_results"),
    )
