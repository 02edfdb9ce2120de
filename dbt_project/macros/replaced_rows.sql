{#-
    How an incremental model replaces the rows of a key. Where tables can delete: delete and
    insert. Spark's cannot; there a key is a partition of the table, and what is written takes the
    place of the partitions that it has rows of.
-#}
{% macro replacing_strategy() %}
    {{ return(adapter.dispatch('replacing_strategy', 'abstats')()) }}
{% endmacro %}


{% macro default__replacing_strategy() %}
    {{ return('delete+insert') }}
{% endmacro %}


{% macro spark__replacing_strategy() %}
    {{ return('insert_overwrite') }}
{% endmacro %}


{#- The columns of the key, where they are the table's partitions. -#}
{% macro replaced_partitions(columns) %}
    {{ return(adapter.dispatch('replaced_partitions', 'abstats')(columns)) }}
{% endmacro %}


{% macro default__replaced_partitions(columns) %}
    {{ return(none) }}
{% endmacro %}


{% macro spark__replaced_partitions(columns) %}
    {{ return(columns) }}
{% endmacro %}
