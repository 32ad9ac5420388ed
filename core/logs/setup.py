"""Sets up logging for the whole process: the file, the terminal, and what must not be heard."""

import logging
import sys
import threading
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Protocol

from core.errors import SettingsError
from core.i18n import _
from core.logs.log_file import LogFile
from core.logs.log_json import JsonFormatter
from core.logs.log_text import LogFormatter, masked
from core.system_words import system_reason

log = logging.getLogger(__name__)

# Libraries that tell every request with its URL, which for Telegram holds the bot's token, or
# that fill the log with their own affairs at DEBUG.
_QUIET = (
    "urllib3",
    "requests",
    "httpx",
    "httpcore",
    "telegram",
    "alembic",
    "apscheduler",
    "alembic",
    "asyncio",
    "keyring",
    "secretstorage",
    "jeepney",
    "matplotlib",
    "PIL",
    "filelock",
    "wakepy",
)

_installed: list[logging.Handler] = []


class LogSettings(Protocol):
    """What the log needs of a system's settings."""

    @property
    def log_file(self) -> Path: ...

    @property
    def log_level(self) -> str:
        """DEBUG, INFO, WARNING or ERROR."""
        ...

    @property
    def log_format(self) -> str:
        """text or json."""
        ...


def setup_logging(settings: LogSettings, console: bool = False) -> None:
    """Log to LOG_FILE from LOG_LEVEL on, and to the terminal (stderr) where `console` is set.

    Masks phone numbers everywhere (secrets are known since they were read), takes Python's
    warnings in, and quietens libraries. Calling it again replaces what the last call set up. For
    the main thread. Raises SettingsError where the log file cannot be opened.
    """
    handlers: list[logging.Handler] = [open_log_file(settings.log_file)]
    if console and sys.stderr is not None:  # a windowed program has none
        handlers.append(_Terminal())
    stop_logging()
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(JsonFormatter() if settings.log_format == "json" else LogFormatter())
        root.addHandler(handler)
        _installed.append(handler)
    for early in [handler for handler in root.handlers if isinstance(handler, _Early)]:
        root.removeHandler(early)
        for record in early.records:
            handlers[0].handle(record)
    root.setLevel(settings.log_level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def open_log_file(path: Path) -> LogFile:
    """Open it for appending. Raises SettingsError, with what to do, where that cannot be done."""
    try:
        return LogFile(path)
    except OSError as error:
        raise SettingsError(
            _("The log file {path} cannot be written: {reason}.").format(
                path=path, reason=system_reason(error)
            ),
            _("Allow writing there, or choose another place for the log (LOG_FILE)."),
        ) from error


def log_file_in_use() -> Path | None:
    """Where this process logs to, None where it does not."""
    files = (handler for handler in _installed if isinstance(handler, LogFile))
    return next((handler.path for handler in files), None)


def stop_logging() -> None:
    """Close the file and take away what `setup_logging` added."""
    logging.captureWarnings(False)
    while _installed:
        handler = _installed.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()


class _Terminal(logging.StreamHandler):  # type: ignore[type-arg]
    """Lines on stderr. A terminal that is gone is no reason to print the raw record."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        pass


class _Early(logging.Handler):
    """Keeps what is logged before the settings, and with them the log file, are known."""

    def __init__(self) -> None:
        super().__init__()
        self.records: deque[logging.LogRecord] = deque(maxlen=1000)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def log_from_the_start() -> None:
    """Keep log records for `setup_logging`, and send exceptions nobody caught to the log.

    To be called first thing in app.py. Without it Python shows on stderr, unmasked, what is
    logged before the set-up and what is raised in threads; a windowed program has no stderr.
    """
    logging.getLogger().addHandler(_Early())
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical("unexpected error", exc_info=(kind, error, trace))
    if not _installed and sys.stderr is not None:  # there is no log file yet
        sys.stderr.write(masked("".join(traceback.format_exception(error))))
