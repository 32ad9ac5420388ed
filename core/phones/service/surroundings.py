"""What the service needs of the program around it."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.phones.collector import Collector
from core.phones.engine.session import EngineSettings
from core.stop import StopSignal


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`database`, `engine` and `need_token` are asked each time: the settings may change.

    `need_token` raises SettingsError where no run could begin, because there is no token of the
    server that is collected from. `stop` ends everything that the service does.
    """

    collector: Collector
    database: Callable[[], Path]
    engine: Callable[[], EngineSettings]
    need_token: Callable[[], object]
    stop: StopSignal


def this_process() -> dict[str, str | int]:
    """Who we are, for those who ask who collects."""
    return {"process": os.getpid(), "host": platform.node()}
