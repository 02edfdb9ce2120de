{{ config(materialized='table') }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

{{ abstats.gini_values() }}
