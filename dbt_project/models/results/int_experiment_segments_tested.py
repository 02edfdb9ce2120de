def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.segment_tests import segment_tests

    return segment_tests(
        experiments=dbt.ref("dim_experiments"),
        metrics=dbt.ref("dim_metrics"),
        moments=dbt.ref("int_experiment_cell_moments"),
        quantile_grids=dbt.ref("int_experiment_quantile_grids"),
        minimum_cell_size=dbt.config.meta_get("minimum_cell_size"),
    )
