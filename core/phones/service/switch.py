"""The service on or off, as the settings say; they may change while the program runs."""

import logging
from typing import TYPE_CHECKING

from core.web.address import Address

if TYPE_CHECKING:
    from core.phones.program import Program
    from core.phones.service.service import Service

log = logging.getLogger(__name__)

SETTING = "SERVICE_HTTP"


class ServiceSwitch:
    """The one service of the process, or none. Its library is loaded when it is switched on."""

    def __init__(self, program: "Program") -> None:
        self._program = program
        self._service: Service | None = None
        self._wanted: tuple[str, int] | None = None

    @property
    def address(self) -> Address | None:
        """Where it answers; None where it does not."""
        return self._service.address if self._service is not None else None
