{{ config(
    materialized='incremental',
    incremental_strategy=abstats.replacing_strategy(),
    unique_key="experiment_id || '|' || cast(analysis_date as varchar(10))",
    partition_by=abstats.replaced_partitions(
        ['experiment_id', 'analysis_date']
    ),
    on_schema_change='append_new_columns',
    post_hook="{{ abstats.delete_other_dates() }}"
) }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

{{ abstats.cell_moments() }}
