"""What a process may not do any more, before it runs dbt."""

import ctypes
import resource

from tests.parsed_dbt import Invoke

_VERSION_3 = 0x20080522
_READS_AND_WRITES_ANYTHING = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH


def with_small_files(invoke: Invoke, command: list[str]) -> bool:
    """Files end at 64 kB, as on a disk that is full; the database's log needs more."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    return invoke(command)


def with_permissions(invoke: Invoke, command: list[str]) -> bool:
    """Permissions of files count, for root as well."""

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    class Capabilities(ctypes.Structure):
        _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "kept"))

    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = Header(_VERSION_3, 0), (Capabilities * 2)()
    assert libc.capget(ctypes.byref(header), sets) == 0
    sets[0].effective &= ~_READS_AND_WRITES_ANYTHING
    assert libc.capset(ctypes.byref(header), sets) == 0
    return invoke(command)
