{#-
    Columns of an incremental table that its query no longer has: dbt drops them where the engine
    can. Spark cannot; there they stay and are NULL.
-#}
{% macro on_lost_columns() %}
    {{ return(adapter.dispatch('on_lost_columns', 'abstats')()) }}
{% endmacro %}


{% macro default__on_lost_columns() %}
    {{ return('sync_all_columns') }}
{% endmacro %}


{% macro spark__on_lost_columns() %}
    {{ return('append_new_columns') }}
{% endmacro %}


{#- The query, with those columns where they stay. -#}
{% macro with_lost_columns(query) %}
    {{ return(adapter.dispatch('with_lost_columns', 'abstats')(query)) }}
{% endmacro %}


{% macro default__with_lost_columns(query) %}
    {{ return(query) }}
{% endmacro %}


{% macro spark__with_lost_columns(query) %}

    {%- if not is_incremental() -%}
        {{ return(query) }}
    {%- endif -%}
    {%- set names = get_columns_in_query(query) -%}
    {%- set lost = [] -%}
    {%- for column in adapter.get_columns_in_relation(this) if column.name not in names -%}
        {%- do lost.append(
            ', cast(null as ' ~ column.data_type ~ ') as ' ~ adapter.quote(column.name)
        ) -%}
    {%- endfor -%}
    {{ return('select found.*' ~ lost | join('') ~ ' from (' ~ query ~ ') as found') }}

{% endmacro %}
