"""`start --demo`: a campaign with a Bot API of its own, in a database of its own."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from core.campaigns.cli.opened import Opened, place_of
from core.campaigns.settings import load_settings
from core.campaigns.stand_in.made_up import GROUP, make_up
from core.campaigns.stand_in.server import StandIn
from core.campaigns.storage.cipher import new_key
from core.campaigns.storage.database import open_database
from core.clock import SystemClock
from core.logs.setup import setup_logging

CALL_SECONDS = 3.0  # a chat of the demo never answers


@contextmanager
def demo(options: argparse.Namespace) -> Iterator[Opened]:
    """A new group whose chats misbehave in every way. Raises a UserError where there is no room."""
    settings = load_settings(demo=True)
    setup_logging(settings)
    place = place_of(settings)
    if place.file is not None:
        for ending in ("", "-wal", "-shm"):
            place.file.with_name(place.file.name + ending).unlink(missing_ok=True)
    engine = open_database(place)
    try:
        with StandIn(silence=2 * CALL_SECONDS, retry_after=2) as stand_in:
            settings = replace(settings, api_url=stand_in.url, secret_key=new_key())
            database = Opened(settings, place, engine, SystemClock(), call_seconds=CALL_SECONDS)
            with database.transaction() as connection:
                make_up(stand_in, connection, database.cipher, database.clock)
            options.group = GROUP
            yield database
    finally:
        engine.dispose()
