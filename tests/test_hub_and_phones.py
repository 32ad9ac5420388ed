"""Two systems that know each other over HTTP only: the hub's client against the real service."""

import asyncio
from collections.abc import Callable

import pytest

from core.hub.database.tasks import Service, Status
from core.hub.services.http import ServiceHttp
from core.hub.services.phones import PhonesService
from core.hub.services.trouble import ServiceTrouble
from core.phones.datamaster.demo.server import DemoServer
from core.settings.secret import Secret
from tests.phones.service.conftest import PATIENCE, Serve, api, install, serve

__all__ = ["api", "install", "serve"]  # fixtures


def test_the_hub_steers_the_real_phone_collector(
    api: Callable[..., DemoServer],
    serve: Serve,
) -> None:
    served = serve(api(), RATE_LIMIT_DELAY="0.05")

    async def story() -> None:
        http = ServiceHttp(Service.PHONES, served.client.url, Secret(served.client.token))
        phones = PhonesService(http)
        try:
            assert await phones.healthy(PATIENCE)
            assert not (await phones.state()).collecting
            begun = await phones.start({"mode": "full"})
            assert begun.task_id == "1"
            assert (await phones.state()).collecting
            with pytest.raises(ServiceTrouble):
                await phones.start({"mode": "full"})
            await phones.stop()
            await _until(phones, "1", Status.STOPPED)
            assert (await phones.resume()).task_id == "1"
            await _until(phones, "1", Status.COMPLETED)
            assert (await phones.state()).phones
            assert (await phones.estimate("quick"))["requests"]
            assert (await phones.report("summary", "csv")).count(b"\r\n") == 2
            assert (await phones.report("new", "xlsx")).startswith(b"PK")
        finally:
            await http.close()

    asyncio.run(story())


async def _until(phones: PhonesService, run: str, status: Status) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await phones.status(run)).status is not status or (await phones.state()).collecting:
            await asyncio.sleep(0.05)
