"""Pages that came before: some servers answer a page beyond the end with one that they have.

Most give the last page again, some begin anew. So the last page of a reading is kept as a digest,
and those with the numbers 1, 2, 4, 8 …, by which a server that goes round in a circle is found
whatever the length of the circle is.
"""

from hashlib import blake2b

from core.phones.upstream import Page

DIGEST = 8  # bytes

NO_RECORDS = Page((), ())


def page_digest(page: Page) -> bytes:
    """Stands for the numbers and times of a page in their order; tells neither."""
    phones = "\n".join(map(str, page.phones))
    times = "\n".join(map(str, page.created_at))
    return blake2b(f"{phones}\f{times}".encode(errors="replace"), digest_size=DIGEST).digest()


class Repeats:
    """The pages of one reading, as far as they are kept. `last` is that of its checkpoint."""

    def __init__(self, last: bytes = b"") -> None:
        self.last = last
        self._kept: set[bytes] = set()
        self._passed = 0

    def passed(self, digest: bytes) -> None:
        """A page of the project that is none of those before."""
        self.last = digest
        self._passed += 1
        if self._passed.bit_count() == 1:
            self._kept.add(digest)

    def holds(self, digest: bytes) -> bool:
        return digest == self.last or digest in self._kept
