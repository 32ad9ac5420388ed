"""Which projects of a run have been taken, so that none is read twice.

The server may name a project in the lists of two clients, for good or while it moves from one to
the other. The first list counts.
"""

import threading
from collections.abc import Iterable

_BITS = 256


class ClaimedProjects:
    """The ids, as bits: those of one account lie close together, so that a million of them takes
    some 100 KB. Any thread may claim.
    """

    def __init__(self, ids: Iterable[int] = ()) -> None:
        self._lock = threading.Lock()
        self._blocks: dict[int, int] = {}
        for number in ids:
            self.claim(number)

    def claim(self, number: int) -> bool:
        """Take the project; False where it was taken before."""
        block, bit = number // _BITS, 1 << number % _BITS
        with self._lock:
            taken = self._blocks.get(block, 0)
            self._blocks[block] = taken | bit
            return not taken & bit
