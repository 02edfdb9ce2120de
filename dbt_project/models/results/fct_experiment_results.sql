{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key="experiment_id || '|' || metric_name || '|' || definition_hash",
    on_schema_change='append_new_columns',
    post_hook="{{ abstats.mark_superseded() }}"
) }}

select
    *,
    true as is_current
from {{ ref('int_experiment_results_estimated') }}
