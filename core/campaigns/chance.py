"""Chance that can be repeated: a number for a purpose, the same for the same seed."""

from hashlib import blake2b


def chance(seed: int, *purpose: object) -> float:
    """From 0 up to, not including, 1.

    By what it is for, not by the order of asking: a dry run and the sending after it throw the
    same dice, whoever comes first.
    """
    words = "\x1f".join(str(word) for word in (seed, *purpose))
    digest = blake2b(words.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
