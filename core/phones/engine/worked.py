"""What the server gave before: one more look at it tells whether it refuses this or everything."""

import threading
from collections import deque
from itertools import count

from core.phones.upstream import Upstream

KEPT = 3  # one of them may be gone meanwhile


class Worked:
    """The newest pages that held records. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: deque[tuple[int, int]] = deque(maxlen=KEPT)
        self._looks = count()

    def note(self, project: int, page: int) -> None:
        """The server gave this page of a project."""
        with self._lock:
            if not self._pages or self._pages[-1][0] != project:
                self._pages.append((project, page))

    def look(self, upstream: Upstream) -> None:
        """Ask for one of them, in turn; where there is none, for what always works. Raises what
        the request raises."""
        with self._lock:
            pages = list(self._pages)
        if not pages:
            upstream.probe()
            return
        project, page = pages[next(self._looks) % len(pages)]
        upstream.page(project, page)
