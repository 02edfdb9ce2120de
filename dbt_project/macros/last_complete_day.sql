{#-
    The last day whose data may be used: the day of the last moment the data knows, or the var
    `analysis_date` if that is earlier. Without the var it is yesterday at most: today is not over,
    and a clock that runs ahead in the data cannot move the day.
-#}
{% macro last_complete_day(last_at) %}

    {%- set chosen = var('analysis_date') -%}
    {%- if chosen and not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', chosen | string) -%}
        {{ exceptions.raise_compiler_error(
            "var analysis_date == '" ~ chosen ~ "', must be a date as YYYY-MM-DD."
        ) }}
    {%- elif chosen -%}
        {%- set day = "cast('" ~ chosen ~ "' as date)" -%}
        {{ return('least(' ~ day ~ ', coalesce(cast(' ~ last_at ~ ' as date), ' ~ day ~ '))') }}
    {%- endif -%}
    {%- set day = (run_started_at - modules.datetime.timedelta(days=1)).date() -%}
    {%- set yesterday = "cast('" ~ day ~ "' as date)" -%}
    {{ return(
        'least(coalesce(cast(' ~ last_at ~ ' as date), ' ~ yesterday ~ '), ' ~ yesterday ~ ')'
    ) }}

{% endmacro %}
