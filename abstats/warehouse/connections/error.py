"""What is raised where a warehouse cannot be read, whatever the engine."""


class WarehouseError(Exception):
    """The warehouse cannot be read; `str()` says why and what to do."""
