"""⚙ Settings of a user: the bots that tell him, his usual mode, his language."""

import logging
from typing import TYPE_CHECKING, Any

from core.hub import reading
from core.hub.database import users
from core.hub.database.positions import HOME
from core.hub.database.users import NotificationBot
from core.hub.menu.desk import Desk, Effect
from core.hub.menu.place import Place
from core.hub.menu.screen import Choice, Screen, column
from core.hub.menu.wizard import Step, Wizard
from core.hub.places.workers import modes
from core.i18n import LANGUAGES, _, speaking
from core.settings.secret import Secret
from core.telegram.trouble import TelegramTrouble, Trouble
from core.telegram.trouble_words import say_trouble

if TYPE_CHECKING:
    from core.hub.panel import Panel

log = logging.getLogger(__name__)

NAME = "settings"
MINE = "mine"  # the chat with the user himself


def places() -> list[Place]:
    return [
        SettingsPlace(),
        *bot_places(NotificationBot.REALTY),
        *bot_places(NotificationBot.WORKERS),
        DefaultMode(),
        Language(),
    ]


class SettingsPlace(Place):
    def __init__(self) -> None:
        super().__init__(NAME, lambda: _("⚙ Settings"), HOME)

    def show(self, desk: Desk) -> Screen:
        usual = {value: label for label, value in modes()}
        lines = [
            self.title(),
            "",
            *(f"{bot_title(bot)}: {bot_state(desk, bot)}" for bot in NotificationBot),
            _("Usual mode: {mode}").format(mode=usual[users.default_mode(desk.db, desk.user.id)]),
            _("Language: {language}").format(language=LANGUAGES[desk.user.language]),
        ]
        return Screen("\n".join(lines), self.under(*column(*self.children())))


def bot_title(bot: NotificationBot) -> str:
    if bot is NotificationBot.REALTY:
        return _("Bot for property")
    return _("Bot for pick-up points")


def bot_state(desk: Desk, bot: NotificationBot) -> str:
    """Whether a token is there and can be used; never the token."""
    settings = users.bot_settings(desk.db, desk.user.id, bot)
    if not settings.token:
        return _("❌ not set")
    if not desk.parts.vault.unlock(settings.token):
        return _("❌ its token cannot be read any more, enter it anew")
    if not settings.chat:
        return _("❌ the chat is missing")
    return _("✅ set, chat {chat}").format(chat=settings.chat)


def bot_places(bot: NotificationBot) -> list[Place]:
    return [BotPlace(bot), *bot_wizard(bot).places(), *chat_wizard(bot).places(), TestBot(bot)]


class BotPlace(Place):
    """One notification bot."""

    def __init__(self, bot: NotificationBot) -> None:
        super().__init__(f"{NAME}.{bot}", lambda: bot_title(bot), NAME)
        self._bot = bot

    def show(self, desk: Desk) -> Screen:
        text = _(
            "{title}: {state}\n\nThe service tells you through this bot what it found. Make one at"
            " @BotFather and open a chat with it."
        ).format(title=bot_title(self._bot), state=bot_state(desk, self._bot))
        return Screen(text, self.under(*column(*self.children())))


def bot_wizard(bot: NotificationBot) -> Wizard:
    def finish(desk: Desk, _answers: dict[str, Any]) -> None:
        """The token is not among the answers: those are stored as they are."""
        desk.go(f"{NAME}.{bot}", note=_("The token is stored, encrypted. Your message is deleted."))

    def read(desk: Desk, text: str) -> Any:
        token = Secret(reading.bot_token(text))
        users.set_bot(desk.db, desk.user.id, bot, token=desk.parts.vault.lock(token))
        log.info("user %s changes the token of the bot for %s", f"{desk.user.id:_}", bot)
        return True

    return Wizard(
        name=f"{NAME}.{bot}.token",
        parent=f"{NAME}.{bot}",
        title=lambda: _("Change the token"),
        steps=(
            Step(
                "given",
                lambda: _("Token"),
                lambda _desk: _(
                    "Send the token that @BotFather gave you. Your message is deleted at once."
                    " Example: 123456789:AAE-and-so-on"
                ),
                read=read,
                secret=True,
            ),
        ),
        summary=lambda _desk: "",
        confirm=lambda: "",
        finish=finish,
        asks_at_end=False,
    )


def chat_wizard(bot: NotificationBot) -> Wizard:
    def finish(desk: Desk, answers: dict[str, Any]) -> None:
        chat = str(desk.user.id) if answers["chat"] == MINE else answers["chat"]
        users.set_bot(desk.db, desk.user.id, bot, chat=chat)
        log.info("user %s changes the chat of the bot for %s", f"{desk.user.id:_}", bot)
        desk.go(f"{NAME}.{bot}", note=_("The chat is stored. Press “Test message” to try it."))

    return Wizard(
        name=f"{NAME}.{bot}.chat",
        parent=f"{NAME}.{bot}",
        title=lambda: _("Change the chat"),
        steps=(
            Step(
                "chat",
                lambda: _("Chat"),
                lambda _desk: _(
                    "To which chat shall the bot write? Press “To me”, or send the number of a"
                    " group. Example: -1001234567890"
                ),
                options=lambda _desk: ((_("To me"), MINE),),
                read=lambda _desk, text: reading.chat_id(text),
            ),
        ),
        summary=lambda _desk: "",
        confirm=lambda: "",
        finish=finish,
        asks_at_end=False,
    )


class TestBot(Place):
    """A button that sends a test message by the bot; nobody stays here."""

    def __init__(self, bot: NotificationBot) -> None:
        super().__init__(f"{NAME}.{bot}.test", lambda: _("Test message"), f"{NAME}.{bot}")
        self._bot = bot

    def enter(self, desk: Desk) -> None:
        settings = users.bot_settings(desk.db, desk.user.id, self._bot)
        token = desk.parts.vault.unlock(settings.token) if settings.token else Secret()
        if not token or not settings.chat:
            desk.go(self.parent, note=_("⚠️ Enter token and chat first."))
            return
        desk.go(self.parent, note=_("⏳ A test message is on its way…"))
        desk.later(self._trying(desk.user.id, desk.next_version, token, int(settings.chat)))

    def show(self, _desk: Desk) -> Screen:
        return Screen(self.title(), self.under())

    def _trying(self, user_id: int, version: int, token: Secret, chat: int) -> Effect:
        async def effect(panel: "Panel") -> None:
            text = _("A test message of the hub: what the service finds will arrive here.")
            try:
                await panel.parts.try_bot(token, chat, text)
            except TelegramTrouble as trouble:
                note = f"⚠️ {_sentence(trouble)}"
            else:
                note = _("✅ The test message was sent.")
            await panel.resume(user_id, version, lambda desk: desk.stay(note))

        return effect


def _sentence(trouble: TelegramTrouble) -> str:
    if trouble.kind is Trouble.BAD_REQUEST:
        return _(
            "Telegram does not know this chat. Open a chat with the bot and press Start there."
        )
    return say_trouble(trouble)


class DefaultMode(Place):
    def __init__(self) -> None:
        super().__init__(f"{NAME}.mode", lambda: _("Usual mode"), NAME)

    def show(self, desk: Desk) -> Screen:
        usual = users.default_mode(desk.db, desk.user.id)
        choices = tuple(
            Choice(("• " if value == usual else "") + label, "set", value)
            for label, value in modes()
        )
        return Screen(_("Which mode do you usually need? Press a button."), self.under(choices))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "set" and argument in ("worker", "employer"):
            users.set_default_mode(desk.db, desk.user.id, argument)
            desk.go(NAME, note=_("Stored."))
        else:
            super().press(desk, action, argument)


class Language(Place):
    def __init__(self) -> None:
        super().__init__(f"{NAME}.language", lambda: _("Language"), NAME)

    def show(self, desk: Desk) -> Screen:
        choices = [
            Choice(("• " if code == desk.user.chosen_language else "") + name, "set", code)
            for code, name in LANGUAGES.items()
        ]
        as_telegram = Choice(
            ("• " if not desk.user.chosen_language else "") + _("As my Telegram"), "set", "as"
        )
        text = _("In which language shall the hub speak with you? Press a button.")
        return Screen(text, self.under(tuple(choices), (as_telegram,)))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "set" and argument in (*LANGUAGES, "as"):
            chosen = "" if argument == "as" else argument
            users.choose_language(desk.db, desk.user.id, chosen)
            desk.know_anew()
            with speaking(desk.user.language):
                desk.go(NAME, note=_("Stored."))
        else:
            super().press(desk, action, argument)
