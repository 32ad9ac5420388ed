"""A run over HTTP alone, with the totals of the command line; who else runs; what may not be."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from core.phones.datamaster.demo.server import DemoServer
from core.phones.reports.catalog import TABLES
from tests.phones.cli.conftest import Installation
from tests.phones.service.conftest import Serve, Start, make_token

StartApi = Callable[..., DemoServer]
Install = Callable[..., Installation]

FIVE = ("total_clients", "total_projects", "total_phones", "new_phones", "errors_count")
SLOW = {"RATE_LIMIT_DELAY": "0.05"}


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["detail"].endswith(".")
    return found


def test_started_watched_stopped_continued_and_reported_over_http_only(
    api: StartApi, serve: Serve, install: Install
) -> None:
    served = serve(api(), **SLOW)
    client = served.client
    with client.listening() as events:
        began = client.post("/runs", {"mode": "full"})
        assert began.status_code == 202
        assert began.json()["run"]["id"] == 1
        assert events.wait_for("RunStarted")["mode"] == "full"
        busy = problem(client.post("/runs", {}), 409)
        assert busy["running"]["run"] == 1
        assert busy["running"]["process"]
        events.wait_for("ProjectFinished")
        stopped = client.post("/runs/stop")
        assert stopped.status_code == 202
        assert stopped.json()["run"]["id"] == 1
        assert events.wait_for("RunFinished")["status"] == "stopped"
        assert client.wait_for_end(1, "stopped")["completed_at"]
        assert client.post("/runs/continue").status_code == 202
        assert events.wait_for("RunStarted", 2)["resumed"] is True
        assert events.wait_for("RunFinished", 2)["status"] == "completed"
        assert events.wait_for("Progress")["run_id"] == 1
    run = client.wait_for_end(1)
    assert run["failed"] == []

    other = install(api(), "command line")
    assert other.run("collect").returncode == 0
    (expected,) = json.loads(other.run("runs", "--json").stdout)
    assert [run[name] for name in FIVE] == [expected[name] for name in FIVE]
    assert set(client.json("/runs")[0]) == set(expected)
    told = json.loads(other.run("status", "--json").stdout)
    assert set(client.json("/status")) == set(told)
    assert client.json("/status")["phones"] == told["phones"]
    wanted = json.loads(other.run("estimate", "--json", "--mode", "quick").stdout)
    assert set(client.json("/estimate?mode=quick")["quick"]) == set(wanted["quick"])
    assert set(client.json("/estimate")) == {"full", "quick", "smart"}


def test_reports_are_those_of_export(api: StartApi, serve: Serve, install: Install) -> None:
    server = api()
    home = install(server)
    assert home.run("collect").returncode == 0
    served = serve(server, DATABASE_PATH=str(home.database))
    client = served.client
    client.token = make_token(served.database)
    for report in TABLES:
        out = home.home / "out.csv"
        assert home.run("export", report, "--out", str(out)).returncode == 0
        answer = client.get(f"/reports/{report}.csv")
        assert answer.status_code == 200
        assert answer.content == out.read_bytes(), report
        assert f"{report}_run1" in answer.headers["content-disposition"]
    tabs = client.get("/reports/phones.csv?delimiter=tab").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(tabs), delimiter="\t"))
    assert rows[0][0] == "phone"
    workbook = client.get("/reports/phones.xlsx")
    with ZipFile(io.BytesIO(workbook.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(rows)
    assert int(workbook.headers["content-length"]) == len(workbook.content)
    assert "run 9" in problem(client.get("/reports/phones.csv?run=9"), 404)["detail"]
    assert "no single table" in problem(client.get("/reports/all.csv"), 404)["detail"]
    problem(client.get("/reports/everything.csv"), 422)


def test_what_failed_is_told_with_its_reason(api: StartApi, serve: Serve) -> None:
    server = api("--clients 4 --projects 20 --records 3000 --break-projects 2")
    served = serve(server, MAX_RETRIES="0")
    served.client.post("/runs", {})
    run = served.client.wait_for_end(1)
    assert run["errors_count"] == 2
    first, second = run["failed"]
    assert "Project is blocked" in first["explanation"] + second["explanation"]
    assert "500" in first["explanation"] + second["explanation"]
    assert len(served.client.json("/runs/1?limit=1&offset=1")["failed"]) == 1


def test_a_selection_is_taken_over(api: StartApi, serve: Serve) -> None:
    served = serve(api())
    order = {"mode": "full", "limit_clients": 1, "limit_projects": 2, "max_pages": 1}
    assert served.client.post("/runs", order).status_code == 202
    run = served.client.wait_for_end(1)
    assert (run["total_clients"], run["total_projects"]) == (1, 2)
    refused = problem(served.client.post("/runs", {"clients": ["nobody"]}), 404)
    assert "nobody" in refused["detail"]
    assert len(served.client.json("/runs")) == 1


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"mode": "everything"}, "full, quick or smart"),
        ({"limit_clients": 0}, "1 or more"),
        ({"limit_clients": "many"}, "a whole number"),
        ({"limit_client": 1}, "no parameter limit_client"),
        ({"max_minutes": 0}, "0.1 or more"),
    ],
)
def test_a_wrong_order_starts_nothing(
    api: StartApi, serve: Serve, order: dict[str, Any], words: str
) -> None:
    served = serve(api())
    assert words in problem(served.client.post("/runs", order), 422)["detail"]
    assert served.client.json("/runs") == []


def test_nothing_to_stop_and_nothing_to_continue(api: StartApi, serve: Serve) -> None:
    served = serve(api())
    assert "stopped" in problem(served.client.post("/runs/stop"), 409)["detail"]
    assert "continue" in problem(served.client.post("/runs/continue"), 409)["detail"]
    problem(served.client.get("/runs/7"), 404)


def test_scopes(api: StartApi, serve: Serve) -> None:
    served = serve(api())
    client = served.client
    read, control, numbers = (
        make_token(served.database, scope) for scope in ("read", "control", "numbers")
    )
    for path in ("/status", "/runs", "/estimate", "/metrics"):
        assert client.get(path, read).status_code == 200
    for path in ("/status", "/runs", "/estimate"):
        assert "read" in problem(client.get(path, control), 403)["detail"]
    for path in ("/runs", "/runs/stop", "/runs/continue"):
        assert "control" in problem(client.post(path, {}, read), 403)["detail"]
    assert "numbers" in problem(client.get("/reports/phones.csv", read), 403)["detail"]
    assert client.get("/reports/phones.csv", numbers).status_code == 200
    problem(client.get("/status", "x" * 32), 401)
    with closing(sqlite3.connect(served.database)) as db, db:
        db.execute("DELETE FROM api_tokens WHERE scopes = 'read'")
    problem(client.get("/status", read), 401)  # revoked, and dead at once


def test_where_others_can_reach_it_nothing_but_health_is_open(api: StartApi, serve: Serve) -> None:
    served = serve(api(), SERVICE_HTTP="0.0.0.0:0")
    url = served.client.url.replace("0.0.0.0", "127.0.0.1")
    paths = httpx.get(f"{url}/openapi.json", headers={"X-API-Key": served.client.token}).json()
    for path, methods in paths["paths"].items():
        asked = path.replace("{id}", "1").replace("{report}", "phones")
        for method in methods:
            status = httpx.request(method, f"{url}{asked}").status_code
            assert status == (200 if path == "/health" else 401), (method, path)
    for path in ("/docs", "/openapi.json", "/nothing"):
        assert httpx.get(f"{url}{path}").status_code == 401


def test_a_missing_token_of_the_server_is_told(serve: Serve) -> None:
    served = serve(None)
    told = problem(served.client.post("/runs", {}), 503)
    assert "token" in told["detail"]
    assert told["hint"]


def test_health(api: StartApi, serve: Serve) -> None:
    served = serve(api())
    health = httpx.get(f"{served.client.url}/health").json()
    assert health == {"status": "ok", "database": "ok", "collecting": False, "last_run": None}
    served.client.post("/runs", {})
    served.client.wait_for_end(1)
    health = httpx.get(f"{served.client.url}/health").json()
    assert health["last_run"]["status"] == "completed"
    served.database.write_bytes(b"this is no database" * 1000)
    for name in ("-wal", "-shm"):
        served.database.with_name(served.database.name + name).unlink(missing_ok=True)
    told = problem(httpx.get(f"{served.client.url}/health"), 503)
    assert "not a database" in told["detail"]
    problem(served.client.get("/status"), 503)  # where tokens cannot be read
    served.database.unlink()
    assert httpx.get(f"{served.client.url}/health").json()["database"] == "none yet"


def test_two_processes(api: StartApi, serve: Serve, install: Install) -> None:
    """The service looks at a run of another process, does not stop it, and says whose it is."""
    server = api()
    home = install(server, **SLOW)
    served = serve(server, DATABASE_PATH=str(home.database))
    client = served.client
    client.token = make_token(home.database)
    process = home.start("collect")
    try:
        while not client.json("/status")["collecting"]:
            assert process.poll() is None
        busy = problem(client.post("/runs", {}), 409)
        assert busy["running"]["process"] == process.pid
        assert str(process.pid) in busy["detail"]
        assert problem(client.post("/runs/stop"), 409)["running"]["process"] == process.pid
        assert problem(client.post("/runs/continue"), 409)["running"]["process"] == process.pid
    finally:
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert client.json("/runs/1")["status"] == "completed"


@pytest.mark.slow
def test_a_process_of_its_own_ends_at_once_with_open_connections(
    api: StartApi, install: Install, start: Start
) -> None:
    import signal
    import time

    running = start(install(api(), **SLOW))
    client = running.client
    with client.listening() as events, client.listening():
        client.post("/runs", {})
        events.wait_for("ProjectFinished")
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        code = running.process.wait(30)
        assert events.wait_for("RunFinished")["status"] == "stopped"
        assert code == 130
        assert time.monotonic() - began < 25  # not a measurement; a hang would be a minute
    with closing(sqlite3.connect(running.home.database)) as db:
        assert db.execute("SELECT status FROM runs").fetchall() == [("stopped",)]
    assert client.token not in running.home.log


@pytest.mark.slow
def test_it_says_at_the_start_that_others_can_reach_it(install: Install, start: Start) -> None:
    running = start(install(None, SERVICE_HTTP="0.0.0.0:0", DATAMASTER_API_TOKEN="x" * 8))
    assert running.process.stdout is not None
    assert "needs a token" in running.process.stdout.readline()


@pytest.mark.slow
def test_the_log_as_json_tells_the_run(api: StartApi, install: Install) -> None:
    server = api("--clients 2 --projects 6 --records 500 --break-projects 1")
    home = install(server, LOG_FORMAT="json", LOG_LEVEL="DEBUG", MAX_RETRIES="0")
    assert home.run("collect").returncode == 3
    lines = [json.loads(line) for line in home.log.splitlines()]
    assert all({"time", "level", "event", "run"} <= set(line) for line in lines)
    named = {line["event"]: line for line in lines}
    assert named["ProjectFinished"]["run"] == 1
    assert named["ProjectFinished"]["received"] > 0
    assert named["ItemFailed"]["level"] == "ERROR"
    assert named["RunFinished"]["totals"]["errors"] == 1
    assert server.token not in home.log
    with closing(sqlite3.connect(home.database)) as db:
        phones = [phone for (phone,) in db.execute("SELECT substr(phone, 2) FROM phones")]
    assert not [phone for phone in phones if phone in home.log]


@pytest.mark.slow
def test_kill_9_in_mid_stream_loses_nothing(api: StartApi, install: Install, start: Start) -> None:
    server = api()
    home = install(server, **SLOW)
    running = start(home)
    with running.client.listening() as events:
        running.client.post("/runs", {})
        events.wait_for("ProjectFinished", 3)
        running.process.kill()
        running.process.wait(30)
        events.wait_end()
    again = start(home)
    assert again.client.json("/runs/1")["interrupted"] is True
    assert again.client.post("/runs/continue").status_code == 202
    run = again.client.wait_for_end(1)
    other = install(server, "other")
    other.run("collect")
    (expected,) = json.loads(other.run("runs", "--json").stdout)
    assert [run[name] for name in FIVE] == [expected[name] for name in FIVE]
