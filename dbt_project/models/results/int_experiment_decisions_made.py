def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.decisions import decisions

    return decisions(
        experiments=dbt.ref("dim_experiments"),
        metrics=dbt.ref("dim_metrics"),
        results=dbt.ref("fct_experiment_results"),
        health=dbt.ref("fct_experiment_health"),
    )
