"""Runs, days and tops as charts: which values, which words."""

from collections.abc import Callable, Iterable, Sequence

from core.formats import day, duration, moment, month, number
from core.i18n import _, ngettext
from core.phones import wording
from core.phones.registry.located import Operator, Place
from core.phones.registry.words import place_name
from core.phones.storage.queries.growth import DayCount, TopRow
from core.phones.storage.queries.runs import GrowthRow
from gui import style
from gui.charts.grouping import Span, Step, by_time, grouped
from gui.charts.model import ChartData, Panel, Ranking, RankingRow, Series, Shape, Unit

Rows = Sequence[GrowthRow]


def total(rows: Rows, chosen: int | None) -> ChartData:
    """Unique phones after each run, as a line: any number of runs."""
    hover = [
        f"{_name(row)}\n{_('In all: {count}').format(count=wording.numbers(row.unique_so_far))}\n"
        f"{_added(row)}"
        for row in rows
    ]
    place = next((n for n, row in enumerate(rows) if row.run.id == chosen), None)
    series = Series([row.unique_so_far for row in rows], Shape.AREA, style.ACCENT, place)
    return ChartData(_labels(rows), hover, [Panel([series])], [row.run.id for row in rows])


def new_phones(rows: Rows, chosen: int | None) -> ChartData:
    return _bars(rows, chosen, lambda row: row.run.new_phones, wording.numbers)


def records(rows: Rows, chosen: int | None) -> ChartData:
    return _bars(rows, chosen, lambda row: row.run.received, wording.records)


def _bars(
    rows: Rows,
    chosen: int | None,
    value: Callable[[GrowthRow], float],
    words: Callable[[int], str],
) -> ChartData:
    """A bar a run; older runs together as their mean."""
    groups = grouped(rows)
    values = [sum(map(value, group)) / len(group) for group in groups]
    hover = [
        f"{_group_name(group)}\n{words(round(mean))}"
        if len(group) == 1
        else f"{_group_name(group)}\n{_('on average {count}').format(count=words(round(mean)))}"
        for group, mean in zip(groups, values, strict=True)
    ]
    series = Series(values, Shape.BARS, style.SECOND, _place(groups, chosen))
    return _chart(groups, hover, [Panel([series])])


def duration_and_errors(rows: Rows, chosen: int | None) -> ChartData:
    groups = grouped(rows)
    seconds = [sum(row.run.seconds for row in group) / len(group) for group in groups]
    errors = [sum(row.run.errors_count for row in group) / len(group) for group in groups]
    hover = [
        f"{_group_name(group)}\n{duration(time)}\n"
        + _("Errors: {count}").format(count=number(wrong, 0 if wrong == round(wrong) else 1))
        for group, time, wrong in zip(groups, seconds, errors, strict=True)
    ]
    place = _place(groups, chosen)
    return _chart(
        groups,
        hover,
        [
            Panel([Series(seconds, Shape.BARS, style.SECOND, place)], Unit.SECONDS, _("Duration")),
            Panel([Series(errors, Shape.BARS, style.ERROR)], Unit.COUNT, _("Errors")),
        ],
    )


def days(counts: Sequence[DayCount]) -> tuple[Step, ChartData]:
    """Links by day of the server's created_at, or by the finest span that can be read."""
    step, spans = by_time(counts)
    hover = [f"{_span_name(step, span)}\n{wording.records(span.links)}" for span in spans]
    series = Series([span.links for span in spans], Shape.BARS, style.SECOND)
    return step, ChartData([_begin(step, span) for span in spans], hover, [Panel([series])])


def step_words(step: Step) -> str:
    return {
        Step.DAY: _("by day"),
        Step.WEEK: _("by week"),
        Step.MONTH: _("by month"),
        Step.QUARTER: _("by quarter"),
        Step.YEAR: _("by year"),
    }[step]


def without_date(links: int) -> list[str]:
    """What is said of records whose date cannot be right, where there are some."""
    if not links:
        return []
    text = ngettext(
        "without {n} record whose date cannot be right",
        "without {n} records whose date cannot be right",
        links,
    )
    return [text.format(n=number(links))]


def top(rows: Sequence[TopRow]) -> Ranking:
    return Ranking(
        [
            RankingRow(
                f"{row.client} · {row.project}" if row.project_id is not None else row.client,
                row.new_phones,
                number(row.new_phones),
            )
            for row in rows
        ]
    )


def places(found: Sequence[Place]) -> Ranking:
    """Regions and countries by their numbers."""
    return _ranked((place_name(each), each.phones) for each in found)


def operators(found: Sequence[Operator]) -> Ranking:
    return _ranked((each.name, each.phones) for each in found)


def _ranked(found: Iterable[tuple[str, int]]) -> Ranking:
    return Ranking(
        [
            RankingRow(name, phones, number(phones), f"{name}\n{wording.numbers(phones)}")
            for name, phones in found
        ]
    )


def live(samples: Sequence[tuple[float, int, int]]) -> ChartData:
    """Records and new phones of the present run over its working time, in seconds."""
    hover = [
        f"{duration(seconds)}\n{wording.records(received)}\n{wording.new(new)}"
        for seconds, received, new in samples
    ]
    received = Series([each[1] for each in samples], Shape.AREA, style.SECOND)
    new = Series([each[2] for each in samples], Shape.LINE, style.ACCENT)
    labels = [duration(each[0]) for each in samples]
    return ChartData(labels, hover, [Panel([received, new])])


def _chart(groups: Sequence[Rows], hover: Sequence[str], panels: Sequence[Panel]) -> ChartData:
    labels = [_("No. {id}").format(id=group[-1].run.id) for group in groups]
    keys = [group[0].run.id if len(group) == 1 else None for group in groups]
    return ChartData(labels, hover, panels, keys)


def _place(groups: Sequence[Rows], chosen: int | None) -> int | None:
    return next(
        (n for n, group in enumerate(groups) if any(row.run.id == chosen for row in group)), None
    )


def _labels(rows: Rows) -> list[str]:
    return [_("No. {id}").format(id=row.run.id) for row in rows]


def _name(row: GrowthRow) -> str:
    return f"{_('Run {id}').format(id=row.run.id)} · {moment(row.run.started_at)}"


def _added(row: GrowthRow) -> str:
    return wording.new(row.run.new_phones)


def _group_name(group: Rows) -> str:
    if len(group) == 1:
        return _name(group[0])
    return _("Runs {first}–{last}").format(first=group[0].run.id, last=group[-1].run.id)


def _begin(step: Step, span: Span) -> str:
    """Under its bar; a month or a year needs no day."""
    if step is Step.YEAR:
        return str(span.first.year)
    return month(span.first) if step in (Step.MONTH, Step.QUARTER) else day(span.first)


def _span_name(step: Step, span: Span) -> str:
    return day(span.first) if step is Step.DAY else f"{day(span.first)} – {day(span.last)}"
