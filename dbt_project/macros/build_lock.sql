{#-
    Runs before every model: one build of a schema at a time, where the engine lets two write.
    DuckDB has a lock of its own on the file, and so has the metastore of a Spark session.
-#}
{% macro build_lock() %}
    {{ return(adapter.dispatch('build_lock', 'abstats')()) }}
{% endmacro %}


{% macro default__build_lock() %}{% endmacro %}


{#-
    The shared lock lasts as long as the transaction of the model: by it the next build finds what
    a killed one has left. A statement whose client was killed would otherwise go on, and keep its
    locks, to its end; where the server can look after its clients, it does.

    The planner takes the result of a `with` for a handful of rows, and so it loops over it for each
    of a hundred thousand units: minutes, where a hash join takes two seconds.
-#}
{% macro postgres__build_lock() %}

    {%- if execute -%}
        {%- do modules.abstats.hold_build_lock(target.schema) -%}
    {%- endif -%}
    select
        pg_advisory_xact_lock_shared(
            hashtext('abstats model'),
            hashtext({{ dbt.string_literal(dbt.escape_single_quotes(target.schema)) }})
        ),
        set_config('enable_nestloop', 'off', true),
        (
            select set_config(name, '2s', false)
            from pg_settings
            where
                name = 'client_connection_check_interval'
                and version() like '%linux%'
        )

{% endmacro %}


{#- An instant is its own time in UTC only where the session's zone is. -#}
{% macro spark__build_lock() %}
    set spark.sql.session.timeZone = UTC
{% endmacro %}
