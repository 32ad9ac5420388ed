"""`app.py cars serve`: answers front ends over HTTP until it is stopped."""

import argparse

from core.cars.api.application import ApiSettings, make_app
from core.cars.api.tokens import CarsTokens
from core.cars.cli.options import add_demo
from core.cars.database import MIGRATIONS, place_of
from core.cars.settings import CarSettings, load_settings
from core.cli import exit_codes
from core.cli.output import say, say_error
from core.cli.signals import stopped_by_signals
from core.database.sql.engine import open_engine
from core.i18n import _
from core.logs.setup import setup_logging
from core.stop import StopSignal
from core.turns import keep_what_is_there, share_the_processor
from core.web.address import Address
from core.web.server import HttpServer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    """For the main thread, which handles the signals. Raises a UserError."""
    settings = load_settings(demo=options.demo)
    setup_logging(settings, console=True)
    place = place_of(settings)
    engine = open_engine(place)
    try:
        MIGRATIONS.upgrade(engine, place)
        if options.demo:
            for token in CarsTokens(engine, place).make_first()[:1]:
                say(_("A token to try it with: {token}").format(token=token))
    finally:
        engine.dispose()
    stop = StopSignal()
    address = Address(settings.api_host, settings.api_port)
    app = make_app(place, _api_settings(settings, address))
    server = HttpServer(app, address, stop, "CARS_API_PORT")
    with stopped_by_signals(stop.request):
        share_the_processor()
        server.start()
        keep_what_is_there()
        say(
            _("Answering at {url}; what it can do stands at {url}/docs.").format(
                url=server.address.url
            )
        )
        if not server.address.is_loopback:
            say_error(
                _("Other computers reach it. Put a proxy with TLS before it: tokens are readable.")
            )
        while not server.wait(1.0):
            pass
    return exit_codes.STOPPED if stop.is_set else exit_codes.FAILED


def _api_settings(settings: CarSettings, address: Address) -> ApiSettings:
    return ApiSettings(address, settings.api_rate, settings.api_origins)
