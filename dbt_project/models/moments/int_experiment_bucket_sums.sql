{{ config(materialized='table') }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

{{ abstats.bucket_sums() }}
