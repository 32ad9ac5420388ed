"""All services together, and which of them answers now."""

import asyncio
import logging
from dataclasses import dataclass, field

from core.hub.database.tasks import Service
from core.hub.services.http import ANSWER_SECONDS, ServiceHttp
from core.hub.services.phones import PhonesService
from core.hub.services.realty import RealtyService
from core.hub.services.trouble import ServiceTrouble
from core.hub.services.workers import WorkersService
from core.settings.secret import Secret

log = logging.getLogger(__name__)

LOOK_SECONDS = 15.0
HEALTH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the services are."""

    workers: str
    realty: str
    phones: str
    phones_token: Secret = field(default_factory=Secret)


class Services:
    """Made and closed within the hub's loop."""

    def __init__(self, addresses: Addresses, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._connections = [
            ServiceHttp(Service.WORKERS, addresses.workers, seconds=answer_seconds),
            ServiceHttp(Service.REALTY, addresses.realty, seconds=answer_seconds),
            ServiceHttp(Service.PHONES, addresses.phones, addresses.phones_token, answer_seconds),
        ]
        workers, realty, phones = self._connections
        self.workers = WorkersService(workers)
        self.realty = RealtyService(realty)
        self.phones = PhonesService(phones)
        self._answering: dict[Service, bool] = {}

    async def close(self) -> None:
        await asyncio.gather(*(connection.close() for connection in self._connections))

    def answering(self, service: Service) -> bool | None:
        """Whether it answered when it was last asked; None where it was not asked yet."""
        return self._answering.get(service)

    async def look(self, service: Service, seconds: float = HEALTH_SECONDS) -> bool:
        """Ask a service whether it is well. Raises nothing."""
        asked = {
            Service.WORKERS: self.workers.healthy,
            Service.REALTY: self.realty.healthy,
            Service.PHONES: self.phones.healthy,
        }[service]
        try:
            well = await asked(seconds)
        except ServiceTrouble as trouble:
            well = False
            if self._answering.get(service) is not False:
                log.warning("the service does not answer: %s", trouble)
        else:
            if self._answering.get(service) is False and well:
                log.info("the service %s answers again", service)
        self._answering[service] = well
        return well

    async def watch(self, every: float = LOOK_SECONDS) -> None:
        """Look after all for ever; one that is slow does not hold up the others."""
        await asyncio.gather(*(self._watch_one(service, every) for service in Service))

    async def _watch_one(self, service: Service, every: float) -> None:
        while True:
            await self.look(service)
            await asyncio.sleep(every)
