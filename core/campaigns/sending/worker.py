"""One sender at work: claims, sends and settles, one message after the other."""

import logging
import random
from collections.abc import Callable
from datetime import timedelta

from core.asking.requester import backoff
from core.campaigns.sending.board import Board, Doing
from core.campaigns.sending.heartbeat import Heartbeat
from core.campaigns.sending.limits import is_private
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.queue import Queue
from core.campaigns.storage.settling import Arrived
from core.campaigns.telegram.bot_api import NotSent, Refused, Uncertain
from core.campaigns.telegram.outcomes import Cause, Consequence, Outcome, judge
from core.campaigns.words import AttemptStatus, Claim, Over, Wait, Why
from core.i18n import _
from core.stop import StopSignal

log = logging.getLogger(__name__)

DONE = 0
FAILED = 1
REFUSED = 3

# Somebody may subscribe while every chat waits, or give a task back.
LOOK_AT_CHATS = timedelta(seconds=15)


class Worker:
    """For one thread. `stop` ends it after the message that is under way."""

    def __init__(
        self,
        sender: Sender,
        orders: Orders,
        queue: Queue,
        open_line: Callable[[], Line],
        heartbeat: Heartbeat,
        board: Board,
        stop: StopSignal,
        give_up: StopSignal,
    ) -> None:
        self._sender = sender
        self._orders = orders
        self._queue = queue
        self._open_line = open_line
        self._heartbeat = heartbeat
        self._board = board
        self._stop = stop
        self._give_up = give_up
        self._doubtful = True  # whether Telegram is there: nothing is claimed before it answered

    def run(self) -> int:
        """Send until nothing is left; returns the exit code. Raises UserError and ValueError."""
        line = self._open_line()
        try:
            return self._work(line)
        finally:
            line.close()

    def _work(self, line: Line) -> int:
        while not self._stop.is_set:
            if self._doubtful and not self._is_there(line):
                return DONE if self._stop.is_set else self._refused()
            if self._hold():
                break
            asked_at = self._queue.clock.monotonic()
            found = self._queue.claim(self._orders.session, self._sender.id, self._orders.terms)
            match found:
                case Claim():
                    if not self._send(line, found, asked_at):
                        return self._refused()
                case Wait():
                    self._wait(found)
                case Over.SENDER_BLOCKED:
                    return self._refused()
                case Over.NO_MESSAGES:
                    self._board.show(self._sender.name, Doing.BROKEN)
                    self._board.tell(_("The group has no messages any more."))
                    return FAILED
                case _:
                    if self._is_over(found):
                        break
        self._board.show(self._sender.name, Doing.DONE)
        return DONE

    def _is_over(self, why: Over) -> bool:
        """Whether there is nothing left for this worker; False where something came after all."""
        match why:
            case Over.DONE:
                return self._queue.complete(self._orders.session)
            case Over.NOTHING_FOR_ME:
                return not self._queue.block_unreachable(self._orders.session)
        self._stop.request()
        return True

    def _refused(self) -> int:
        self._board.show(self._sender.name, Doing.REFUSED)
        self._board.tell(
            _("{sender}: Telegram does not accept its token; it sends nothing more.").format(
                sender=self._sender.name
            )
        )
        return REFUSED

    def _hold(self) -> bool:
        """Wait for the end of the quiet hours; True where it is over: stopped, or late enough."""
        while not self._stop.is_set:
            now = self._queue.now()
            if self._orders.until is not None and now >= self._orders.until:
                return True
            quiet_until = self._orders.quiet_until(self._sender.id, now)
            if quiet_until <= now:
                return False
            self._wait(Wait(Why.QUIET, quiet_until))
        return True

    def _wait(self, wait: Wait) -> None:
        until = wait.until
        if wait.why is Why.CHATS:
            until = min(until, self._queue.now() + LOOK_AT_CHATS)
        if self._orders.until is not None:
            until = min(until, self._orders.until)
        self._board.show(self._sender.name, Doing.WAITING, wait.why.value, wait.until)
        seconds = (until - self._queue.now()).total_seconds()
        if seconds > 0:
            self._queue.clock.wait(self._stop, seconds)

    def _is_there(self, line: Line) -> bool:
        """Wait until Telegram answers a harmless call. False: the token is refused, or a stop.

        So a trouble that lasts costs the messages that were under way, and no more.
        """
        attempt = 0
        while not self._stop.is_set:
            try:
                line.check()
            except Refused as error:
                if judge(error, lambda: 0.0).consequence is Consequence.BLOCK_SENDER:
                    self._queue.block_sender(self._sender.id, Cause.TOKEN_REFUSED)
                    return False
                wait = error.retry_after
            except (NotSent, Uncertain) as error:
                log.warning("%s: Telegram is not there: %s", self._sender.name, error)
                wait = 0.0
            else:
                self._doubtful = False
                return True
            attempt += 1
            wait = max(wait, backoff(attempt, random.random))
            until = self._queue.now() + timedelta(seconds=wait)
            self._board.show(self._sender.name, Doing.NO_CONNECTION, until=until)
            self._queue.clock.wait(self._stop, wait)
        return False

    def _send(self, line: Line, claim: Claim, asked_at: float) -> bool:
        """The call and its settling; False where the sender is refused."""
        self._heartbeat.hold(claim)
        try:
            if self._stop.is_set:
                self._queue.give_back(claim)
                return True
            if not self._still_ours(claim, asked_at):
                log.warning("%s: lost its task while it was held up", self._sender.name)
                return True
            self._board.show(self._sender.name, Doing.SENDING)
            result = self._call(line, claim)
            status = self._queue.settle(claim, result, self._orders.terms, self._give_up)
        finally:
            self._heartbeat.release(claim)
        self._board.count(
            self._sender.name,
            sent=status is AttemptStatus.SENT,
            failed=status is AttemptStatus.FAILED,
            unknown=status is AttemptStatus.UNKNOWN,
        )
        if isinstance(result, Arrived):
            return True
        log.info("%s: %s (%s)", self._sender.name, result.cause.value, result.detail)
        self._doubtful = result.cause in (Cause.NO_CONNECTION, Cause.NO_ANSWER)
        return result.consequence is not Consequence.BLOCK_SENDER

    def _still_ours(self, claim: Claim, asked_at: float) -> bool:
        """Whoever was held up (a sleeping computer) looks again before the message leaves."""
        lease = self._orders.terms.lease
        if self._queue.clock.monotonic() - asked_at < lease.total_seconds() / 4:
            return True
        return claim.id in self._queue.keep([claim.id], lease)

    def _call(self, line: Line, claim: Claim) -> Arrived | Outcome:
        try:
            return Arrived(line.api.send_message(claim.chat, claim.text))
        except (NotSent, Uncertain, Refused) as error:
            return judge(error, lambda: _slow_mode_delay(line, claim.chat))


def _slow_mode_delay(line: Line, chat: str) -> float:
    if is_private(chat):
        return 0.0
    try:
        return float(line.api.get_chat(chat).get("slow_mode_delay") or 0)
    except (NotSent, Uncertain, Refused):
        return 0.0
