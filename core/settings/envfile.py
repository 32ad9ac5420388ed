"""Reading `.env` and writing changed values back into it.

python-dotenv reads it. It also has a writer, but that one drops comments behind values and
changes line ends, so the writing is done here: only the value's own characters are replaced,
and the result is read again before it takes the old file's place.
"""

import io
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from core.errors import SettingsError
from core.i18n import _
from core.stop import StopSignal
from core.system_words import system_reason

_LARGEST = 1_000_000
_BOM = "\ufeff"
_OWNER_ONLY = 0o600
_REPLACE_ATTEMPTS = 10
_REPLACE_PAUSE = 0.1

# What stands before the value of a line that python-dotenv has accepted, and the value itself.
_BEFORE = re.compile(r"\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+)[^\S\r\n]*")
_EQUALS = re.compile(r"=[^\S\r\n]*")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_UNQUOTED = re.compile(r"[^\r\n]*?(?=\s+#|[^\S\r\n]*(?:[\r\n]|$))")
_LINE_END = re.compile(r"\r\n|\n|\r")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_VALUE = re.compile(r"[\w./\\:@%+,~-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}


def read_env(path: Path) -> dict[str, str]:
    """The values in `.env` by name; empty where there is no file. `$` stands for itself.

    Raises SettingsError for a file that cannot be read, is not UTF-8 text, or has a line that
    is not understood (with its number).
    """
    return _values(_parse(_read(path), path))


def write_env(path: Path, changes: Mapping[str, str]) -> None:
    """Set the given names in `.env`, and change nothing else in it.

    Comments, order, unknown names, line ends and a byte order mark stay. A name that stands
    there more than once is changed where it counts: the last time. New names are added at the
    end. The file is replaced in one step and may be read by its owner alone (POSIX), as it may
    hold a token. May wait up to a second for a program that holds the file; any thread may
    call, one at a time.

    Raises SettingsError where the file cannot be read, understood or written; it is unchanged
    then. Raises ValueError for a name or value that no `.env` file can hold.
    """
    if any("\0" in value or not _NAME.fullmatch(name) for name, value in changes.items()):
        raise ValueError("a name or value cannot be written to .env")
    text = _read(path)
    bindings = _parse(text, path)
    wanted = {**_values(bindings), **changes}
    changed = _changed_text(text, bindings, changes)
    if _values(_parse(changed, path)) != wanted:
        raise ValueError("a value cannot be written to .env")
    _replace(path.resolve(), changed.encode("utf-8"))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=system_reason(error)),
            _("Allow reading it, or move it away."),
        ) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or len(data) > _LARGEST:
        raise SettingsError(
            _("{path} is not a text file in UTF-8.").format(path=path),
            _("Save it in the encoding UTF-8 (in Notepad: 'Save as', Encoding)."),
        )
    return text


def _parse(text: str, path: Path) -> list[Binding]:
    bindings = list(parse_stream(io.StringIO(text.removeprefix(_BOM), newline="")))
    for binding in bindings:
        if binding.error:
            raise SettingsError(
                _("Line {line} of {path} is not understood.").format(
                    line=_first_line(binding), path=path
                ),
                _("Settings look like NAME=value, with quotation marks in pairs."),
            )
    return bindings


def _first_line(binding: Binding) -> int:
    """The number of the line with the text, which may follow empty lines."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + len(_LINE_END.findall(blank))


def _values(bindings: Iterable[Binding]) -> dict[str, str]:
    return {b.key: b.value for b in bindings if b.key is not None and b.value is not None}


def _changed_text(text: str, bindings: list[Binding], changes: Mapping[str, str]) -> str:
    last = {binding.key: index for index, binding in enumerate(bindings)}
    pieces = [binding.original.string for binding in bindings]
    end = match[0] if (match := _LINE_END.search(text)) else "\n"
    added = []
    for name, value in changes.items():
        if name in last:
            pieces[last[name]] = _with_value(bindings[last[name]], value)
        else:
            added.append(f"{name}={_quoted(value)}{end}")
    if added and pieces and not pieces[-1].endswith(("\n", "\r")):
        pieces.append(end)
    bom = _BOM if text.startswith(_BOM) else ""
    return bom + "".join(pieces + added)


def _with_value(binding: Binding, value: str) -> str:
    """The line of a binding with another value; everything around the value stays."""
    line = binding.original.string
    before = _matched(_BEFORE, line, 0)
    start = _matched(_EQUALS, line, before)
    if line[start : start + 1] in {"'", '"'}:
        end = _matched(_QUOTED, line, start)
    elif start > before + 1 and line[start : start + 1] == "#":  # no value, but a comment
        end = start
    elif start > before:
        end = _matched(_UNQUOTED, line, start)
    else:  # a name alone on its line
        end = start
    equals = line[before:start] or "="
    gap = " " if line[end : end + 1] == "#" else ""  # or the comment would join the value
    return line[:before] + equals + _quoted(value) + gap + line[end:]


def _matched(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where a match that begins at `start` ends; `start` itself where there is none."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _quoted(value: str) -> str:
    if _PLAIN_VALUE.fullmatch(value):
        return value
    if "\n" in value or "\r" in value:
        return '"' + "".join(_ESCAPES.get(char, char) for char in value) + '"'
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(temporary, flags, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _replace_patiently(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise SettingsError(
            _("The settings could not be saved to {path}: {reason}.").format(
                path=path, reason=system_reason(error)
            ),
            _("Allow writing there and save again; the old settings are unchanged."),
        ) from error


def _replace_patiently(temporary: Path, path: Path) -> None:
    """Rename; on Windows an editor or antivirus program may hold the file for a moment."""
    pause = StopSignal()
    for left in reversed(range(_REPLACE_ATTEMPTS)):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if not left:
                raise
            pause.wait(_REPLACE_PAUSE)
