"""A second window leaves the fonts alone that the first one has in use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LOAD = "from gui.toolkit import load_toolkit; load_toolkit(); import customtkinter"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no font is copied")
def test_fonts_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path)}

    def load() -> dict[str, tuple[int, int]]:
        subprocess.run([sys.executable, "-c", _LOAD], cwd=ROOT, env=environment, check=True)
        fonts = (tmp_path / ".fonts").iterdir()
        return {font.name: (font.stat().st_ino, font.stat().st_mtime_ns) for font in fonts}

    first = load()
    assert "Roboto-Regular.ttf" in first
    assert load() == first
    torn = tmp_path / ".fonts" / "Roboto-Regular.ttf"
    torn.write_bytes(b"half")
    in_use = torn.stat().st_ino
    after = load()
    assert after["Roboto-Regular.ttf"][0] != in_use  # not the same file, cut
    assert torn.stat().st_size > 100_000
