"""The built-in API: real HTTP on 127.0.0.1, for `--demo`, for tests and for benchmarks."""

import secrets

from core.phones.datamaster.demo.behaviour import Behaviour, understand
from core.phones.datamaster.demo.commands import Call
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.stand_in.journal import Journal, Outcome
from core.stand_in.server import StandInServer
from core.stand_in.wire import Reply, Request, http_bytes

PATH = "/api/index.php"


class DemoServer(StandInServer):
    """Serves `dataset` between `start` and `stop`, or as a context manager.

    All attributes and methods may be used from any thread while it runs.
    """

    def __init__(
        self,
        dataset: DemoDataset,
        *,
        token: str | None = None,
        port: int = 0,
        page_size: int = 1000,
        faults: Faults | None = None,
        journal: Journal | None = None,
    ) -> None:
        """`port` 0 takes a free one; without `token` one is made up."""
        super().__init__(port=port, journal=journal)
        token = token or f"demo-{secrets.token_hex(16)}"
        self._behaviour = Behaviour(dataset, token, page_size, faults or Faults())

    @property
    def url(self) -> str:
        return f"{self.origin}{PATH}"

    @property
    def token(self) -> str:
        return self._behaviour.token

    @property
    def dataset(self) -> DemoDataset:
        return self._behaviour.dataset

    @dataset.setter
    def dataset(self, dataset: DemoDataset) -> None:
        self._behaviour.dataset = dataset

    @property
    def page_size(self) -> int:
        return self._behaviour.page_size

    @page_size.setter
    def page_size(self, rows: int) -> None:
        self._behaviour.page_size = rows

    @property
    def faults(self) -> Faults:
        return self._behaviour.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._behaviour.set_faults(faults)

    def revoke_token(self) -> None:
        """From now on the token is wrong."""
        self._behaviour.token_revoked = True

    def restore_token(self) -> None:
        self._behaviour.token_revoked = False

    def reply(self, request: Request) -> tuple[Reply, int]:
        if request.path != PATH or request.method != "POST":
            entry = self.journal.arrived("other")
            status = 404 if request.path != PATH else 405
            return Reply(http_bytes(status, b""), status, Outcome.FAILED), entry
        call = understand(request.body)
        key = call.key if isinstance(call, Call) else ("other", 0, 0)
        entry = self.journal.arrived(*key)
        number, outage = self._behaviour.count_request()
        if outage:
            self.go_down(outage.kind, outage.seconds)
        return self._behaviour.reply(call, number, self.wait), entry
