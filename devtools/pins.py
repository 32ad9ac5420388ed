"""`requirements*.txt` from `requirements*.in`: one version each, with hashes."""

from devtools.environment import DEVELOPMENT, python_with, run

_COMMON = ("--generate-hashes", "--python-version", "3.11", "--no-header", "--quiet")
# pip cannot judge Windows' markers on Linux, so they are judged here.
_WINDOWS = ("--python-platform", "x86_64-pc-windows-msvc")


def resolve(more: list[str]) -> int:
    """Resolve anew; versions stay where the .in files allow it (`--upgrade` for newer ones)."""
    python = python_with(DEVELOPMENT)
    steps = (
        ("--universal", "requirements.in", "-o", "requirements.txt"),
        ("--universal", "requirements-server.in", "-o", "requirements-server.txt"),
        ("--universal", "requirements-dev.in", "-o", "requirements-dev.txt"),
        (*_WINDOWS, "requirements-windows.in", "-o", "requirements-windows.txt"),
    )
    compile_ = ("-m", "uv", "pip", "compile", *_COMMON, *more)
    return next((code for step in steps if (code := run(python, *compile_, *step))), 0)
