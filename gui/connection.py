"""'Test connection': asks the server for its clients and says what came of it."""

from dataclasses import dataclass

from core.asking.troubles import UpstreamError
from core.errors import UserError
from core.i18n import _
from core.phones import wording
from core.phones.datamaster.api import DataMasterSource

TIMEOUT = 15.0  # seconds: the operator is watching


@dataclass(frozen=True, slots=True)
class Answered:
    """The token works: it sees so many clients."""

    clients: int

    def sentence(self) -> str:
        return _("The connection works: the token sees {clients}.").format(
            clients=wording.clients(self.clients)
        )


def test_connection(url: str, token: str) -> Answered:
    """Ask once. For a background thread; raises UpstreamError or UserError."""
    source = DataMasterSource(url, token, TIMEOUT, 1)
    try:
        return Answered(len(source.open_session().clients()))
    finally:
        source.close()


def explain(error: Exception) -> str:
    """What went wrong and what to do, in one or two sentences."""
    if isinstance(error, UpstreamError):
        text = wording.reason(error.reason, error.detail)
        return f"{text[:1].upper()}{text[1:]}. {wording.advice_for_test(error.reason)}".strip()
    if isinstance(error, UserError):
        return str(error)
    return _("The test failed; the details are in the log.")
