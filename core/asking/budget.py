"""A run may be given a budget: it ends as completed when so much is spent."""

from dataclasses import dataclass

from core.clock import Clock


class BudgetSpent(Exception):
    """No request may start any more; what is left is left out. Not an error."""


@dataclass(frozen=True, slots=True)
class Budget:
    """`requests` of the whole run and a moment (`deadline`) of the monotonic clock."""

    clock: Clock
    requests: int | None = None
    deadline: float | None = None

    def requests_left(self, requests: int, left: float) -> float:
        """`left` requests after `requests`, as far as the budget has so many."""
        return left if self.requests is None else min(left, max(0.0, self.requests - requests))

    def seconds_left(self, seconds: float) -> float:
        """`seconds` of work, as far as the budget has so many."""
        if self.deadline is None:
            return seconds
        return min(seconds, max(0.0, self.deadline - self.clock.monotonic()))

    def allows(self, requests: int) -> bool:
        """Whether one more request may start after `requests`."""
        if self.requests is not None and requests >= self.requests:
            return False
        return self.deadline is None or self.clock.monotonic() < self.deadline
