{#-
    The columns of the host's exposure log that abstats reads, in their types: times in UTC,
    variants and segment values as text, attributes as doubles. `first_seen_at` is optional.
-#}
{% macro exposure_log() %}

    {%- if not var('experiment_exposures') -%}
        {{ return('select 1 as experiment_exposures_is_not_set where 1 = 0') }}
    {%- endif -%}
    {%- set relation = ref(var('experiment_exposures')) -%}
    {%- if execute -%}
        {%- set log = abstats.described_relation(relation) -%}
        {%- set types = log['types'] -%}
        {%- set segments = abstats.segments() -%}
        {%- set attributes = abstats.attributes() -%}
        {%- set double = 'double precision' if target.type == 'postgres' else 'double' -%}
        {%- if types -%}
            {{ abstats.require_columns(
                relation,
                types,
                ['experiment_id', 'unit_id', 'variant_id', 'exposed_at'] + segments + attributes
            ) }}
        {%- endif -%}

select
    cast(experiment_id as {{ dbt.type_string() }}) as experiment_id,
    unit_id,
    cast(variant_id as {{ dbt.type_string() }}) as variant_id,
    {{ modules.abstats.utc_timestamp(log, 'exposed_at', adapter.type()) }} as exposed_at,
    {% if 'first_seen_at' in types -%}
    {{ abstats.first_seen_at(log) }} as first_seen_at
    {%- else -%}
    cast(null as {{ dbt.type_timestamp() }}) as first_seen_at
    {%- endif %}
    {%- for segment in segments %},
    cast({{ adapter.quote(segment) }} as {{ dbt.type_string() }})
        as {{ abstats.segment_column(segment) }}
    {%- endfor %}
    {%- for attribute in attributes %},
    cast({{ adapter.quote(attribute) }} as {{ double }})
        as {{ abstats.attribute_column(attribute) }}
    {%- endfor %}
from {{ relation }}
    {%- endif -%}

{% endmacro %}


{#- Fails with one message that names every missing column and those there are. -#}
{% macro require_columns(relation, types, columns) %}

    {#- Engines differ in the case they keep. -#}
    {%- set missing = [] -%}
    {%- for column in columns if column | lower not in types -%}
        {%- do missing.append(column) -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            relation ~ ' has no column ' ~ missing | join(', ')
            ~ '; abstats needs it for the exposures, a declared segment or an attribute. '
            ~ 'Its columns are ' ~ types | join(', ') ~ '.'
        ) }}
    {%- endif -%}

{% endmacro %}


{#- When the unit was first known; a sign-up date is its midnight. -#}
{% macro first_seen_at(log) %}

    {%- if log['types'].get('first_seen_at') == 'date' -%}
        {{ return('cast(first_seen_at as ' ~ dbt.type_timestamp() ~ ')') }}
    {%- endif -%}
    {{ return(modules.abstats.utc_timestamp(log, 'first_seen_at', adapter.type())) }}

{% endmacro %}
