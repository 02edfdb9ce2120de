{#-
    Rows whose key occurs more than once; of a table that grows by a date column, `newest_by`, only
    among the rows of its newest date, so that the test costs no more from day to day.
-#}
{% test unique_key(model, columns, newest_by=none) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as n_rows
from {{ model }}
{% if newest_by -%}
where {{ newest_by }} = (select max({{ newest_by }}) from {{ model }})
{% endif -%}
group by
    {{ columns | join(',\n    ') }}
having count(*) > 1

{% endtest %}
