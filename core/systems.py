"""The one place that names every system; nothing else knows more than one of them.

To add a system: its room beside the others, a line in `SYSTEMS`, its name in the layers of
pyproject.toml. docs/architecture.md says what the room must hold.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.cli.main import CommandLine
from core.i18n import _
from core.phones.cli import COMMANDS, DATABASE


@dataclass(frozen=True, slots=True)
class System:
    """A system as the command line and the documents of settings see it.

    `commands` is the module that exports its `COMMANDS` and `DATABASE`, `settings` the one that
    exports its `FIELDS`; both are imported only when they are needed. `on_servers`: it needs the
    packages of requirements-server.txt and is left out of the packed program.
    """

    name: str
    title: Callable[[], str]
    commands: str
    settings: str
    on_servers: bool = True


SYSTEMS = (
    System(
        "phones",
        lambda: _("phone numbers of DataMaster"),
        "core.phones.cli",
        "core.phones.settings.fields",
        on_servers=False,
    ),
    System("cars", lambda: _("listings of CHE168"), "core.cars.cli", "core.cars.settings"),
    System(
        "hub",
        lambda: _("one Telegram panel for every collector"),
        "core.hub.cli",
        "core.hub.settings",
    ),
    System(
        "campaigns",
        lambda: _("messages to chats that asked for them"),
        "core.campaigns.cli",
        "core.campaigns.settings",
    ),
)

COMMAND_LINE = CommandLine(
    COMMANDS,  # the phones' stand at the top, as they always did
    DATABASE,
    {system.name: (system.commands, system.title) for system in SYSTEMS if system.on_servers},
)
