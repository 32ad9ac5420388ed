"""From settings to what a hub needs."""

from pathlib import Path

from core.hub.accounts.client import AccountClient, AccountProblem, AccountTrouble, Connect
from core.hub.accounts.files import SessionFolder
from core.hub.program import HubSetup
from core.hub.services.all import Addresses
from core.hub.settings import HubSettings
from core.hub.vault import open_vault
from core.telegram.account import BotAccount


def hub_setup(settings: HubSettings) -> HubSetup:
    """What the settings say. Raises SettingsError where something is missing; may take seconds
    where a credential store does not answer."""
    return HubSetup(
        account=BotAccount(
            settings.required_token(), settings.telegram_api_url, settings.telegram_proxy
        ),
        admins=settings.required_admins(),
        database=settings.database_path,
        addresses=addresses(settings),
        folder=session_folder(settings),
        connect=connect(settings),
        vault=open_vault(settings.secret_key, settings.places),
    )


def addresses(settings: HubSettings) -> Addresses:
    return Addresses(
        settings.workers_url, settings.realty_url, settings.phones_url, settings.phones_token
    )


def session_folder(settings: HubSettings) -> SessionFolder:
    return SessionFolder(settings.sessions_dir, settings.sessions_dir_in_service)


def connect(settings: HubSettings) -> Connect:
    """How accounts are reached. Takes a second where API_ID is set: Kurigram is loaded."""
    if not settings.api_id or not settings.api_hash:
        return _no_application
    from core.hub.accounts.kurigram import KurigramConnect

    return KurigramConnect(settings.api_id, settings.api_hash, settings.telegram_proxy)


async def _no_application(file: Path) -> AccountClient:
    raise AccountTrouble(AccountProblem.API_WRONG)
