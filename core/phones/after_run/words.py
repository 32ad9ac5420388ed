"""Rules and what came of them, in the present language."""

from core.i18n import _
from core.phones import wording
from core.phones.after_run.results import Outcome, Result
from core.phones.after_run.rules import Rule
from core.phones.reports.names import ReportName
from core.phones.reports.titles import title


def rule_line(rule: Rule) -> str:
    """What a rule does, in one line: 'Clients, Excel, only if there is something new'."""
    parts = [title(rule.report)]
    if rule.report is not ReportName.BASE:
        parts.append(rule.format.called)
    if rule.clients:
        parts.append(wording.clients(len(rule.clients)))
    if rule.only_new:
        parts.append(_("only if there is something new"))
    if rule.telegram:
        parts.append(_("also by Telegram"))
    if not rule.enabled:
        parts.append(_("switched off"))
    return ", ".join(parts)


def result_line(result: Result) -> str:
    """What came of a rule after a run, in one line."""
    name = title(ReportName(result.report))
    match result.outcome:
        case Outcome.NOTHING_NEW:
            return _("{report}: nothing new").format(report=name)
        case Outcome.FAILED:
            return _("{report}: not made. {why}").format(report=name, why=result.detail)
    line = _("{report}: {rows}").format(report=name, rows=wording.rows(result.rows))
    return f"{line}. {result.detail}" if result.detail else line
