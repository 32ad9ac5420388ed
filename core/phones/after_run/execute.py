"""Carries the rules out for one run. Whatever fails in one does not touch the next."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.database.errors import DatabaseBusy
from core.database.failures import StorageFailure, StorageProblem
from core.errors import UserError
from core.i18n import _
from core.phones.after_run.results import Outcome, Result, store_results
from core.phones.after_run.rules import Rule, rules
from core.phones.reports.catalog import narrowings
from core.phones.reports.export import ExportCancelled, ExportRequest, export
from core.phones.reports.names import Narrowing, ReportName
from core.phones.storage.exclusive import exclusive
from core.phones.storage.explain import explain
from core.phones.storage.reader import Reader
from core.stop import StopSignal
from core.tables.dialect import decimal_sign, usual_delimiter

log = logging.getLogger(__name__)

SendFile = Callable[[Path, str], bool]
"""Sends a file with a caption to the chat, later and by itself; False where Telegram is off."""

SENDABLE = 45 * 1024 * 1024  # bytes: Telegram takes files of 50 MB
_WAIT_FOR_LOCK = 30.0  # seconds
_LOOK_EVERY = 0.5

_NEW_OF_CLIENTS = """
SELECT EXISTS (SELECT 1 FROM run_phone_ranges g
    JOIN phones p ON p.id BETWEEN g.first_id AND g.last_id AND p.first_run_id = g.run_id
    JOIN projects j ON j.id = p.first_project_id
    WHERE g.run_id = ? AND j.client_id IN (SELECT value FROM json_each(?)))
"""


def execute_rules(
    database: Path, export_dir: Path, run_id: int, send: SendFile, stop: StopSignal
) -> Sequence[Result]:
    """Make what the enabled rules ask for after run `run_id`, and keep what came of it.

    Ends early, without a trace of what was begun, as soon as `stop` is asked for. Any thread but
    that of a window. Raises StorageFailure where the database cannot be read.
    """
    with Reader(database) as reader:
        wanted = [rule for rule in rules(reader) if rule.enabled]
    found = []
    for rule in wanted:
        try:
            found.append(_carry_out(database, export_dir, run_id, rule, send, stop))
        except ExportCancelled:
            break
    if found:
        _store(database, run_id, found, stop)
    return found


def _carry_out(
    database: Path, export_dir: Path, run_id: int, rule: Rule, send: SendFile, stop: StopSignal
) -> Result:
    def result(outcome: Outcome, **more: object) -> Result:
        now = datetime.now(UTC)
        return Result(rule.id, rule.report, now, outcome, **more)  # type: ignore[arg-type]

    try:
        if rule.only_new and not _has_new(database, run_id, rule.clients):
            return result(Outcome.NOTHING_NEW)
        made = export(database, _request(rule, export_dir, run_id), stop=stop)
        detail = _send(rule, made.files, send) if rule.telegram else ""
        log.info("after run %d: %s, %d rows", run_id, rule.report, made.rows)
        return result(Outcome.DONE, rows=made.rows, files=made.files, detail=detail)
    except StorageFailure as failure:
        if failure.problem is StorageProblem.INTERRUPTED:
            raise ExportCancelled from None
        return result(Outcome.FAILED, detail=str(explain(failure)))
    except UserError as error:
        return result(Outcome.FAILED, detail=str(error))
    except ExportCancelled:
        raise
    except Exception:
        log.exception("rule %d after run %d", rule.id, run_id)
        return result(Outcome.FAILED, detail=_("An error in the program; the log has details."))


def _request(rule: Rule, export_dir: Path, run_id: int) -> ExportRequest:
    delimiter = usual_delimiter()
    # `all` leaves out what says nothing of one run, where a run is chosen: it is the newest here.
    of_a_run = rule.report is not ReportName.ALL and Narrowing.RUN in narrowings(rule.report)
    return ExportRequest(
        rule.report,
        folder=Path(rule.folder) if rule.folder else export_dir,
        run_id=run_id if of_a_run else None,
        clients=rule.clients,
        format=rule.format,
        delimiter=delimiter,
        decimal=decimal_sign(delimiter),
    )


def _has_new(database: Path, run_id: int, clients: Sequence[int]) -> bool:
    with Reader(database) as reader:
        if not clients:
            return reader.number("SELECT new_phones FROM runs WHERE id = ?", (run_id,)) > 0
        return bool(reader.number(_NEW_OF_CLIENTS, (run_id, json.dumps(list(clients)))))


def _send(rule: Rule, files: Sequence[Path], send: SendFile) -> str:
    """Hand the files over; what could not be, in a sentence."""
    large = [file.name for file in files if file.stat().st_size > SENDABLE]
    for file in files:
        if file.name not in large and not send(file, str(rule.report)):
            return _("Not sent: Telegram is switched off.")
    if large:
        return _("Too large for Telegram: {files}.").format(files=", ".join(large))
    return ""


def _store(database: Path, run_id: int, found: Sequence[Result], stop: StopSignal) -> None:
    """Keep the results; a moment later where the run has just let go of the database."""
    waited = 0.0
    while True:
        try:
            with exclusive(database):
                store_results(database, run_id, found)
        except DatabaseBusy:
            if waited >= _WAIT_FOR_LOCK or stop.wait(_LOOK_EVERY):
                log.warning("what came of the rules after run %d is not kept", run_id)
                return
            waited += _LOOK_EVERY
        except StorageFailure as failure:
            log.warning("what came of the rules after run %d is not kept: %s", run_id, failure)
            return
        else:
            return
