"""`app.py profiles`: several accounts side by side, each with its own token and database."""

import argparse

from core.cli import exit_codes
from core.cli.output import say
from core.i18n import _
from core.logs.setup import setup_logging
from core.own_name import own_name
from core.phones.settings.load import load_settings
from core.settings.paths import root_home
from core.settings.profiles import DEFAULT, chosen_profile, make_profile, profile_home, profiles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--new", metavar="NAME", help=_("make a profile"))


def execute(options: argparse.Namespace) -> int:
    home = root_home()
    if options.new is not None:
        folder = make_profile(home, options.new)
        say(str(folder))
        say(
            _("Use it with: {program} --profile {name}").format(
                program=own_name(), name=f'"{folder.name}"' if " " in folder.name else folder.name
            )
        )
        return exit_codes.DONE
    setup_logging(load_settings())
    chosen = chosen_profile()
    for name in (DEFAULT, *profiles(home)):
        mark = "*" if name.casefold() == (chosen or DEFAULT).casefold() else " "
        say(f"{mark} {name:<24} {profile_home(home, name)}")
    return exit_codes.DONE
