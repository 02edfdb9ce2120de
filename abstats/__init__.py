"""abstats: the open warehouse-native experimentation layer."""

__version__ = "0.1.0"
