-- The meta hands the project's vars to the check that runs after parsing.
{{ config(materialized='table', meta=abstats.settings()) }}

{{ abstats.declared_rows('experiments') }}
