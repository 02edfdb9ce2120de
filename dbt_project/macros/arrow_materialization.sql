{#
    A Python model below the waist: abstats runs it in dbt's process and leaves its small Arrow
    result in a temporary table on dbt's connection; dbt's own table materialization does the write.
#}
{% materialization abstats_arrow, default, supported_languages=['python'] %}

    {%- set rows = adapter.quote('abstats_rows__' ~ model['alias']) -%}

    {%- call statement('abstats_arrow_rows', language='python') -%}
        {{ compiled_code }}
    {%- endcall -%}

    {%- set select_rows = 'select * from ' ~ rows -%}
    {%- do model.update({'language': 'sql', 'compiled_code': select_rows}) -%}
    {%- do context.update({'sql': select_rows, 'compiled_code': select_rows}) -%}

    {%- set table = context.get(
        'materialization_table_' ~ adapter.type(),
        context['materialization_table_default']
    ) -%}
    {%- set result = table() -%}

    {%- do adapter.execute('drop ' ~ abstats.arrow_rows_are_a() ~ ' if exists ' ~ rows) -%}

    {{ return(result) }}

{% endmaterialization %}


{#- What holds the result until the table is written. -#}
{% macro arrow_rows_are_a() %}
    {{ return(adapter.dispatch('arrow_rows_are_a', 'abstats')()) }}
{% endmacro %}


{% macro default__arrow_rows_are_a() %}
    {{ return('table') }}
{% endmacro %}


{#- Spark has no temporary tables. -#}
{% macro spark__arrow_rows_are_a() %}
    {{ return('view') }}
{% endmacro %}
