"""A hub in a process of its own, to be killed: python -m tests.hub.process FILE

FILE is JSON: where the stand-ins are and where the database lies.
"""

import json
import sys
from pathlib import Path

from core.hub.accounts.files import SessionFolder
from core.hub.program import HubSetup
from core.hub.services.all import Addresses
from core.hub.serving import serve
from core.hub.stand_in import phones as phones_stand_in
from core.hub.stand_in.accounts import MadeUpAccounts
from core.hub.tasks.watcher import Rhythm
from core.hub.vault import Vault
from core.logs.setup import setup_logging
from core.settings.secret import Secret
from core.telegram.account import BotAccount
from core.web.address import Address


class _Log:
    log_format = "text"

    def __init__(self, file: Path, level: str) -> None:
        self.log_file = file
        self.log_level = level


def main(file: Path) -> None:
    told = json.loads(file.read_text())
    folder = Path(told["folder"])
    setup_logging(_Log(folder / "hub.log", told.get("log", "DEBUG")))
    setup = HubSetup(
        account=BotAccount(Secret(told["token"]), told["telegram"]),
        admins=frozenset(told["admins"]),
        database=folder / "hub.db",
        addresses=Addresses(
            told["workers"], told["realty"], told["phones"], Secret(phones_stand_in.TOKEN)
        ),
        folder=SessionFolder(folder / "sessions", "/sessions"),
        connect=MadeUpAccounts(),
        vault=Vault(Secret(told["key"])),
        rhythm=Rhythm(told.get("attended", 0.2), told.get("alone", 0.2), told.get("tick", 0.05)),
        look_seconds=told.get("look", 1.0),
        presses_a_minute=100_000,
    )
    serve(setup, Address("127.0.0.1", 0), lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
