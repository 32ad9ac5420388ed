"""Help > User guide: the bundled guide in the window's language, simply rendered."""

import re
import tkinter as tk
from pathlib import Path
from tkinter import ttk

from core.i18n import _, current_language
from gui import style
from gui.widgets.dialog import Dialog

DOCS = Path(__file__).parent.parent.parent / "docs"
_BOLD = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")


class GuideDialog(Dialog):
    """Headings, paragraphs, lists, bold and code; not modal, it may stay open beside the work."""

    size = (760, 620)
    resizes = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.text = tk.Text(self, wrap="word", borderwidth=0, highlightthickness=0, cursor="arrow")
        bar = ttk.Scrollbar(self, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=lambda a, b: bar.set(float(a), float(b)))
        bar.pack(side="right", fill="y", padx=2, pady=2)
        self.text.pack(side="left", fill="both", expand=True)
        self.retheme()
        self.texts.call(self._fill)

    def open(self) -> None:
        if not self.opened:
            self.opened = True
            self._place()
            self.deiconify()
        self.lift()
        self.text.focus_set()

    def retheme(self) -> None:
        super().retheme()
        text = self.text
        pad = style.pixels(self, style.EDGE)
        text.configure(
            font=style.plain_font(self),
            background=style.shade(style.CARD),
            foreground=style.shade(style.TEXT),
            padx=pad,
            pady=pad,
            spacing3=style.pixels(self, 6),
        )
        text.tag_configure("h1", font=style.plain_font(self, style.TITLE, bold=True))
        text.tag_configure("h2", font=style.plain_font(self, style.HEADING, bold=True),
                           spacing1=style.pixels(self, 12))  # fmt: skip
        text.tag_configure("bold", font=style.plain_font(self, bold=True))
        text.tag_configure("code", font=style.plain_font(self, style.SECONDARY, mono=True),
                           background=style.shade(style.HOVER))  # fmt: skip
        text.tag_configure("list", lmargin1=pad // 2, lmargin2=pad)

    def _fill(self) -> None:
        self.title(_("User guide"))
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        for line in self._lines():
            self._insert(line)
        self.text.configure(state="disabled")

    def _lines(self) -> list[str]:
        path = DOCS / f"guide.{current_language()}.md"
        try:
            return path.read_text("utf-8").splitlines()
        except OSError:
            return [_("The user guide is missing: {path}").format(path=path.name)]

    def _insert(self, line: str) -> None:
        tag = ""
        if match := re.match(r"(#+)\s+(.*)", line):
            tag, line = ("h1" if len(match[1]) == 1 else "h2"), match[2]
        elif match := re.match(r"\s*[-*]\s+(.*)", line):
            tag, line = "list", f"•  {match[1]}"
        place = 0
        for match in _BOLD.finditer(line):
            self.text.insert("end", line[place : match.start()], tag)
            inner = "bold" if match[1] else "code"
            self.text.insert("end", match[1] or match[2], (tag, inner))
            place = match.end()
        self.text.insert("end", line[place:] + "\n", tag)
