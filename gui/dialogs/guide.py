"""Help > User guide: the bundled guide in the window's language, without a network."""

import tkinter as tk
from pathlib import Path
from tkinter import ttk

from PIL import Image, ImageTk

from core.i18n import _, current_language
from gui import editing, style
from gui.dialogs.guide_text import Block, Kind, blocks
from gui.widgets.basics import Label, Row
from gui.widgets.dialog import Dialog
from gui.widgets.fields import SearchField
from gui.widgets.reading_order import tab_as_one_reads

DOCS = Path(__file__).parent.parent.parent / "docs"
PICTURE_WIDTH = 680
PICTURE_MS = 20  # between two pictures, so that the window goes on answering


class GuideDialog(Dialog):
    """Not modal: it may stay open beside the work. Links lead to headings."""

    size = (780, 680)
    resizes = True
    modal = False

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self._pictures: list[ImageTk.PhotoImage] = []  # Tk does not keep them
        self._coming: list[tuple[str, Path]] = []  # mark in the text, file
        self._later = ""
        self.text = tk.Text(self, wrap="word", borderwidth=0, highlightthickness=0, cursor="arrow")
        bar = ttk.Scrollbar(self, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=lambda a, b: bar.set(float(a), float(b)))
        self._build_search()
        tab_as_one_reads(self, lambda: self)
        bar.pack(side="right", fill="y", padx=2, pady=2)
        self.text.pack(side="left", fill="both", expand=True)
        self.text.tag_bind("link", "<Button-1>", self._follow)
        self.text.tag_bind("link", "<Enter>", lambda _e: self.text.configure(cursor="hand2"))
        self.text.tag_bind("link", "<Leave>", lambda _e: self.text.configure(cursor="arrow"))
        self.retheme()
        self.texts.call(self._fill)

    def open(self) -> None:
        if not self.opened:
            self.opened = True
            self._place()
            self.deiconify()
        self.lift()
        self.text.focus_set()

    def _build_search(self) -> None:
        row = Row(self)
        row.pack(side="top", fill="x", padx=style.PAD, pady=(style.GAP, 0))
        self.search = SearchField(row, self._look_for, width=280, accepted=self._next_found)
        self.search.pack(side="left")
        self.texts.show(self.search, lambda: _("Find in the guide"), "placeholder_text")
        self.found = Label(row, size=style.SECONDARY, colour=style.MUTED)
        self.found.pack(side="left", padx=(style.GAP, 0))
        editing.bind_letter(self, "f", self.search.focus_set)
        self._places: list[str] = []
        self._present = -1

    def _place(self) -> None:
        """Beside the window, where the screen has room for it; else at the screen's edge."""
        super()._place()
        root, width = self.root, style.pixels(self, self.size[0])
        left = root.winfo_rootx() + root.winfo_width() + style.pixels(self, style.GAP)
        right_edge = root.winfo_screenwidth() - width
        if left > right_edge:
            left = max(0, right_edge)
        tk.Wm.wm_geometry(self, f"+{left}+{max(0, root.winfo_rooty())}")

    def _look_for(self, text: str) -> None:
        """Mark every place of the text and go to the first."""
        self.text.tag_remove("found", "1.0", "end")
        self._places, self._present = [], -1
        place = "1.0"
        while text and (place := self.text.search(text, place, "end", nocase=True)):
            self._places.append(place)
            end = f"{place}+{len(text)}c"
            self.text.tag_add("found", place, end)
            place = end
        self._next_found()
        if not text:
            self.found.say("")

    def _next_found(self) -> None:
        """Enter: the next place, and after the last one the first."""
        if not self._places:
            self.found.say(_("Nothing found."))
            return
        self._present = (self._present + 1) % len(self._places)
        self.text.see(self._places[self._present])
        self.found.say(_("{n} of {total}").format(n=self._present + 1, total=len(self._places)))

    def end(self) -> None:
        self._forget_pictures()

    def retheme(self) -> None:
        super().retheme()
        text = self.text
        pad = style.pixels(self, style.EDGE)
        indent = style.pixels(self, 22)
        text.configure(
            font=style.plain_font(self),
            background=style.shade(style.CARD),
            foreground=style.shade(style.TEXT),
            padx=pad,
            pady=pad,
            spacing2=style.pixels(self, 3),
            spacing3=style.pixels(self, 8),
            tabs=(indent,),
        )
        text.tag_configure(Kind.TITLE, font=style.plain_font(self, style.TITLE, bold=True))
        text.tag_configure(Kind.HEADING, font=style.plain_font(self, style.HEADING, bold=True),
                           spacing1=style.pixels(self, 16))  # fmt: skip
        text.tag_configure(Kind.ITEM, lmargin2=indent, spacing3=style.pixels(self, 4))
        text.tag_configure("bold", font=style.plain_font(self, bold=True))
        text.tag_configure("code", font=style.plain_font(self, style.SECONDARY, mono=True),
                           background=style.shade(style.HOVER))  # fmt: skip
        text.tag_configure("link", foreground=style.shade(style.ACCENT_TEXT))
        text.tag_configure("found", background=style.shade(style.WARNING_SOFT),
                           foreground=style.shade(style.WARNING))  # fmt: skip
        text.tag_configure("muted", foreground=style.shade(style.MUTED))

    def go_to(self, target: str) -> None:
        """Scroll to a heading; `target` as in a link, with its #."""
        if target in self.text.mark_names():
            self.text.yview(target)

    def _fill(self) -> None:
        self.title(_("User guide"))
        self._forget_pictures()
        text = self.text
        text.configure(state="normal")
        text.delete("1.0", "end")
        path = DOCS / f"guide.{current_language()}.md"
        try:
            for block in blocks(path.read_text("utf-8")):
                self._insert(block)
        except OSError:
            text.insert("end", _("The user guide is missing: {path}").format(path=path.name))
        text.configure(state="disabled")
        text.yview_moveto(0)
        self._later = self.after(PICTURE_MS, self._next_picture)

    def _insert(self, block: Block) -> None:
        text = self.text
        start = text.index("end-1c")
        if block.kind is Kind.PICTURE:
            name = f"picture {start}"
            text.mark_set(name, start)
            text.mark_gravity(name, "left")
            self._coming.append((name, DOCS / block.target))
            text.insert("end", f"\n{block.text}\n", "muted")
            return
        if block.target:
            text.mark_set(f"#{block.target}", start)
            text.mark_gravity(f"#{block.target}", "left")
        if block.mark:
            text.insert("end", f"{block.mark}\t", block.kind)
        for span in block.spans():
            text.insert("end", span.text, (block.kind, span.look, span.target))
        text.insert("end", "\n", block.kind)

    def _follow(self, event: "tk.Event[tk.Text]") -> None:
        """A link's target is a tag of its text."""
        for tag in self.text.tag_names(f"@{event.x},{event.y}"):
            self.go_to(tag)

    def _next_picture(self) -> None:
        """Put the next picture before its caption; one that is missing leaves the caption."""
        if not self._coming:
            return
        mark, path = self._coming.pop(0)
        width = style.pixels(self, PICTURE_WIDTH)
        try:
            with Image.open(path) as picture:
                height = round(picture.height * width / picture.width)
                small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
        except OSError:
            pass
        else:
            self._pictures.append(ImageTk.PhotoImage(small, master=self))
            self.text.image_create(mark, image=self._pictures[-1])
        self._later = self.after(PICTURE_MS, self._next_picture)

    def _forget_pictures(self) -> None:
        if self._later:
            self.after_cancel(self._later)
            self._later = ""
        self._coming.clear()
        self._pictures.clear()
