{{ config(**abstats.public_table()) }}

select * from {{ ref('int_experiment_cross_checks_made') }}
