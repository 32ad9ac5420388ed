"""A system notification at the end of a run. Where there is none, nothing happens."""

import logging

from core.phones import wording
from core.phones.events import RunFinished
from gui.background import Background

log = logging.getLogger(__name__)

LONGEST = 240  # characters; Windows cuts at 256


def announce(background: Background, event: RunFinished) -> None:
    """Tell the system in the background. Tk thread; returns at once."""
    text = wording.finished(event)[:LONGEST]
    background.run(lambda: _notify(text), lambda _done: None, _failed)


def _notify(text: str) -> None:
    from plyer import notification

    notification.notify(title="DataMaster Collector", message=text, app_name="DataMaster Collector")


def _failed(error: Exception) -> None:
    log.info("The system shows no notifications: %s", error)
