"""Tests of the layer from moments to result rows."""
