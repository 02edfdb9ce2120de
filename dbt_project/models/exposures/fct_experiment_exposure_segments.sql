{{ config(**abstats.public_view()) }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}
{%- set segments = abstats.segments() %}

with first_exposures as (

    select * from {{ ref('int_experiment_exposures_first') }}

),

segments as (

    {% for segment in segments %}
    select
        experiment_id,
        cast(unit_id as {{ dbt.type_string() }}) as unit_id,
        '{{ segment }}' as segment_name,
        coalesce({{ abstats.segment_column(segment) }}, '(missing)')
            as segment_value
    from first_exposures
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        experiment_id,
        cast(unit_id as {{ dbt.type_string() }}) as unit_id,
        variant_id as segment_name,
        variant_id as segment_value
    from first_exposures
    where 1 = 0
    {% endfor %}

)

select * from segments
