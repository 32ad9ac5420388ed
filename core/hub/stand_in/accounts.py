"""A made-up Telegram account in the place of Kurigram's client: for the demo and for the tests.

It makes a file where the real one would, and answers as Telegram does to good and bad steps.
"""

from collections.abc import Callable
from pathlib import Path

from core.hub.accounts.client import AccountClient, AccountProblem, AccountTrouble, SentCode
from core.settings.secret import Secret

CODE = "54321"
PASSWORD = "made-up password"  # noqa: S105 - opens nothing
TWO_STEPS = "+79571234568"
BANNED = "+79571234569"
FLOODED = "+79571234560"


class MadeUpAccounts:
    """Where clients come from. `trouble` may raise before each step, by its name."""

    def __init__(self) -> None:
        self.open: set[Path] = set()
        self.logged_out: list[str] = []
        self.steps: list[str] = []
        self.trouble: Callable[[str], None] = lambda _step: None

    async def __call__(self, file: Path) -> AccountClient:
        self.trouble("connect")
        file.touch()
        self.open.add(file)
        return _MadeUpClient(self, file)


class _MadeUpClient:
    def __init__(self, accounts: MadeUpAccounts, file: Path) -> None:
        self._accounts = accounts
        self._file = file

    def _step(self, name: str) -> None:
        self._accounts.steps.append(name)
        self._accounts.trouble(name)

    async def send_code(self, phone: str) -> SentCode:
        self._step("send_code")
        if phone == BANNED:
            raise AccountTrouble(AccountProblem.NUMBER_BANNED)
        if phone == FLOODED:
            raise AccountTrouble(AccountProblem.FLOOD, 5400.0)
        return SentCode(f"key-{phone[-4:]}", "app")

    async def send_again(self, phone: str, _key: str) -> SentCode:
        self._step("send_again")
        return SentCode(f"key-again-{phone[-4:]}", "sms")

    async def sign_in(self, phone: str, _key: str, code: Secret) -> bool:
        self._step("sign_in")
        if code.reveal() == "00000":
            raise AccountTrouble(AccountProblem.CODE_EXPIRED)
        if code.reveal() != CODE:
            raise AccountTrouble(AccountProblem.CODE_WRONG)
        return phone != TWO_STEPS

    async def check_password(self, password: Secret) -> None:
        self._step("check_password")
        if password.reveal() != PASSWORD:
            raise AccountTrouble(AccountProblem.PASSWORD_WRONG)

    async def log_out(self) -> None:
        self._step("log_out")
        self._accounts.logged_out.append(self._file.name)

    async def close(self) -> None:
        self._accounts.open.discard(self._file)
