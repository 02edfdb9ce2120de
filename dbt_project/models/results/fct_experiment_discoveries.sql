{{ config(materialized='table', grants=abstats.grants_to_readers()) }}

select * from {{ ref('int_experiment_discoveries_counted') }}
