{{ config(**abstats.public_table()) }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

with experiments as (

    select * from {{ ref('int_experiments_declared') }}

),

dates as (

    select * from {{ ref('int_experiment_analysis_dates') }}

),

first_exposures as (

    select
        experiment_id,
        min(exposed_at) as first_exposed_at
    from {{ ref('int_experiment_exposures_first') }}
    group by experiment_id

)

select
    experiments.experiment_id,
    experiments.owner,
    experiments.hypothesis,
    experiments.description,
    experiments.unit,
    experiments.start_date,
    experiments.end_date,
    experiments.control_variant_id,
    experiments.n_variants,
    experiments.correction,
    experiments.alpha,
    experiments.power,
    first_exposures.first_exposed_at,
    dates.analysis_date,
    case
        when first_exposures.first_exposed_at is null then 'planned'
        when dates.analysis_date >= experiments.last_useful_date then 'ended'
        else 'running'
    end as state,
    experiments.spec,
    experiments.spec_hash
from experiments
inner join dates
    on experiments.experiment_id = dates.experiment_id
left join first_exposures
    on experiments.experiment_id = first_exposures.experiment_id
