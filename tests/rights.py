"""Rights as an ordinary user has them, for tests that root runs too (in a container, in CI)."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_VERSION_3 = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def ordinary_rights() -> Iterator[None]:
    """Rights of files count in this block, for root too: on Linux this thread lays down the
    capabilities that pass over them."""
    if os.name != "posix":
        pytest.skip("rights of this kind are those of POSIX")
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root passes over rights here")
    library = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION_3, 0), (_Set * 2)()
    _call(library.capget, header, sets)
    before = sets[0].effective
    sets[0].effective = before & ~_OVERRIDES
    _call(library.capset, header, sets)
    try:
        yield
    finally:
        sets[0].effective = before
        _call(library.capset, header, sets)


def _call(function: "ctypes._FuncPointer", header: _Header, sets: "ctypes.Array[_Set]") -> None:
    if function(ctypes.byref(header), sets) != 0:
        raise OSError(ctypes.get_errno(), "capabilities cannot be changed")
