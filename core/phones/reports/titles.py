"""The reports in words, for menu, dialog and command line."""

from collections.abc import Sequence

from core.i18n import _
from core.phones.reports.names import ReportName


def title(name: ReportName) -> str:
    """The name of a report as an operator calls it."""
    return {
        ReportName.AGGREGATED: _("Projects with totals"),
        ReportName.SUMMARY: _("Runs"),
        ReportName.GROWTH: _("Growth run by run"),
        ReportName.CLIENTS: _("Clients"),
        ReportName.PHONES: _("Phone numbers"),
        ReportName.NEW: _("New numbers of a run"),
        ReportName.REJECTED: _("Rejected numbers"),
        ReportName.ERRORS: _("Errors of a run"),
        ReportName.LOCATED: _("Numbers with region and operator"),
        ReportName.REGIONS: _("Regions and operators"),
        ReportName.BASE: _("Database of distinct numbers"),
        ReportName.ALL: _("All reports"),
    }[name]


def left_out_words(names: Sequence[ReportName]) -> str:
    """What a set of reports is without, and why."""
    return _("Left out, because they cannot be narrowed so: {reports}.").format(
        reports=", ".join(map(title, names))
    )


def description(name: ReportName) -> str:
    """What stands in it, in a sentence."""
    return {
        ReportName.AGGREGATED: _("One row a project: its numbers, and how many a run found first."),
        ReportName.SUMMARY: _("One row a run with its numbers and its result."),
        ReportName.GROWTH: _("One row a run: new numbers and how many there were in all."),
        ReportName.CLIENTS: _("One row a client: projects, numbers, new numbers."),
        ReportName.PHONES: _("Every number: when it was seen and in how many projects."),
        ReportName.NEW: _("The numbers a run saw first, with their project and client."),
        ReportName.REJECTED: _("What the server sent and no number could be made of, and why."),
        ReportName.ERRORS: _("The clients and projects that stayed unfinished, and why."),
        ReportName.LOCATED: _(
            "Every number with the region and operator of its range, as the registry has them."
        ),
        ReportName.REGIONS: _("One row a region and operator: how many numbers they have."),
        ReportName.BASE: _("A new SQLite file that holds the numbers and nothing else."),
        ReportName.ALL: _("Every report above, in one folder."),
    }[name]
