"""`app.py hub check`: settings, folders, database, Telegram and services; what is wrong."""

import argparse
import asyncio
from collections.abc import Callable

from core.cli.exit_codes import DONE, FAILED
from core.cli.output import say
from core.database.explain import explain
from core.database.failures import StorageFailure
from core.errors import UserError
from core.hub.cli import DATABASE
from core.hub.database import users
from core.hub.database.store import Store
from core.hub.database.tasks import Service
from core.hub.opening import addresses
from core.hub.services.all import Services
from core.hub.services.trouble import title
from core.hub.settings import HubSettings, load_settings
from core.hub.vault import open_vault
from core.i18n import _
from core.logs.setup import open_log_file
from core.settings.paths import make_writable
from core.telegram.account import BotAccount
from core.telegram.api import TelegramApi
from core.telegram.trouble import TelegramTrouble
from core.telegram.trouble_words import say_trouble


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None."""


def execute(_options: argparse.Namespace) -> int:
    settings = load_settings()  # wrong settings end here, each with its name
    say(_("Settings: in order ({path}).").format(path=settings.places.env_file))
    good = [_tried(step, settings) for step in STEPS]
    good += asyncio.run(_services(settings))
    return DONE if all(good) else FAILED


def _tried(step: Callable[[HubSettings], str], settings: HubSettings) -> bool:
    try:
        say(step(settings))
    except UserError as error:
        say(error.message)
        if error.hint:
            say(f"  {error.hint}")
        return False
    return True


def _folders(settings: HubSettings) -> str:
    for folder in (
        settings.database_path.parent,
        settings.sessions_dir,
        settings.log_file.parent,
    ):
        make_writable(folder)
    open_log_file(settings.log_file).close()
    return _("Folders: can be written.")


def _database(settings: HubSettings) -> str:
    try:
        store = Store(settings.database_path)
        try:
            count = len(store.do_now(users.everybody))
        finally:
            store.close()
    except StorageFailure as failure:
        raise explain(failure, DATABASE) from failure
    return _("Database: in order, people in it: {count}.").format(count=count)


def _key(settings: HubSettings) -> str:
    open_vault(settings.secret_key, settings.places)
    return _("Key for the tokens: in order.")


def _admins(settings: HubSettings) -> str:
    count = len(settings.required_admins())
    return _("Administrators: {count}.").format(count=count)


def _accounts(settings: HubSettings) -> str:
    settings.required_application()
    return _("Accounts: API_ID and API_HASH are set.")


def _telegram(settings: HubSettings) -> str:
    account = BotAccount(
        settings.required_token(), settings.telegram_api_url, settings.telegram_proxy
    )

    async def ask() -> str:
        api = TelegramApi(account)
        try:
            return await api.who_am_i()
        finally:
            await api.close()

    try:
        name = asyncio.run(ask())
    except TelegramTrouble as trouble:
        raise UserError(say_trouble(trouble)) from None
    return _("Telegram: works, the bot is @{name}.").format(name=name)


STEPS = (_folders, _database, _key, _admins, _accounts, _telegram)


async def _services(settings: HubSettings) -> list[bool]:
    services = Services(addresses(settings))
    try:
        well = await asyncio.gather(*(services.look(service) for service in Service))
    finally:
        await services.close()
    for service, answers in zip(Service, well, strict=True):
        text = (
            _("Service “{name}”: answers.")
            if answers
            else _("Service “{name}”: cannot be reached. Check its address and start it.")
        )
        say(text.format(name=title(service)))
    return list(well)
