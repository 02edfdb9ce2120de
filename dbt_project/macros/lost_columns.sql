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


{#- The columns of the table and their types, where those that are lost stay; else nothing. -#}
{% macro kept_columns() %}
    {{ return(adapter.dispatch('kept_columns', 'abstats')()) }}
{% endmacro %}


{% macro default__kept_columns() %}
    {{ return({}) }}
{% endmacro %}


{% macro spark__kept_columns() %}
    {{ return(abstats.described_relation(this)['types'] if is_incremental() else {}) }}
{% endmacro %}
