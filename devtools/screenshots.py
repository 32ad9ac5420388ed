"""Draws docs/screenshots anew: python dev.py screenshots

Every view and dialog of the real window on the demo, in both languages and both themes, at the
smallest size of the window and at 200 % scaling. The states are real ones: the built-in server
goes down, refuses the token, and so on. Each variant is a process with a screen of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devtools.photographer import Photographer
from devtools.screen import virtual_screen

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
DEMO = "--clients 80 --projects 400 --records 60000 --grow-records 4000 --break-projects 2"
QUIET = "RATE_LIMIT_DELAY=0\nMAX_RETRIES=2\nNOTIFICATIONS=false\n"


@dataclass(frozen=True, slots=True)
class Variant:
    """One pass through all scenes."""

    language: str
    theme: str
    size: tuple[int, int]
    percent: int

    @property
    def folder(self) -> str:
        return f"{self.language}-{self.theme}-{self.percent}"


VARIANTS = (
    *(Variant(language, theme, (1024, 700), 100)
      for language in ("ru", "en") for theme in ("light", "dark")),
    Variant("ru", "light", (1024, 700), 200),
    Variant("en", "dark", (1024, 700), 200),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Draws docs/screenshots anew.")
    parser.add_argument("--only", help="one variant, such as ru-dark-100")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--draw", help=argparse.SUPPRESS)  # the process of one variant
    options = parser.parse_args()
    if options.draw:
        variant = next(v for v in VARIANTS if v.folder == options.draw)
        return _draw(variant, options.out)
    failed = 0
    for variant in VARIANTS:
        if options.only in (None, variant.folder):
            failed += _draw_in_process(variant, options.out)
    return 1 if failed else 0


def _draw_in_process(variant: Variant, out: Path) -> bool:
    """True where it failed."""
    width, height = (side * variant.percent // 100 + 200 for side in variant.size)
    with virtual_screen(f"{width}x{height}x24", 96 * variant.percent // 100) as display:
        words = [sys.executable, "-m", "devtools.screenshots"]
        words += ["--draw", variant.folder, "--out", str(out)]
        return subprocess.run(words, env=_environ(display), check=False).returncode != 0


def _environ(display: str) -> dict[str, str]:
    return {**os.environ, "DISPLAY": display, "TZ": "Europe/Moscow"}


def _draw(variant: Variant, out: Path) -> int:
    from core.i18n import set_language
    from core.phones.program import open_program
    from gui.toolkit import load_toolkit

    load_toolkit()
    from gui import window_state
    from gui.main_window import MainWindow
    from gui.second_copy import OneWindow

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environ = {**os.environ, "DATAMASTER_HOME": home, "DATAMASTER_DEMO": DEMO}
        environ.pop("LANGUAGE", None)
        settings = f"LANGUAGE={variant.language}\nTHEME={variant.theme}\n{QUIET}"
        (Path(home) / ".env").write_text(settings, "utf-8")
        program = open_program(environ=environ)
        set_language(variant.language)
        kept = window_state.WindowState(width=1, height=1)  # the smallest that is allowed
        window = MainWindow(
            program,
            lambda demo: open_program(demo=demo, environ=environ),
            kept,
            OneWindow(Path(home)),
            environ,
        )
        photographer = Photographer(window, out / variant.folder)
        window.open()
        photographer.begin()
        window.mainloop()
        return 0 if photographer.done else 1


if __name__ == "__main__":
    sys.exit(main())
