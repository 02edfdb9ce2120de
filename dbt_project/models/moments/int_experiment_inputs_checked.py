def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.inputs import check_inputs

    return check_inputs(
        experiments=dbt.ref("int_experiments_declared"),
        counts=dbt.ref("int_experiment_exposure_counts"),
        value_counts=dbt.ref("int_experiment_value_counts"),
        on_unknown_variants=dbt.config.meta_get("on_unknown_variants", "fail"),
    )
