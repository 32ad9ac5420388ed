"""`app.py tokens create | list | revoke`: who may ask over HTTP."""

import argparse

from core.cli import token_commands
from core.database.errors import DatabaseBusy
from core.database.lock import DatabaseHeld
from core.logs.setup import setup_logging
from core.phones.settings.load import load_settings
from core.phones.storage.exclusive import holder_words
from core.phones.storage.tokens import SCOPES, PhonesTokens


def add_arguments(parser: argparse.ArgumentParser) -> None:
    token_commands.add_arguments(parser, SCOPES)


def execute(options: argparse.Namespace) -> int:
    settings = load_settings()
    setup_logging(settings)
    try:
        return token_commands.execute(options, PhonesTokens(settings.database_path))
    except DatabaseHeld as held:
        raise DatabaseBusy(settings.database_path, holder_words(held.holder)) from None
