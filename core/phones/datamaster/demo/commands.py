"""The three commands as the real API answers them, from the made-up data."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.paging import serials_of_page
from core.stand_in.journal import Outcome
from core.stand_in.wire import Reply, http_bytes

ErrorStyle = Literal["error", "message", "object"]
_WRAPPERS = ("items", "data", "phones", "rows", "list")


class Refusal(Exception):
    """The API answers that it will not do this; the text says why."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request body that was understood."""

    token: str
    command: str
    item: int  # client or project, 0 where there is none
    page: int  # 0 where there is none
    day: date | None

    @property
    def key(self) -> tuple[str, int, int]:
        """What makes two requests the same request."""
        return self.command, self.item, self.page


def parse_call(body: bytes) -> Call:
    """The fields of a request body; raises Refusal where they make no sense."""
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refusal("The body is not JSON") from None
    if not isinstance(fields, dict):
        raise Refusal("The body is not an object")
    command = str(fields.get("command", ""))
    item = page = 0
    day = None
    if command == "gck_projects":
        item = _number(fields, "user_id")
    elif command == "gck_phones":
        item = _number(fields, "id")
        page = _number(fields, "page")
        if page < 1:
            raise Refusal("page begins with 1")
        day = _day(fields.get("date"))
    return Call(str(fields.get("token", "")), command, item, page, day)


def _number(fields: dict[str, Any], name: str) -> int:
    text = str(fields.get(name))  # the API takes ids as text or number
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise Refusal(f"{name} is missing or no number")


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Refusal("date is not YYYY-MM-DD") from None


def result_of(call: Call, dataset: DemoDataset, page_size: int, faults: Faults) -> str:
    """The list that answers the call, as JSON; raises Refusal."""
    try:
        if call.command == "clients":
            return json.dumps(dataset.client_rows())
        if call.command == "gck_projects":
            return json.dumps(dataset.project_rows(call.item))
        if call.command == "gck_phones":
            if call.day is not None:
                return f"[{dataset.page(call.item, call.page, page_size, call.day)}]"
            serials = serials_of_page(dataset, call.item, call.page, page_size, faults)
            return f"[{dataset.rows(call.item, serials)}]"
    except KeyError:
        what = "Client" if call.command == "gck_projects" else "Project"
        raise Refusal(f"{what} not found") from None
    raise Refusal("Unknown command")


def success(result: str, call: Call, *, wrapped: bool) -> Reply:
    """The answer that carries a result."""
    if wrapped:
        wrapper = _WRAPPERS[(call.item + call.page) % len(_WRAPPERS)]
        result = f'{{"{wrapper}":{result}}}'
    body = f'{{"status":"success","result":{result}}}'.encode()
    return Reply(http_bytes(200, body), 200, Outcome.ANSWERED)


def error(text: str, style: ErrorStyle, status: int = 200) -> Reply:
    """An error answer in proper form, its text where `style` says."""
    body: dict[str, Any] = {"status": "error"}
    if style == "object":
        body["error"] = {"message": text}
    else:
        body[style] = text
    data = http_bytes(status, json.dumps(body, ensure_ascii=False).encode())
    return Reply(data, status, Outcome.FAILED)
