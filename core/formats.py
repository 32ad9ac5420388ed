"""Numbers and times as people of the present language write them (for now: English only)."""

from datetime import datetime


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}"


def duration(seconds: float) -> str:
    return f"{seconds:.0f} s"


def moment(when: datetime) -> str:
    return when.astimezone().strftime("%Y-%m-%d %H:%M")
