"""Tests of health checks and verdicts."""
