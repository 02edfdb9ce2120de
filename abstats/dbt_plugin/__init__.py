"""The few lines by which dbt finds abstats.

None of these hooks is a promised interface of dbt; everything that depends on one stands in this
folder, and a test per hook fails loudly when dbt changes.
"""
