{{ config(materialized='view', enabled=var('time_spine')) }}

-- dbt's semantic layer refuses metrics without a time spine; abstats itself does not read it.
select cast('2020-01-01' as {{ dbt.type_timestamp() }}) as second_at
