def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.cross_checks import cross_checks

    return cross_checks(
        experiments=dbt.ref("dim_experiments"),
        metrics=lambda: dbt.ref("dim_metrics"),
        sums=lambda: dbt.ref("int_experiment_bucket_sums"),
        results=lambda: dbt.ref("fct_experiment_results"),
    )
