"""`app.py cars tokens create | list | revoke`: who may ask the API."""

import argparse

from core.cars.api.tokens import LENGTH, CarsTokens
from core.cars.database import MIGRATIONS, place_of
from core.cars.settings import load_settings
from core.cli import token_commands
from core.database.sql.engine import open_engine
from core.logs.setup import setup_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    token_commands.add_arguments(parser)


def execute(options: argparse.Namespace) -> int:
    settings = load_settings()
    setup_logging(settings)
    place = place_of(settings)
    engine = open_engine(place)
    try:
        MIGRATIONS.upgrade(engine, place)
        return token_commands.execute(options, CarsTokens(engine, place), LENGTH)
    finally:
        engine.dispose()
