{#-
    How a public table is written: `config(**abstats.public_table())`. Swapped by name where no
    reader minds.
-#}
{% macro public_table() %}
    {%- set grants = abstats.grants_to_readers() -%}
    {{ return(dict(adapter.dispatch('public_table', 'abstats')(), grants=grants)) }}
{% endmacro %}


{% macro default__public_table() %}
    {{ return({'materialized': 'table'}) }}
{% endmacro %}


{#-
    A swap waits for every reader of the old table, makes all later readers wait behind it, and
    drops the views that stand on it. Rows that are replaced within a transaction do neither.
-#}
{% macro postgres__public_table() %}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'abstats_replace',
        'on_schema_change': 'append_new_columns',
    }) }}
{% endmacro %}


{#- dbt's name for the SQL of the incremental strategy `abstats_replace`: all rows, in place. -#}
{% macro get_incremental_abstats_replace_sql(arg_dict) %}

    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arg_dict['target_relation'] }};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}

{% endmacro %}
