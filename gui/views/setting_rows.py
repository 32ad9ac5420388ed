"""One row of the Settings view: title, explanation, the control, and what is wrong beside it."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from core.i18n import _
from core.settings.setting_field import SettingField
from core.settings.wrong import Source, wrong_setting
from gui import style
from gui.texts import Texts, Words
from gui.views.setting_controls import CONTROL_WIDTH, control_for
from gui.widgets.basics import Label, Row

TITLES: dict[str, Words] = {
    "DATAMASTER_API_URL": lambda: _("API address"),
    "DATAMASTER_API_TOKEN": lambda: _("API token"),
    "REQUEST_TIMEOUT": lambda: _("Time to wait for an answer, s"),
    "RATE_LIMIT_DELAY": lambda: _("Gap between requests, s"),
    "MAX_REQUESTS_PER_SECOND": lambda: _("Most requests a second"),
    "WORKERS": lambda: _("Projects at a time"),
    "MAX_RETRIES": lambda: _("Retries"),
    "OUTAGE_LIMIT": lambda: _("Longest outage, s"),
    "PHONE_ACCEPT": lambda: _("Which numbers are kept"),
    "QUICK_FULL_EVERY": lambda: _("Full read every so many quick runs"),
    "SMART_MAX_DAYS": lambda: _("Smart mode: longest pause, days"),
    "DAILY_AT": lambda: _("Collect every day at"),
    "DATABASE_PATH": lambda: _("Database"),
    "EXPORT_DIR": lambda: _("Folder for reports"),
    "BACKUP_KEEP": lambda: _("Backups to keep"),
    "LOG_FILE": lambda: _("Log file"),
    "LOG_LEVEL": lambda: _("Details in the log"),
    "LOG_FORMAT": lambda: _("Form of the log"),
    "TELEGRAM_ENABLED": lambda: _("Telegram bot"),
    "TELEGRAM_BOT_TOKEN": lambda: _("Bot token"),
    "TELEGRAM_CHAT_ID": lambda: _("Chat"),
    "TELEGRAM_EVENTS": lambda: _("Messages about"),
    "TELEGRAM_QUIET_HOURS": lambda: _("Quiet hours"),
    "TELEGRAM_API_URL": lambda: _("Address of the Bot API"),
    "TELEGRAM_PROXY": lambda: _("Proxy for Telegram"),
    "SERVICE_HTTP": lambda: _("Address for other programs"),
    "LANGUAGE": lambda: _("Language"),
    "THEME": lambda: _("Colours"),
    "NOTIFICATIONS": lambda: _("Notifications"),
}

Changed = Callable[[str, str], Any]


class SettingRow(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Shows one setting and tells of each change with the name and the new text."""

    def __init__(
        self, master: tk.Misc, field: SettingField, texts: Texts, changed: Changed
    ) -> None:
        super().__init__(master, fg_color="transparent")
        self.field = field
        self._changed = changed
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        title = Label(self)
        title.grid(row=0, column=0, sticky="w")
        texts.show(title, TITLES.get(field.name, lambda: field.name))
        explanation = Label(self, size=style.SECONDARY, colour=style.MUTED, wraps=True)
        explanation.grid(row=1, column=0, sticky="new", padx=(0, style.EDGE))
        texts.show(explanation, field.explanation)
        self.place = Row(self, width=CONTROL_WIDTH)
        self.place.grid(row=0, column=1, rowspan=2, sticky="ne")
        self.place.columnconfigure(0, weight=1, minsize=style.pixels(self, CONTROL_WIDTH))
        self.control = control_for(self.place, field, texts, self._typed)
        self.control.widget.grid(row=0, column=0, sticky="ew")
        self.remark = Label(self.place, size=style.SMALL, wraplength=CONTROL_WIDTH)
        self.remark.grid(row=1, column=0, sticky="w")
        self.remark.grid_remove()

    def on_return(self, action: Callable[[], Any]) -> None:
        """What Enter does in the field, where the setting has one."""
        entry = getattr(self.control, "entry", None)
        if entry is not None:
            entry.bind("<Return>", lambda _e: action(), add="+")

    @property
    def text(self) -> str:
        return self.control.get()

    def show(self, text: str, source: Source, *, used: bool) -> None:
        """The present value; what the environment sets, or the demo, cannot be changed here."""
        self.control.put(text)
        fixed = source is Source.ENVIRONMENT or not used
        self.control.enable(not fixed)
        if source is Source.ENVIRONMENT:
            self._remark(_("Set by the environment"), style.MUTED)
        elif not used:
            self._remark(_("Not used in the demo"), style.MUTED)
        elif self.field.is_token and source is Source.CREDENTIAL_STORE:
            self._remark(_("Kept in the system's credential store"), style.MUTED)
        elif self.field.is_token and source is Source.ENV_FILE:
            self._remark(_("Kept readable in .env: there is no credential store"), style.WARNING)
        else:
            self._remark("", style.MUTED)

    def check(self) -> bool:
        """Show whether the text is allowed; an empty one means the default."""
        text = self.text.strip()
        wrong = wrong_setting(self.field, text) if text else None
        self.control.mark_wrong(wrong is not None)
        if wrong is None:
            self._remark("", style.MUTED)
        else:
            self._remark(_("Allowed: {allowed}").format(allowed=wrong.allowed), style.ERROR)
        return wrong is None

    def _typed(self) -> None:
        self.check()
        self._changed(self.field.name, self.text.strip())

    def _remark(self, text: str, colour: style.Colour) -> None:
        self.remark.paint(colour)
        self.remark.say(text)
        if text:
            self.remark.grid()
        else:
            self.remark.grid_remove()
