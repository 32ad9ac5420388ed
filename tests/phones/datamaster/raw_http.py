"""A client that knows nothing but HTTP: tests of the built-in API see through it what it sends."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from core.phones.datamaster.demo.server import DemoServer


class RawClient:
    """One keep-alive connection to a DemoServer (or to a URL and token)."""

    def __init__(self, server: DemoServer, timeout: float = 20) -> None:
        parts = urlsplit(server.url)
        self.token = server.token
        self._path = parts.path
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def send(self, command: str, **fields: Any) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; raises what http.client raises."""
        body = json.dumps({"token": self.token, "command": command, **fields})
        try:
            self.connection.request("POST", self._path, body)
            answer = self.connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def ask(self, command: str, **fields: Any) -> Any:
        """The JSON of an answer with status 200."""
        status, _, body = self.send(command, **fields)
        assert status == 200, status
        return json.loads(body)

    def rows(self, project_id: int, page: int) -> list[dict[str, str]]:
        answer = self.ask("gck_phones", id=project_id, page=page)
        assert answer["status"] == "success"
        return answer["result"]
