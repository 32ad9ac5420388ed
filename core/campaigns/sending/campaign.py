"""A group being sent for in this process: a supervised worker for each sender, one heartbeat."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from core.campaigns.sending.board import Board, Doing
from core.campaigns.sending.heartbeat import Heartbeat
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.queue import Queue
from core.campaigns.sending.supervisor import Supervised
from core.campaigns.sending.worker import DONE, FAILED, REFUSED, Worker
from core.i18n import _
from core.stop import StopSignal

OpenLine = Callable[[Sender, Callable[[], None]], Line]


class Campaign:
    """Start it once, then wait for it. The methods are for the thread that made it.

    `stop` ends it after the messages that are under way; abandoned, it does not wait for those:
    they become 'unknown'. The signal is also set when somebody asks the group to stop.
    """

    def __init__(
        self,
        queue: Queue,
        orders: Orders,
        senders: Sequence[Sender],
        open_line: OpenLine,
        board: Board,
        stop: StopSignal,
    ) -> None:
        """`open_line` makes a sender's line; its second argument is to be called where the
        proxy turns out to be dead."""
        self._queue = queue
        self._board = board
        self._stop = stop
        self._ended = StopSignal()
        self._give_up = StopSignal()
        stop.on_abandon(self._give_up.request)
        self._session = orders.session
        group, lease = orders.session.group, orders.terms.lease
        self._heartbeat = Heartbeat(queue, group, lease, stop, self._ended)
        self._workers = [self._supervised(sender, orders, open_line) for sender in senders]

    def start(self) -> None:
        self._heartbeat.start()
        for worker in self._workers:
            worker.start()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; True where all workers have ended, or were abandoned."""
        if self._give_up.is_set:
            return True
        left = [worker for worker in self._workers if not worker.join(0)]
        return not left or (left[0].join(seconds) and len(left) == 1)

    def close(self) -> int:
        """End the heartbeat; returns the exit code: 3 where a sender was refused, 1 where a
        worker died for good, else 0."""
        self._ended.request()
        self._heartbeat.join()
        if not self._stop.is_set:
            # A sender may have been refused after the others had looked for work.
            self._queue.block_unreachable(self._session)
            self._queue.complete(self._session)
        codes = {worker.exit_code for worker in self._workers if worker.join(0)}
        if REFUSED in codes:
            return REFUSED
        return FAILED if FAILED in codes else DONE

    def _supervised(self, sender: Sender, orders: Orders, open_line: OpenLine) -> Supervised:
        def proxy_is_dead() -> None:
            self._board.tell(
                _("{sender}: the proxy does not answer; the direct way is taken.").format(
                    sender=sender.name
                )
            )

        def make() -> Worker:
            return Worker(
                sender,
                orders,
                self._queue,
                lambda: open_line(sender, proxy_is_dead),
                self._heartbeat,
                self._board,
                self._stop,
                self._give_up,
            )

        def restarting(seconds: float) -> None:
            until = self._queue.now() + timedelta(seconds=seconds)
            self._board.show(sender.name, Doing.RESTARTING, until=until)

        return Supervised(
            sender.name, make, self._queue.clock, self._stop, self._board.tell, restarting
        )
