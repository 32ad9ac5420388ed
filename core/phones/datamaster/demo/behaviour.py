"""What the server answers to one request, after all that it was told to do wrong."""

import threading
from collections.abc import Callable

from core.phones.datamaster.demo.commands import (
    Call,
    Refusal,
    error,
    parse_call,
    result_of,
    success,
)
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.trouble import spoil
from core.stand_in.faults import FaultDice, Outage
from core.stand_in.load import LoadGate
from core.stand_in.trouble import server_error, too_many
from core.stand_in.wire import Reply
from core.turns import computing


class Behaviour:
    """The API behind the connections: state that every request sees, any thread may change."""

    def __init__(self, dataset: DemoDataset, token: str, page_size: int, faults: Faults) -> None:
        self._lock = threading.Lock()
        self._requests = 0
        self.dataset = dataset
        self.token = token
        self.token_revoked = False
        self.page_size = page_size
        self.set_faults(faults)

    def set_faults(self, faults: Faults) -> None:
        """From the next request on misbehave in this way and no other."""
        with self._lock:
            self.faults = faults
            self._dice = FaultDice(faults)
            self._gate = LoadGate(faults)

    def count_request(self) -> tuple[int, Outage | None]:
        """The number of a request that has just come, and the outage that begins with it."""
        with self._lock:
            self._requests += 1
            number, faults = self._requests, self.faults
            self.page_size = faults.page_sizes.get(number, self.page_size)
            if number == faults.revoke_token_at:
                self.token_revoked = True
        outage = next((one for one in faults.outages if one.at_request == number), None)
        return number, outage

    def reply(self, call: Call | Refusal, number: int, wait: Callable[[float], object]) -> Reply:
        """The answer to request `number`; `wait` is called with the seconds that it takes."""
        faults, dice, gate = self.faults, self._dice, self._gate
        if isinstance(call, Refusal):
            return error(str(call), faults.error_style)
        latency = gate.slowdown(dice.latency(call.key))
        if latency:
            wait(latency)
        if not gate.admits():
            seconds = faults.rate_limit_retry_after
            return too_many(None if seconds is None else str(seconds))
        if number == faults.long_wait_at:
            return too_many(str(faults.long_wait))
        if self.token_revoked or call.token != self.token:
            return error("Invalid token", faults.error_style, faults.rejected_token_status)
        broken = faults.broken_projects if call.page else faults.broken_clients
        reason = faults.refuses_everything or broken.get(call.item)
        if isinstance(reason, int):
            return server_error(reason)
        if reason is not None:
            return error(reason, faults.error_style)
        try:
            with computing:
                result = result_of(call, self.dataset, self.page_size, faults)
                good = success(result, call, wrapped=_wrapped(call, faults, dice))
        except Refusal as refusal:
            return error(str(refusal), faults.error_style)
        fault = dice.roll(call.key)
        return spoil(fault, call, good, faults) if fault else good


def _wrapped(call: Call, faults: Faults, dice: FaultDice) -> bool:
    """Whether this request's list comes wrapped in an object."""
    return dice.chance(call.key, 1_000_002) < faults.wrapped_share


def understand(body: bytes) -> Call | Refusal:
    """The call in a request body, or why it is none."""
    try:
        return parse_call(body)
    except Refusal as refusal:
        return refusal
