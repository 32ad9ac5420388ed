"""A chat in the terminal: messages are printed as they appear and change, a button is pressed by
its number, everything else is typed into the chat."""

import queue
import sys
import threading

from core.cli.output import say
from core.hub.stand_in.telegram import MadeUpPerson, Shown, TelegramStandIn
from core.i18n import _

LOOK_SECONDS = 0.2
QUIT = ("/quit", "/exit")


class TerminalChat:
    """`run` belongs to the main thread; any thread may call `end`."""

    def __init__(self, telegram: TelegramStandIn, person: MadeUpPerson) -> None:
        self._telegram = telegram
        self._person = person
        self._typed: queue.Queue[str | None] = queue.Queue()
        self._printed: dict[int, Shown] = {}
        self._alerts = 0
        self._buttons: dict[int, tuple[int, str]] = {}  # number: message, caption
        self._number = 0

    def end(self) -> None:
        """Let `run` return."""
        self._typed.put(None)

    def run(self) -> None:
        """Chat until /quit or the end of the input."""
        say(_("This is the hub's demo: a made-up chat, services that make tasks up."))
        say(_("Press a button by typing its number. Ctrl+C or /quit ends the demo."))
        threading.Thread(target=self._read, name="keyboard", daemon=True).start()
        self._telegram.say(self._person, "/start")
        while True:
            self._print_news()
            try:
                line = self._typed.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if line is None or line in QUIT:
                return
            self._enter(line)

    def _read(self) -> None:
        for line in sys.stdin:
            self._typed.put(line.strip())
        self.end()

    def _enter(self, line: str) -> None:
        if line.isdecimal() and int(line) in self._buttons:
            message, caption = self._buttons[int(line)]
            for shown in self._telegram.chat(self._person.id):
                if shown.id == message and caption in shown.captions:
                    self._telegram.press(self._person, shown, caption)
                    return
            say(_("This button is no longer there."))
        elif line:
            self._telegram.say(self._person, line)

    def _print_news(self) -> None:
        shown_now = self._telegram.chat(self._person.id)
        for shown in shown_now:
            if not shown.own and self._printed.get(shown.id) != shown:
                self._print(shown)
        for shown in self._printed.values():
            if shown.own and shown.id not in {one.id for one in shown_now}:
                say(_("(your message was deleted)"))
        self._printed = {shown.id: shown for shown in shown_now}
        with self._telegram.changed:
            news = self._telegram.alerts[self._alerts :]
            self._alerts += len(news)
        for _press, text in news:
            if text:
                say(f"  [{text}]")

    def _print(self, shown: Shown) -> None:
        say()
        say("── " + (_("changed") if shown.id in self._printed else _("new message")) + " ──")
        for line in shown.text.splitlines():
            say(line)
        if shown.file:
            say(f"[{shown.file}]")
        for row in shown.buttons:
            parts = []
            for caption, _data in row:
                self._number = self._number % 99 + 1
                self._buttons[self._number] = (shown.id, caption)
                parts.append(f"[{self._number}] {caption}")
            say("   ".join(parts))
