{{ config(materialized='table', grants=abstats.grants_to_readers()) }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

select * from {{ ref('int_experiment_variants_declared') }}
