"""Programs that measure abstats; each is run as `python -m benchmarks.<name>`."""
