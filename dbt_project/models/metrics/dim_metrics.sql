{{ config(**abstats.public_table()) }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

select * from {{ ref('int_metrics_declared') }}
