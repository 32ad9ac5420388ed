"""Pages that came before: some servers answer a page beyond the end with one that they have.

Most give the last page again, some begin anew. So the last page of a reading is kept as a digest,
and those with the numbers 1, 2, 4, 8 …, by which a server that goes round in a circle is found
whatever the length of the circle is.
"""

from collections.abc import Sequence
from hashlib import blake2b

from core.phones.upstream import Page

DIGEST = 8  # bytes

NO_RECORDS = Page((), ())


def page_digest(page: Page) -> bytes:
    """Stands for the numbers and times of a page in their order; tells neither."""
    text = f"{_joined(page.phones)}\f{_joined(page.created_at)}"
    return blake2b(text.encode(errors="replace"), digest_size=DIGEST).digest()


def _joined(values: Sequence[str | int | None]) -> str:
    try:
        return "\n".join(values)  # type: ignore[arg-type] # nearly always all are texts
    except TypeError:
        return "\n".join(map(str, values))


class Repeats:
    """The pages of one reading, as far as they are kept. `last` is that of its checkpoint."""

    def __init__(self, last: bytes = b"") -> None:
        self.last = last
        self._kept: set[bytes] = set()
        self._passed = 0
        self._newest: tuple[Page, bytes] | None = None

    def passed(self, page: Page) -> None:
        """A page of the project that is none of those before."""
        digest = self._digest_of(page)
        self.last = digest
        self._passed += 1
        if self._passed.bit_count() == 1:
            self._kept.add(digest)

    def holds(self, page: Page) -> bool:
        if not self.last:
            return False
        digest = self._digest_of(page)
        return digest == self.last or digest in self._kept

    def _digest_of(self, page: Page) -> bytes:
        """That of the newest page is asked for twice."""
        if self._newest is None or self._newest[0] is not page:
            self._newest = page, page_digest(page)
        return self._newest[1]
