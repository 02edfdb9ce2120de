{{ config(**abstats.public_table()) }}

select * from {{ ref('int_experiment_discoveries_counted') }}
