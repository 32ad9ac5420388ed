"""Random streams that are the same on every machine for the same seed."""

from random import Random

_MASK = (1 << 64) - 1


def mix(*parts: int) -> int:
    """One 64-bit number that depends on all `parts` (splitmix64's finaliser, applied in turn)."""
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = (state ^ (part & _MASK)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def stream(*parts: int) -> Random:
    """A generator of its own for these `parts`.

    Use only `random`, `getrandbits`, `randbytes` and `lognormvariate`: the other methods may draw
    differently in another Python version.
    """
    return Random(mix(*parts))  # noqa: S311  (made-up data, not secrets)
