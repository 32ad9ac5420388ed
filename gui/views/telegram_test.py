"""Under the Telegram settings: a test message, and what is wrong with Telegram now."""

import tkinter as tk
from collections.abc import Callable

from core.errors import UserError
from core.i18n import _
from core.phones.telegram.trial import send_test_message
from gui import style
from gui.shell import Shell
from gui.texts import Texts
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button


class TelegramTest(Row):
    """The test is made with the settings that are saved."""

    def __init__(
        self, master: tk.Misc, window: Shell, texts: Texts, unsaved: Callable[[], bool]
    ) -> None:
        """`unsaved` says whether the fields hold something else than what would be tested."""
        super().__init__(master)
        self._unsaved = unsaved
        self._window = window
        self._trouble = ""
        self.columnconfigure(0, weight=1)
        self.answer = Label(self, size=style.SECONDARY, wraps=True)
        self.answer.grid(row=0, column=0, sticky="ew", padx=(0, style.GAP))
        self.test = Button(self, command=self.send)
        self.test.grid(row=0, column=1)
        texts.show(self.test, lambda: _("Send a test message"))

    def enable(self, enabled: bool) -> None:
        self.test.enable(enabled)

    def send(self) -> None:
        """In the background; the answer stands beside the button."""
        if self._unsaved():
            self._tell(_("Save the settings first."), style.WARNING)
            return
        settings = self._window.program.settings
        self.test.enable(False)
        self._tell(_("Asking Telegram…"), style.MUTED)
        self._window.background.run(
            lambda: send_test_message(settings),
            lambda sentence: self._answered(sentence, style.DONE),
            self._failed,
            slot="telegram test",
        )

    def show_trouble(self) -> None:
        """What is wrong between us and Telegram now; called now and then, costs nothing."""
        trouble = self._window.program.telegram.trouble
        if trouble != self._trouble:
            self._trouble = trouble
            self._tell(trouble, style.WARNING)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._answered(f"{error.message} {error.hint}".strip(), style.ERROR)
        else:
            self._answered("", style.ERROR)
            self._window.show_error(error)

    def _answered(self, sentence: str, colour: style.Colour) -> None:
        self.test.enable(True)
        self._tell(sentence, colour)

    def _tell(self, text: str, colour: style.Colour) -> None:
        self.answer.paint(colour)
        self.answer.say(text)
