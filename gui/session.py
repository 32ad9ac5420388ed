"""What the window works on: settings, their collector, their database.

Changing from the demo to the real server (or the database path in Settings) ends one session
and opens another; the window stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.collector import Collector


@dataclass(slots=True)
class Session:
    """Everything that belongs to one database and one server. Closed by the Tk thread."""

    settings: Any
    collector: Collector
    database: Path
    demo: bool = False
    has_token: bool = True
    close: Callable[[], None] = lambda: None


OpenSession = Callable[[bool], Session]
