"""The first start: enter a token and test it, or try the demo."""

from collections.abc import Iterator
from typing import Any

from core.i18n import _
from core.phones.settings.fields import BY_NAME
from core.settings.wrong import wrong_setting
from gui import connection, style
from gui.icons import icon
from gui.views.base import View
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.fields import Field
from gui.widgets.tooltip import explain

WIDTH = 560


class WelcomeView(View):
    title = staticmethod(lambda: _("Welcome"))

    def build(self) -> Iterator[None]:
        self.header.grid_remove()
        card = Card(self.body, width=WIDTH)
        card.place(relx=0.5, rely=0.46, anchor="center")
        inside = Row(card)
        inside.pack(padx=36, pady=32)
        logo = Label(inside, image=icon("collect", 44, style.ACCENT))
        logo.pack(anchor="w")
        self._line(inside, lambda: _("Welcome"), size=style.BIG, bold=True, pady=(style.GAP, 2))
        self._line(
            inside,
            lambda: _("The program collects the phone numbers of all your DataMaster projects into"
                      " one database on this computer, without duplicates, and shows what is new."),
            colour=style.MUTED,
            pady=(0, 20),
        )  # fmt: skip
        self._line(inside, lambda: _("Your API token"), bold=True)
        self._line(
            inside,
            lambda: _("It is in your DataMaster account. It stays on this computer."),
            colour=style.MUTED,
            size=style.SECONDARY,
            pady=(0, 6),
        )
        row = Row(inside)
        row.pack(fill="x")
        self.token = Field(row, width=300, secret=True, submitted=self._test, changed=self._typed)
        self.token.pack(side="left", fill="x", expand=True)
        self.eye = Button(row, command=self._reveal, look="choice", image="eye",
                          width=style.CONTROL)  # fmt: skip
        explain(self.eye, lambda: _("Show or hide what is typed"))
        self.eye.pack(side="left", padx=(style.GRID * 2, 0))
        self.test = Button(row, command=self._test, look="primary")
        self.test.pack(side="left", padx=(style.GRID * 2, 0))
        self.texts.show(self.test, lambda: _("Test and save"))
        self.result = Label(inside, size=style.SECONDARY, wraplength=WIDTH - 72)
        self.result.pack(anchor="w", fill="x", pady=(6, 0))
        rule = Row(inside, height=1)
        rule.configure(bg_color=style.LINE)  # one pixel is all edge to CustomTkinter
        rule.pack(fill="x", pady=(style.PAD, 20))
        self._line(inside, lambda: _("Just looking?"), bold=True)
        self._line(
            inside,
            lambda: _("The demo collects made-up numbers from a built-in server: no token, no"
                      " network, nothing that could go wrong."),
            colour=style.MUTED,
            size=style.SECONDARY,
            pady=(0, 10),
        )  # fmt: skip
        self.demo = Button(inside, command=self.window.session.enter_demo, image="play")
        self.demo.pack(anchor="w")
        self.texts.show(self.demo, lambda: _("Try the demo"))
        self._shown_token = False
        yield

    def shown(self) -> None:
        self.token.focus_set()

    def _line(self, master: Any, words: Any, *, pady: Any = 0, **options: Any) -> None:
        label = Label(master, wraplength=WIDTH - 72, **options)
        label.pack(anchor="w", pady=pady)
        self.texts.show(label, words)

    def _reveal(self) -> None:
        self._shown_token = not self._shown_token
        self.token.reveal(self._shown_token)

    def _typed(self) -> None:
        self.token.mark_wrong(False)
        self.result.say("")

    def _test(self) -> None:
        text = self.token.get().strip()
        wrong = wrong_setting(BY_NAME["DATAMASTER_API_TOKEN"], text)
        if not text:
            self._refuse(_("Enter the token first."))
            return
        if wrong is not None:
            self._refuse(_("Allowed: {allowed}").format(allowed=wrong.allowed))
            return
        self.test.enable(False)
        self._tell(_("Asking the server…"), style.MUTED)
        url = self.window.program.settings.api_url
        self.window.background.run(
            lambda: connection.test_connection(url, text),
            lambda answer: self._works(answer, text),
            self._failed,
            slot="welcome",
        )

    def _refuse(self, sentence: str) -> None:
        self._tell(sentence, style.ERROR)
        self.token.mark_wrong(True)

    def _works(self, answer: connection.Answered, token: str) -> None:
        self._tell(answer.sentence(), style.DONE)
        self.window.session.save_settings(
            {"DATAMASTER_API_TOKEN": token}, self._saved, self._failed
        )

    def _saved(self) -> None:
        self.test.enable(True)
        self.window.navigate("collect")
        self.window.toast("done", self.result.text)

    def _failed(self, error: Exception) -> None:
        self.test.enable(True)
        self._tell(connection.explain(error), style.ERROR)

    def _tell(self, text: str, colour: style.Colour) -> None:
        self.result.paint(colour)
        self.result.say(text)
