"""What can go wrong between the hub and a service, and the sentences for it."""

import re
from enum import StrEnum

from core.hub.database.tasks import Service
from core.i18n import _
from core.logs.log_text import masked

_DETAIL_LENGTH = 200
_ADDRESS = re.compile(r"(?i)\b(?:https?|socks\w*)://\S+")


class Kind(StrEnum):
    """What befell a request; whether it may have been carried out is what matters most."""

    UNREACHABLE = "unreachable"  # no connection: it surely was not carried out
    NO_ANSWER = "no_answer"  # sent, but no answer came: nobody knows
    NOT_KNOWN = "not_known"  # 404: the service has no such thing
    BUSY = "busy"  # 409: something stands against it
    REFUSED = "refused"  # any other 4xx
    FAILED = "failed"  # 5xx
    NONSENSE = "nonsense"  # an answer that is none: no JSON, or without what it must have


class ServiceTrouble(Exception):
    """A request did not work. `detail` is the service's own word, fit to be shown."""

    def __init__(self, service: Service, kind: Kind, detail: str = "") -> None:
        super().__init__(f"{service}: {kind}" + (f": {detail}" if detail else ""))
        self.service = service
        self.kind = kind
        self.detail = detail

    @property
    def nothing_done(self) -> bool:
        """Whether the request surely changed nothing at the service."""
        return self.kind in (Kind.UNREACHABLE, Kind.NOT_KNOWN, Kind.BUSY, Kind.REFUSED)


def shown_detail(text: object) -> str:
    """The service's word on one line, cut, without addresses, tokens and numbers of people."""
    if not isinstance(text, str):
        return ""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(masked(_ADDRESS.sub("…", plain)).split())[:_DETAIL_LENGTH]


def title(service: Service) -> str:
    """What users call a service."""
    return {
        Service.WORKERS: _("Pick-up points"),
        Service.REALTY: _("Property"),
        Service.PHONES: _("Numbers"),
    }[service]


def say(trouble: ServiceTrouble) -> str:
    """What is wrong and what to do, for the user in the chat."""
    name = title(trouble.service)
    match trouble.kind:
        case Kind.UNREACHABLE:
            text = _("The service “{name}” cannot be reached now. Try again in a minute.")
        case Kind.NO_ANSWER:
            text = _("The service “{name}” did not answer in time. Try again in a minute.")
        case Kind.NOT_KNOWN:
            text = _("The service “{name}” does not know this. It may have been restarted.")
        case Kind.BUSY:
            text = _("The service “{name}” is busy with something else.")
        case Kind.REFUSED:
            text = _("The service “{name}” did not accept this.")
        case Kind.FAILED:
            text = _("The service “{name}” has a fault of its own. Tell the administrator.")
        case Kind.NONSENSE:
            text = _("The service “{name}” gave an answer that cannot be read.")
    text = text.format(name=name)
    return f"{text} ({trouble.detail})" if trouble.detail else text
