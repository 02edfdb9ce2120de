def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.contributions import contributions

    return contributions(
        experiments=dbt.ref("dim_experiments"),
        metrics=dbt.ref("dim_metrics"),
        results=dbt.ref("fct_experiment_results"),
    )
