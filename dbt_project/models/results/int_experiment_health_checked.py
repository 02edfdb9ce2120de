def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.health import health

    return health(
        experiments=dbt.ref("dim_experiments"),
        metrics=dbt.ref("dim_metrics"),
        counts=dbt.ref("int_experiment_exposure_counts"),
        moments=dbt.ref("int_experiment_cell_moments"),
        covariates=dbt.ref("int_experiment_covariate_moments"),
        watermarks=dbt.ref("int_fact_watermarks"),
    )
