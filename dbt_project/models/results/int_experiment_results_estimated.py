def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.results import results

    return results(
        experiments=dbt.ref("dim_experiments"),
        metrics=dbt.ref("dim_metrics"),
        moments=dbt.ref("int_experiment_cell_moments"),
        quantile_grids=dbt.ref("int_experiment_quantile_grids"),
        gini_values=dbt.ref("int_experiment_gini_values"),
        minimum_cell_size=dbt.config.meta_get("minimum_cell_size"),
    )
