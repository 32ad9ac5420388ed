"""What a built-in server can do wrong, on order and the same every time for the same seed."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from zlib import crc32

from core.stand_in.streams import mix

Request = tuple[str, int, int]  # command, id, page


class Fault(StrEnum):
    """One way in which a request goes wrong although there was nothing wrong with it."""

    TOO_MANY = "429"  # without Retry-After
    TOO_MANY_SECONDS = "429-seconds"  # Retry-After in seconds
    TOO_MANY_DATE = "429-date"  # Retry-After as an HTTP date
    ERROR_500 = "500"
    ERROR_503 = "503"
    DROP = "drop"  # the connection ends before the answer
    CUT_BODY = "cut-body"  # fewer bytes than Content-Length says
    CUT_JSON = "cut-json"  # half the JSON, with a Content-Length that fits
    HTML = "html"  # a maintenance page with status 200
    FOREIGN = "foreign"  # JSON of another shape
    MESSAGE = "message"  # an error answer in proper form
    REDIRECT = "redirect"
    HUGE = "huge"  # an answer far larger than any page


# The ways in which a request fails that was sent to a server in trouble.
COMMON = (
    Fault.TOO_MANY,
    Fault.TOO_MANY_SECONDS,
    Fault.TOO_MANY_DATE,
    Fault.ERROR_500,
    Fault.ERROR_503,
    Fault.DROP,
    Fault.CUT_BODY,
    Fault.CUT_JSON,
    Fault.HTML,
)

OutageKind = Literal["reset", "refuse", "hang"]


@dataclass(frozen=True, slots=True)
class Outage:
    """From request number `at_request` on nothing works for `seconds`.

    "reset": connections are accepted and reset; "refuse": nobody listens; "hang": connections are
    accepted and never answered.
    """

    at_request: int
    seconds: float
    kind: OutageKind = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonFaults:
    """How any server misbehaves. Request numbers count from 1 over the server's life."""

    seed: int = 0
    shares: Mapping[Fault, float] = field(default_factory=dict)
    """Probability of each fault per request."""
    max_in_a_row: int | None = 3
    """How often the same request may fail by `shares` before it works; None: no limit."""
    retry_after: int = 1
    """What 429-seconds and 429-date ask for, in seconds."""
    latency: tuple[float, float] = (0.0, 0.0)
    """Every answer takes between so many seconds."""
    huge_bytes: int = 256 * 1024 * 1024
    rate_limit: float | None = None
    """More requests a second than this get 429, judged over about a second."""
    rate_limit_retry_after: int | None = 1
    """Retry-After of those; None: none."""
    slow_above: float | None = None
    """Above so many requests a second the latency doubles, and doubles again, without a 429."""
    outages: Collection[Outage] = ()
    long_wait_at: int | None = None
    """The request of this number is answered 429 with a Retry-After of `long_wait` seconds."""
    long_wait: int = 60
    revoke_token_at: int | None = None
    """From this request on the token is wrong."""


def mixed(share: float) -> dict[Fault, float]:
    """`shares` in which a request fails with probability `share`, the `COMMON` ways alike."""
    return {fault: share / len(COMMON) for fault in COMMON}


class FaultDice:
    """Decides which request meets which fault.

    By the request itself and how often it failed, not by the order of arrival: the same run meets
    the same faults however its threads interleave. Any thread may call.
    """

    def __init__(self, faults: CommonFaults) -> None:
        self._faults = faults
        self._failed: dict[Request, int] = {}  # only requests that have not worked since
        self._lock = threading.Lock()

    def roll(self, request: Request) -> Fault | None:
        """The fault that this request meets, None where it works."""
        faults = self._faults
        if not faults.shares:
            return None
        with self._lock:
            failed = self._failed.get(request, 0)
            fault = None
            if faults.max_in_a_row is None or failed < faults.max_in_a_row:
                fault = self._draw(request, failed)
            if fault:
                self._failed[request] = failed + 1
            else:
                self._failed.pop(request, None)
            return fault

    def _draw(self, request: Request, failed: int) -> Fault | None:
        left = self.chance(request, failed)
        for fault, share in self._faults.shares.items():
            if left < share:
                return fault
            left -= share
        return None

    def chance(self, request: Request, purpose: int) -> float:
        """A number from 0 to 1 that depends on the request and what it is for."""
        command, item, page = request
        return mix(self._faults.seed, crc32(command.encode()), item, page, purpose) / 2**64

    def latency(self, request: Request) -> float:
        """Seconds that this request's answer takes."""
        least, most = self._faults.latency
        return least + (most - least) * self.chance(request, 1_000_001)
