def model(dbt, session):
    dbt.config(materialized="abstats_arrow")
    from abstats.pipeline.posteriors import declare_priors, no_posteriors, posteriors

    experiments = dbt.ref("dim_experiments")
    if not declare_priors(experiments):
        return no_posteriors()
    return posteriors(
        experiments=experiments,
        results=dbt.ref("fct_experiment_results"),
        decisions=dbt.ref("fct_experiment_decisions"),
    )
