"""One thing in another thread while the job goes on: what comes next is asked for while what came
is stored. Still one request, and one step of the database, at a time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

Answer = TypeVar("Answer")


class Ahead(Generic[Answer]):
    """For the thread of the job, as a context manager. What nobody asks about is thrown away at
    the end of the block, which waits for what is under way."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._asked: Future[Answer] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def ask(self, call: Callable[[], Answer]) -> None:
        """Begin `call` in the other thread; the last one was answered."""
        self._asked = self._thread.submit(call)

    def answer(self) -> Answer:
        """What it returns, or raises."""
        if self._asked is None:
            raise ValueError("nothing was asked")
        try:
            return self._asked.result()
        finally:
            self._asked = None
