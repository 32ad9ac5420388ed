"""What the built-in API can do wrong beside what any server can."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.stand_in.faults import CommonFaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults(CommonFaults):
    """How the server misbehaves. Request numbers count from 1 over the server's life."""

    wrapped_share: float = 0.0
    """Share of answers whose list stands under items, data, phones, rows or list."""
    error_style: Literal["error", "message", "object"] = "error"
    """Where the text of an error answer stands; "object" is `{"message": ...}` in `error`."""
    rejected_token_status: int = 200
    """HTTP status of the answer to a wrong token."""

    broken_projects: Mapping[int, str | int] = field(default_factory=dict)
    """Projects whose pages always fail: by a reason text in an error answer, or an HTTP status."""
    broken_clients: Mapping[int, str | int] = field(default_factory=dict)
    """Clients whose project list always fails, likewise."""

    page_sizes: Mapping[int, int] = field(default_factory=dict)
    """Page size from a request number on."""
    refuses_everything: str | int | None = None
    """Every request is refused: with a reason text in an error answer, or an HTTP status."""
    short_share: float = 0.0
    """Share of pages from which up to 29 records are filtered out after the page was cut."""
    short_pages: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """How many records are filtered out of a page, by project and page."""
    repeats_last_page: bool = False
    """Whether a page beyond the end is the last one again, not an empty one."""
