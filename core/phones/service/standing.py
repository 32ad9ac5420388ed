"""What this process is at, as its events tell."""

import os
import platform

from core.phones.events import Event, OutageEnded, OutageStarted, RunFinished, RunStarted


class Standing:
    """A watcher: `run` is the run that goes on here, None where there is none or its number is not
    known yet; `outage` says that the server which is collected from does not answer."""

    def __init__(self) -> None:
        self.run: int | None = None
        self.outage = False

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.run = event.run_id
            case OutageStarted():
                self.outage = True
            case OutageEnded():
                self.outage = False
            case RunFinished():
                self.run, self.outage = None, False


def this_process() -> dict[str, str | int]:
    """Who we are, for those who ask who collects."""
    return {"process": os.getpid(), "host": platform.node()}
