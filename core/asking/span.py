"""When a request was under way, told without a clock.

Requests that are under way together reach the server in any order, and no clock tells which was
first there. Only this is certain: one that was started after the answer to another was there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """`started` is the number of the request within the run, in order of starting; `answered` is
    how many requests had been started when its answer was there. So one was surely over before
    another was asked for where its `answered` is less than the other's `started`."""

    started: int
    answered: int


# Nothing was asked, or at an unknown time: it is surely before everything, and proves nothing.
LONG_AGO = Span(0, 0)
