{{ config(materialized='table') }}

select * from {{ ref('int_experiment_results_estimated') }}
