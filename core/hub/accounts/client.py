"""What the hub needs of Telegram's own protocol: the seam that Kurigram stands behind.

The demo and the tests put a made-up client in its place: the protocol itself cannot be tried
without Telegram.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.formats import clock, duration
from core.i18n import _
from core.settings.secret import Secret


class AccountProblem(StrEnum):
    """Telegram's answers to a login that are no success; each has a sentence."""

    NUMBER_WRONG = "number_wrong"
    NUMBER_BANNED = "number_banned"
    NUMBER_UNKNOWN = "number_unknown"
    FLOOD = "flood"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - a kind of trouble, not a secret
    NO_OTHER_WAY = "no_other_way"
    UNREACHABLE = "unreachable"
    API_WRONG = "api_wrong"
    LOGGED_OUT = "logged_out"
    OTHER = "other"


class AccountTrouble(Exception):
    """A step of a login did not work; `wait` in seconds for FLOOD. Raised without context: the
    library's errors may hold what was sent."""

    def __init__(self, problem: AccountProblem, wait: float = 0.0, detail: str = "") -> None:
        super().__init__(f"{problem} {detail}".rstrip())
        self.problem = problem
        self.wait = wait
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code is on its way. `key` goes with it; `way` says where it arrives."""

    key: str
    way: str = ""


class AccountClient(Protocol):
    """One session file, connected. All methods raise AccountTrouble."""

    async def send_code(self, phone: str) -> SentCode: ...

    async def send_again(self, phone: str, key: str) -> SentCode:
        """Send the code another way."""
        ...

    async def sign_in(self, phone: str, key: str, code: Secret) -> bool:
        """True where that was all; False where the account has a password besides."""
        ...

    async def check_password(self, password: Secret) -> None: ...

    async def log_out(self) -> None:
        """End the session at Telegram. The file is left to its owner."""
        ...

    async def close(self) -> None:
        """Close the connection and the file. Raises nothing."""
        ...


class Connect(Protocol):
    """Opens a session file, which need not exist, and connects. Raises AccountTrouble."""

    async def __call__(self, file: Path) -> AccountClient: ...


def say(trouble: AccountTrouble) -> str:
    """What Telegram answered, in a sentence."""
    if trouble.problem is AccountProblem.FLOOD:
        end = datetime.now(UTC) + timedelta(seconds=trouble.wait)
        return _("Too many attempts: Telegram asks to wait {time}, until {when}.").format(
            time=duration(trouble.wait), when=clock(end)
        )
    return _sentences()[trouble.problem]


def _sentences() -> dict[AccountProblem, str]:
    return {
        AccountProblem.NUMBER_WRONG: _(
            "Telegram does not take this number. Check it. Example: +7 957 123-45-67"
        ),
        AccountProblem.NUMBER_BANNED: _("Telegram has banned this number. Use another one."),
        AccountProblem.NUMBER_UNKNOWN: _(
            "There is no Telegram account with this number yet. Make one on a phone first."
        ),
        AccountProblem.CODE_WRONG: _(
            "The code is wrong. Look again and type it with signs: 1-2-3-4-5"
        ),
        AccountProblem.CODE_EXPIRED: _(
            "The code is no longer valid. Press “Send again” and type the new one with signs"
            " between the digits: 1-2-3-4-5"
        ),
        AccountProblem.PASSWORD_WRONG: _(
            "The password is wrong. It is that of two-step verification in Telegram."
        ),
        AccountProblem.NO_OTHER_WAY: _(
            "Telegram cannot send the code another way now. Wait for the first one."
        ),
        AccountProblem.UNREACHABLE: _("Telegram cannot be reached now. Try again in a minute."),
        AccountProblem.API_WRONG: _(
            "Telegram does not accept API_ID and API_HASH. Tell the administrator."
        ),
        AccountProblem.LOGGED_OUT: _("Telegram has ended this session. Connect the account anew."),
        AccountProblem.OTHER: _("Telegram did not accept this. Try again from the beginning."),
    }
