def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.discoveries import discoveries

    return discoveries(
        experiments=dbt.ref("dim_experiments"),
        results=dbt.ref("fct_experiment_results"),
        decisions=dbt.ref("fct_experiment_decisions"),
    )
