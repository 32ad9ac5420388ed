"""The live log: bounded, filled in batches, following only where one is already at the end."""

import tkinter as tk
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from tkinter import ttk
from typing import Any

import customtkinter as ctk

from core.turns import computing
from gui import style
from gui.alarm import Alarm
from gui.one_call import tell, together
from gui.texts import exists
from gui.widgets.basics import Label
from gui.widgets.buttons import Button

KEPT = 5000  # lines
BATCH = 300  # lines inserted at a time: some 6 ms
FLUSH_MS = 100
COVER_MS = 20  # after the end was shown: Tk has to know where its lines stand
_SHOWN_LEVELS = {
    "all": {"info", "done", "warning", "error"},
    "attention": {"warning", "error"},
    "errors": {"error"},
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line; `level` is info, done, warning or error."""

    when: datetime
    level: str
    text: str


class LogConsole(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Shows the newest `KEPT` lines that pass the filter. Tk thread only."""

    def __init__(self, master: tk.Misc, new_lines: Callable[[int], str]) -> None:
        """`new_lines` words the button that says how many lines came while one was reading."""
        super().__init__(
            master,
            fg_color=style.SUNKEN,
            corner_radius=style.RADIUS,
            border_width=1,
            border_color=style.LINE,
        )
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.text = tk.Text(
            self,
            wrap="word",
            borderwidth=0,
            highlightthickness=0,
            state="disabled",
            cursor="arrow",
            height=4,
            width=10,
            takefocus=1,
        )
        # Plain Tk widgets: CustomTkinter scales the distances of its own ones only.
        gap, two, ten, eight, four = (style.pixels(self, size) for size in (style.GAP, 2, 10, 8, 4))
        self.text.grid(row=0, column=0, sticky="nsew", padx=(gap, two), pady=ten)
        self._bar = ttk.Scrollbar(
            self, orient="vertical", command=self._scroll, style="Sunken.Vertical.TScrollbar"
        )
        self._bar.grid(row=0, column=1, sticky="ns", pady=eight, padx=(0, four))
        # The bar's own command of Tcl: no Python at each line.
        self.text.configure(yscrollcommand=f"{self._bar} set")
        # Over the rest of a line that the upper edge cuts while the log follows.
        self._strip = tk.Frame(self.text, borderwidth=0)
        self._strip_height = 0
        self._covering = Alarm(self, self._cover)
        self._say_new = new_lines
        self._jump = Button(self, command=self.follow, look="primary", height=28,
                            size=style.SMALL, image="chevron_down")  # fmt: skip
        self._empty_shown = False
        self.empty = Label(self, colour=style.MUTED, bg_color=style.SUNKEN)
        self._show_empty(True)
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._pending: deque[LogLine] = deque(maxlen=KEPT)
        self._again: deque[LogLine] = deque(maxlen=KEPT)  # were shown, and come back filtered
        self._level = "all"
        self._search = ""
        self._unseen = 0
        self._count = 0
        self.paused = False
        self._flushing = Alarm(self, self._flush)
        self._following = True
        for sequence in ("<MouseWheel>", "<Button-4>", "<Button-5>", "<Prior>", "<Next>", "<Up>",
                         "<Down>", "<Home>", "<B1-Motion>"):  # fmt: skip
            self.text.bind(sequence, lambda _e: self.after_idle(self._moved), add="+")
        self.text.bind("<FocusIn>", lambda _e: self.configure(border_color=style.ACCENT))
        self.text.bind("<FocusOut>", lambda _e: self.configure(border_color=style.LINE))
        self.text.bind("<End>", lambda _e: self.follow())
        self.text.bind("<Configure>", lambda _e: self._keep_at_end())
        self.retheme()

    # --- filling ---

    def add(self, lines: Iterable[LogLine]) -> None:
        """Lines for the log; they appear within a tenth of a second, many at once."""
        for line in lines:
            self._lines.append(line)
            self._pending.append(line)
        if self._lines:
            self._show_empty(False)
        if self._pending:
            self._flushing.set(FLUSH_MS)

    def clear(self) -> None:
        self._lines.clear()
        self._pending.clear()
        self._refill()
        self._show_empty(True)

    def pause(self, paused: bool) -> None:
        """Keep new lines back; they come when the pause ends."""
        self.paused = paused
        if not paused and self._pending:
            self._flushing.cancel()
            self._flush()

    def filter(self, level: str, search: str) -> None:
        """Show only lines of these levels (all, attention, errors) that contain the text."""
        search = search.casefold()
        if (level, search) != (self._level, self._search):
            self._level, self._search = level, search
            self._refill()

    def follow(self) -> None:
        """Go to the end, where the log follows."""
        self._following = True
        self._keep_at_end()
        self._seen()

    @property
    def line_count(self) -> int:
        """Lines on screen."""
        return self._count

    @property
    def unseen(self) -> int:
        """Lines that came since one has scrolled away from the end."""
        return self._unseen

    def shown_text(self) -> str:
        """The selection, or everything that passes the filter."""
        if self.text.tag_ranges("sel"):
            return self.text.get("sel.first", "sel.last")
        return self.text.get("1.0", "end-1c")

    def retheme(self) -> None:
        self.text.configure(
            font=style.plain_font(self, style.SECONDARY, mono=True),
            background=style.shade(style.SUNKEN),
            foreground=style.shade(style.MUTED),
            selectbackground=style.shade(style.ACCENT_SOFT),
            selectforeground=style.shade(style.TEXT),
            inactiveselectbackground=style.shade(style.ACCENT_SOFT),
            spacing1=style.pixels(self, 2),
            spacing3=style.pixels(self, 2),
        )
        self._strip.configure(background=style.shade(style.SUNKEN))
        face = style.plain_font(self, style.SECONDARY, mono=True)
        self.text.tag_configure("line", lmargin2=style.text_width(self, "00:00:00  ", face))
        for level, colour in (
            ("info", style.MUTED),
            ("done", style.DONE),
            ("warning", style.WARNING),
            ("error", style.ERROR),
        ):
            self.text.tag_configure(level, foreground=style.shade(colour))
        self.text.tag_configure("found", underline=True, foreground=style.shade(style.TEXT))
        self.text.tag_raise("found")
        self.text.tag_raise("sel")

    def destroy(self) -> None:
        self._flushing.cancel()
        self._covering.cancel()
        super().destroy()

    # --- inside ---

    def _show_empty(self, shown: bool) -> None:
        if shown != self._empty_shown:  # asking Tk would wait for the workers at every line
            self._empty_shown = shown
            if shown:
                self.empty.place(relx=0.5, rely=0.45, anchor="center")
            else:
                self.empty.place_forget()

    def _refill(self) -> None:
        if not self.paused:
            self._pending.clear()
        shown = len(self._lines) - len(self._pending)
        self._again = deque(islice(self._lines, max(0, shown)), maxlen=KEPT)
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.text.configure(state="disabled")
        self._count = 0
        self._following = True
        self._seen()
        self._flushing.cancel()
        self._flush()

    def _flush(self) -> None:
        source = self._again or self._pending
        if source is self._pending and self.paused:
            return
        batch = [source.popleft() for _ in range(min(BATCH, len(source)))]
        shown = [line for line in batch if self._passes(line)]
        if shown:
            with computing.window_first(), together(self):
                self._show_lines(shown)
        if self._again or self._pending:
            self._flushing.set(1)

    def _show_lines(self, lines: list[LogLine]) -> None:
        self._insert(lines)
        if self._following:
            self._keep_at_end()
        else:
            self._unseen += len(lines)
            self._show_jump()

    def _insert(self, lines: list[LogLine]) -> None:
        pieces: list[Any] = []
        for line in lines:
            pieces += [f"\n{line.when:%H:%M:%S}  ", "line", *self._marked(line)]
        text = self.text
        tell(text, "configure", "-state", "normal")
        if not self._count:  # the line end stands before each line, so that no empty one follows
            pieces[0] = pieces[0].lstrip("\n")
        tell(text, "insert", "end", *pieces)
        self._count += len(lines)
        if self._count > KEPT:
            tell(text, "delete", "1.0", f"{self._count - KEPT + 1}.0")
            self._count = KEPT
        tell(text, "configure", "-state", "disabled")

    def _marked(self, line: LogLine) -> Iterator[Any]:
        """The line's text and tags by turns, with a mark on what is searched for."""
        tags = (line.level, "line")
        rest = line.text
        while self._search and (place := rest.casefold().find(self._search)) >= 0:
            end = place + len(self._search)
            yield from (rest[:place], tags, rest[place:end], (*tags, "found"))
            rest = rest[end:]
        yield from (rest, tags)

    def _passes(self, line: LogLine) -> bool:
        if line.level not in _SHOWN_LEVELS[self._level]:
            return False
        return not self._search or self._search in line.text.casefold()

    def _keep_at_end(self) -> None:
        if self._following:
            # Not the end of a long line: that scrolls sideways.
            tell(self.text, "see", "end-1c linestart")
            tell(self.text, "yview", "moveto", 1.0)
            self._covering.set(COVER_MS)

    def _cover(self) -> None:
        """At the end of the log its upper edge cuts whichever line stands there."""
        first = self.text.dlineinfo("@0,0") if self._following else None
        cut = first is not None and first[1] < 0
        height = first[1] + first[3] if first is not None and cut else 0
        if height != self._strip_height:
            self._strip_height = height
            if height:
                self._strip.place(x=0, y=0, relwidth=1.0, height=height)
            else:
                self._strip.place_forget()

    def _moved(self) -> None:
        """The operator scrolled. Tk's own idea of the end lags behind insertions, so only what
        people do decides whether the log follows."""
        if exists(self):
            self._following = bool(self.text.yview()[1] >= 0.999)
            if self._following:
                self._seen()
            self._cover()

    def _scroll(self, *arguments: str) -> None:
        self.text.yview(*arguments)
        self._moved()

    def _seen(self) -> None:
        self._unseen = 0
        self._jump.place_forget()

    def _show_jump(self) -> None:
        self._jump.configure(text=self._say_new(self._unseen))
        self._jump.place(relx=0.5, rely=1.0, y=-style.GAP, anchor="s")
        self._jump.lift()
