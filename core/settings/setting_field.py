"""What a setting is: its name, its kind, its default."""

from collections.abc import Callable
from dataclasses import dataclass

from core.settings.kinds import DatabaseAddress, Kind, ProxyAddress, Token


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting.

    `group` is the system's own word for where it stands among its settings. `name` is its name in
    the environment and in `.env`, `attribute` that in `Settings`;
    `default` is text of the same form as given by the user, empty for 'not set', which is read
    as `blank`. `explanation()` is one plain line in the present language. `in_demo` is False
    for what the demo sets itself, whatever the user has chosen: server, files, Telegram.
    `demo_default` is a default of the demo's own, where it has one. `written_to`: a file that
    the program writes, so that no other setting may name the same.
    """

    name: str
    attribute: str
    group: str
    kind: Kind
    default: str
    explanation: Callable[[], str]
    blank: object = None
    in_demo: bool = True
    demo_default: str | None = None
    written_to: bool = False

    def usual(self, demo: bool) -> str:
        """The default, in the demo or outside it."""
        return self.demo_default if demo and self.demo_default is not None else self.default

    def read(self, text: str) -> object:
        """The value of `text`, `blank` where it is empty; ValueError where it is not allowed."""
        return self.kind.read(text) if text else self.blank

    @property
    def is_secret(self) -> bool:
        """Never shown, never repeated in an error."""
        return isinstance(self.kind, Token | DatabaseAddress | ProxyAddress)

    @property
    def is_token(self) -> bool:
        """Kept in the system's credential store where there is one."""
        return isinstance(self.kind, Token | DatabaseAddress)
