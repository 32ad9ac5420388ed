"""What is kept of an error that nobody foresaw: a file that the user can send."""

import platform
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from core import __version__
from core.i18n import _
from core.logs.log_text import masked
from core.settings.paths import find_places


def describe_crash(error: BaseException) -> str:
    """Write the report file; returns what happened and what to do, for the user. Never raises.

    The file lies beside the log, or in the system's folder for passing files where nothing can
    be written there. Tokens and phone numbers in it are masked.
    """
    text = _(
        "The program met an error that nobody foresaw and has to close. What is stored is safe."
    )
    path = _write(error)
    if path is None:
        return text
    return "\n".join(
        [text, _("Please send this report to the developers: {path}").format(path=path)]
    )


def _write(error: BaseException) -> Path | None:
    lines = [
        f"DataMaster Collector {__version__}, packed: {getattr(sys, 'frozen', False)}",
        f"Python {sys.version}",
        f"System {platform.platform()}",
        "",
        *traceback.format_exception(error),
    ]
    name = f"crash_{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}.txt"
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(masked("\n".join(lines)), encoding="utf-8")
        except OSError:
            continue
        return folder / name
    return None


def _folders() -> list[Path]:
    passing = Path(tempfile.gettempdir())
    try:
        return [find_places().home / "logs", passing]
    except Exception:  # whatever broke the program may have broken this too
        return [passing]
