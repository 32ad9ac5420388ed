"""What the stand-in was asked to send, in the order of arrival."""

import json
import threading
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A call of sendMessage. `delivered`: the chat has the message, whatever the bot was told."""

    bot: str
    chat: str
    text: str
    at: datetime
    delivered: bool
    status: int  # of the answer; 0: there was none


class Journal:
    """Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: list[Sent] = []

    def add(self, sent: Sent) -> None:
        with self._lock:
            self._sent.append(sent)

    @property
    def calls(self) -> list[Sent]:
        with self._lock:
            return list(self._sent)

    @property
    def delivered(self) -> list[Sent]:
        return [sent for sent in self.calls if sent.delivered]

    def to_lines(self) -> str:
        """One JSON object a line."""
        return "".join(
            json.dumps(asdict(sent) | {"at": sent.at.isoformat()}) + "\n" for sent in self.calls
        )
