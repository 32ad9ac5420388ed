"""Samples of the present run for its chart: never more than can be seen."""

from core.phones.events import Progress

MOST = 240
LEAST_SECONDS = 1.0  # working time between two samples, at first


class Samples:
    """(seconds of working time, records, new phones), thinned out as the run goes on."""

    def __init__(self) -> None:
        self.points: list[tuple[float, int, int]] = []
        self._gap = LEAST_SECONDS

    def clear(self) -> None:
        self.points = []
        self._gap = LEAST_SECONDS

    def add(self, progress: Progress) -> None:
        at = progress.elapsed
        if self.points and at - self.points[-1][0] < self._gap:
            return
        self.points.append((at, progress.totals.received, progress.totals.new))
        if len(self.points) > MOST:
            self.points = self.points[::2]
            self._gap *= 2
