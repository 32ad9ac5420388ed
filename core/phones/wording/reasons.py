"""Why something did not work, and what to do about it."""

from core.asking.troubles import Reason
from core.database.failures import StorageProblem
from core.i18n import _
from core.phones.numbers.outcome import Rejection
from core.phones.run_failure import EndReason, RunFailure, stored_reason
from core.phones.storage.lost import put_it_back
from core.phones.upstream import NotJson


def reason(value: EndReason | str, detail: str = "") -> str:  # noqa: C901 - one case a reason
    """What went wrong, without a full stop: 'the server answered 502'."""
    match stored_reason(value):
        case Reason.NO_CONNECTION:
            return _("no connection to the server")
        case Reason.TIMED_OUT:
            return _("the server did not answer in time")
        case Reason.DROPPED:
            return _("the connection was dropped")
        case Reason.SERVER_ERROR:
            status_code = detail.strip() or "5xx"
            return _("the server answered {status}").format(status=status_code)
        case Reason.TOO_MANY_REQUESTS:
            return _("the server answered {status}").format(status=429)
        case Reason.NOT_JSON:
            return _not_json(detail)
        case Reason.CUT_SHORT:
            return _("the answer was cut short")
        case Reason.UNKNOWN_SHAPE:
            return with_detail(_("the answer has an unknown form"), detail)
        case Reason.TOO_LARGE:
            return _("the answer was too large")
        case Reason.REDIRECTED:
            return with_detail(_("the server sent us to another address"), detail)
        case Reason.CERTIFICATE:
            return _("the server's certificate is not trusted")
        case Reason.REFUSED:
            return with_detail(_("the server refused"), detail)
        case Reason.TOKEN_REJECTED:
            return _("the server does not accept the token")
        case RunFailure.OUTAGE:
            return _("the server could not be reached for too long")
        case RunFailure.DISK_FULL:
            return _("there is no room on the disk")
        case RunFailure.DATABASE:
            return storage_problem(detail)
        case RunFailure.DATABASE_MOVED:
            text = _(
                "the database was moved or deleted during the run; what was stored is in {path}"
            )
            return text.format(path=detail)
        case RunFailure.DATABASE_LOST:
            return with_detail(_("the database is missing, but this is left of it"), detail)
        case RunFailure.DATABASE_HELD:
            return with_detail(_("another program collects into this database"), detail)
        case RunFailure.UNKNOWN_CLIENTS:
            return with_detail(_("these clients are not known to the server"), detail)
        case RunFailure.NO_CLIENTS:
            return _("the server lists no clients, though it did before")
        case RunFailure.NO_PROJECTS:
            return _("the server lists no projects of this client, though it did before")
        case RunFailure.NOTHING_TO_CONTINUE:
            return _("there is nothing to continue")
        case RunFailure.DISCARDED:
            return _("discarded")
        case RunFailure.SETTINGS:
            return detail.rstrip(".")
        case RunFailure.INTERNAL:
            return with_detail(_("an error in the program"), detail)


def _not_json(detail: str) -> str:
    match detail:
        case NotJson.ENCODING:
            return _("the answer is not UTF-8 text")
        case NotJson.UTF_16:
            return _("the answer is UTF-16 text, not UTF-8")
        case NotJson.NO_NUMBER:
            return _("the answer has something in place of a number that is none, such as NaN")
        case NotJson.CONTROL:
            return _("the answer has a raw tab or line end inside a text")
        case NotJson.COMMA:
            return _("the answer has a comma too many")
        case NotJson.GARBLED:
            return _("the answer is garbled data")
        case _:
            return _("the answer was not data but a page")


def advice(value: EndReason | str, detail: str = "") -> str:
    """What to do about it; empty where waiting or Continue is all there is to do."""
    match stored_reason(value):
        case Reason() as reason:
            return _advice_on_request(reason)
        case RunFailure.DISK_FULL:
            return _("Free some space on the disk, then continue the run.")
        case RunFailure.DATABASE:
            return _database_advice(detail)
        case RunFailure.DATABASE_MOVED:
            return _("Move this file back to where the database was, then continue the run.")
        case RunFailure.DATABASE_LOST:
            return put_it_back()
        case RunFailure.DATABASE_HELD:
            return _(
                "Wait until the other run has ended, or stop it there. The data can be looked at"
                " meanwhile."
            )
        case RunFailure.NO_CLIENTS:
            return _("Ask DataMaster whether the token still belongs to the account.")
        case RunFailure.UNKNOWN_CLIENTS:
            return _("Choose the clients anew.")
        case RunFailure.NOTHING_TO_CONTINUE:
            return _("Start a new run.")
        case RunFailure.OUTAGE:
            return _("Check the network, then continue the run.")
        case RunFailure.INTERNAL:
            return _("The details are in the log. The run can be continued.")
        case _:
            return ""


def _advice_on_request(reason: Reason) -> str:
    match reason:
        case Reason.TOKEN_REJECTED:
            return _("Enter a valid token in the settings, then continue the run.")
        case Reason.REFUSED:
            return _(
                "Ask DataMaster whether this computer's address is allowed. A firewall, proxy or"
                " VPN on the way may refuse, too."
            )
        case Reason.CERTIFICATE:
            return _("Ask your administrator to install the certificate of the company's proxy.")
        case Reason.REDIRECTED:
            return _("Check the API address in the settings.")
        case Reason.NO_CONNECTION:
            return _("Check the network, then continue the run.")
        case _:
            return ""


def advice_for_test(value: EndReason | str) -> str:
    """What to do where only the connection was tested and no run is to be continued."""
    match stored_reason(value):
        case Reason.TOKEN_REJECTED:
            return _("Copy it anew from your DataMaster account.")
        case Reason.NO_CONNECTION | Reason.TIMED_OUT | Reason.DROPPED:
            return _("Check the network and the API address, then test again.")
        case Reason.CERTIFICATE | Reason.REDIRECTED | Reason.REFUSED:
            return advice(value)
        case _:
            return ""


def rejection(value: Rejection | str) -> str:
    """Why a number was rejected, without a full stop: 'too short'."""
    match Rejection(value):
        case Rejection.EMPTY:
            return _("empty")
        case Rejection.NOT_A_NUMBER:
            return _("not a phone number")
        case Rejection.TOO_SHORT:
            return _("too short")
        case Rejection.TOO_LONG:
            return _("too long")
        case Rejection.INVALID_LENGTH:
            return _("no number of its country has this length")
        case Rejection.LOCAL_ONLY:
            return _("the area code is missing")
        case Rejection.INVALID_COUNTRY_CODE:
            return _("unknown country code")
        case Rejection.INVALID_NUMBER:
            return _("unknown number range")
        case Rejection.SEVERAL_NUMBERS:
            return _("several numbers, or digits that belong to none")
        case Rejection.NOT_A_RECORD:
            return _("not a record as agreed with the server")
        case Rejection.NOT_WHOLE:
            return _("a number with decimals, or shortened by a spreadsheet")


def storage_problem(problem: str) -> str:
    """What is wrong with the file; `problem` is a StorageProblem, or words of the system."""
    match problem:
        case StorageProblem.DISK_FULL:
            return _("there is no room on the disk")
        case StorageProblem.NOT_A_DATABASE:
            return _("the file is not a database, it was left as it is")
        case StorageProblem.FOREIGN:
            return _("the file belongs to another program, it was left as it is")
        case StorageProblem.TOO_NEW:
            return _("the database was made by a newer version of this program")
        case StorageProblem.DAMAGED:
            return _("the database is damaged")
        case StorageProblem.BUSY:
            return _("another program keeps the database locked")
        case StorageProblem.READ_ONLY:
            return _("the database cannot be written: the file or its folder is read-only")
        case StorageProblem.QUOTA:
            return _("your share of the disk is used up")
        case StorageProblem.TOO_LARGE:
            return _("the disk allows no larger file")
        case StorageProblem.BROKEN_DISK:
            return _("the disk reports an error")
        case StorageProblem.UNREACHABLE:
            return _("the database cannot be opened")
        case _:
            return with_detail(_("the database could not be written"), problem)


def _database_advice(problem: str) -> str:
    match problem:
        case StorageProblem.NOT_A_DATABASE | StorageProblem.FOREIGN:
            return _("Choose another database in the settings, or move this file away.")
        case StorageProblem.TOO_NEW:
            return _("Install the newest version of the program, or choose another file.")
        case StorageProblem.DAMAGED:
            return _("Restore the newest good backup.")
        case StorageProblem.QUOTA:
            return _("Delete files of your own, or ask the administrator for more.")
        case StorageProblem.TOO_LARGE:
            return _("Move it to a disk with another file system, such as NTFS or ext4.")
        case StorageProblem.BROKEN_DISK:
            return _("Check the disk and its connection, and make a copy of what is on it.")
        case StorageProblem.READ_ONLY | StorageProblem.UNREACHABLE:
            return _("Allow writing to its folder, or choose another place in the settings.")
        case _:
            return _("Close other programs that hold the database, then continue the run.")


def with_detail(text: str, detail: str) -> str:
    """A sentence, and what is known beyond it."""
    return f"{text}: {detail}" if detail else text
