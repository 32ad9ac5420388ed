"""Times that we keep as UTC text, as the dates of whoever opens the table."""

from datetime import UTC, datetime

from core.i18n import current_language

_EXCELS_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days know no time zone
_DAY = 86_400
_FORMS = {  # of CSV, and of Excel's cells
    "ru": ("%d.%m.%Y %H:%M:%S", "dd.mm.yyyy hh:mm"),
    "en": ("%Y-%m-%d %H:%M:%S", "yyyy-mm-dd hh:mm"),
}


def excel_form() -> str:
    """How Excel shall show a date and time."""
    return _FORMS[current_language()][1]


class LocalTexts(dict[object, str]):
    """UTC ISO text as local time in the language's own form; each is worked out once."""

    def __init__(self) -> None:
        self._form = _FORMS[current_language()][0]

    def __missing__(self, text: object) -> str:
        when = _local(text)
        found = self[text] = when.strftime(self._form) if when is not None else ""
        return found


class ExcelDates(dict[object, float | None]):
    """UTC ISO text as the number that is a local date and time to Excel; None for no time."""

    def __missing__(self, text: object) -> float | None:
        when = _local(text)
        days = None
        if when is not None:
            days = round((when - _EXCELS_FIRST_DAY).total_seconds() / _DAY, 9)
        self[text] = days
        return days


def _local(text: object) -> datetime | None:
    if not text:
        return None
    when = datetime.fromisoformat(str(text))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone().replace(tzinfo=None)
