"""What dbt's Python models compute: Arrow tables in, Arrow tables out. One module per model."""
