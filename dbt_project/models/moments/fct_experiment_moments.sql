{{ config(**abstats.public_table()) }}

{%- set minimum = abstats.minimum_cell_size() %}
{%- set block -%}
experiment_id, variant_id, metric_name, definition_hash, is_winsorised, analysis_date
{%- endset %}

with moments as (

    select * from {{ ref('int_experiment_cell_moments') }}

),

cells as (

    select
        {{ block }},
        segment_name,
        segment_value,
        stratum,
        max(n) as n
    from moments
    group by
        {{ block }},
        segment_name,
        segment_value,
        stratum

),

-- The strata of everybody add up to all units, and so do the values of a segment.
in_order as (

    select
        *,
        min(stratum) over (partition by {{ block }})
        <> max(stratum) over (partition by {{ block }}) as has_strata,
        min(n) over (partition by {{ block }}, segment_name) as n_of_smallest,
        sum(n) over (
            partition by {{ block }}, segment_name
            order by n, segment_value, stratum
            rows between unbounded preceding and current row
        ) - n as n_before
    from cells

),

-- What smaller cells before it leave of a total is withheld with them. Values in strata add up in
-- two ways: of those all are shown, or none.
shown_cells as (

    select *
    from in_order
    where
        case
            when has_strata and segment_name <> 'all'
                then n_of_smallest >= {{ minimum }}
            else n >= {{ minimum }} and (n_before = 0 or n_before >= {{ minimum }})
        end

),

shown as (

    select moments.*
    from moments
    inner join shown_cells as cells
        on
            moments.experiment_id = cells.experiment_id
            and moments.variant_id = cells.variant_id
            and moments.metric_name = cells.metric_name
            and moments.definition_hash = cells.definition_hash
            and moments.is_winsorised = cells.is_winsorised
            and moments.analysis_date = cells.analysis_date
            and moments.segment_name = cells.segment_name
            and moments.segment_value = cells.segment_value
            and moments.stratum = cells.stratum

)

select * from shown
