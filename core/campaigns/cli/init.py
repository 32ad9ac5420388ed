"""`app.py campaigns init`: the database, and the key of the tokens in it."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.settings import load_settings
from core.campaigns.storage.cipher import KEY, new_key
from core.cli import exit_codes
from core.cli.output import say
from core.i18n import _
from core.settings.secrets import TokenPlace, store_token


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def execute(_options: argparse.Namespace) -> int:
    settings = load_settings()
    if not settings.secret_key:
        where = store_token(KEY, new_key(), settings.places)
        if where is TokenPlace.CREDENTIAL_STORE:
            say(_("A key was made and is kept in the system's credential store."))
        else:
            say(
                _("A key was made: {name} in {path}.").format(
                    name=KEY, path=settings.places.env_file
                )
            )
        say(_("Other computers that send from this database need the same key."))
    with opened() as database:
        say(_("Database: {path}").format(path=database.place))
    return exit_codes.DONE
