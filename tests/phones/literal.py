"""A server that answers exactly what a test has written, for answers that no good server gives."""

import json
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Rows = Sequence[object] | str
"""The rows of an answer, or its whole text."""


class LiteralServer:
    """Answers each command with what stands in these attributes; they may change at any time."""

    token = "not-a-real-token"

    def __init__(
        self,
        clients: Rows,
        projects: Mapping[int, Rows],
        pages: Mapping[int, Sequence[Rows]],
    ) -> None:
        self.clients = clients
        self.projects = projects
        self.pages = pages
        self.requests: list[dict[str, Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append(asked)
                body = server.answer(asked).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/api/index.php"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def answer(self, asked: Mapping[str, Any]) -> str:
        """The text of the answer to a request."""
        rows: Rows
        match asked["command"]:
            case "clients":
                rows = self.clients
            case "gck_projects":
                rows = self.projects[int(asked["user_id"])]
            case _:
                pages = self.pages[int(asked["id"])]
                rows = pages[asked["page"] - 1] if asked["page"] <= len(pages) else []
        if isinstance(rows, str):
            return rows
        return json.dumps({"status": "success", "result": rows})

    def __enter__(self) -> "LiteralServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def one_project(*records: object) -> LiteralServer:
    """One client with one project with these records."""
    return LiteralServer(
        [{"id": 100001, "username": "d.client-one"}],
        {100001: [{"id": "2000001", "name": "B1"}]},
        {2000001: [records]},
    )


def record(phone: object, created_at: object = "2026-11-20 10:00:00") -> dict[str, object]:
    """A record as the server writes it."""
    return {"phone": phone, "created_at": created_at}
