"""A real Prometheus scrapes a real run; every alert has a cause that raises it."""

import json
import re
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.phones.datamaster.demo.server import DemoServer
from core.settings.secret import Secret
from tests.phones.service.conftest import PATIENCE, Serve, Served

StartApi = Callable[..., DemoServer]

MONITORING = Path(__file__).parents[3] / "deploy" / "monitoring"


def promtool(*words: str) -> None:
    done = subprocess.run(
        ["promtool", *words], cwd=MONITORING, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_configuration_and_rules_are_valid() -> None:
    promtool("check", "config", "prometheus.yml")
    promtool("check", "rules", "--lint-fatal", "alerts.yml")


def test_each_alert_is_raised_over_its_time() -> None:
    promtool("test", "rules", "alerts_test.yml")
    rules = set(re.findall(r"- alert: (\w+)", (MONITORING / "alerts.yml").read_text()))
    tested = set(re.findall(r"alertname: (\w+)\n\s+exp_alerts:\n",
                            (MONITORING / "alerts_test.yml").read_text()))  # fmt: skip
    assert tested == rules


class Prometheus:
    """Scrapes one program every second; the rules' waits are cut, their conditions are not."""

    def __init__(self, folder: Path, target: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = (MONITORING / "prometheus.yml").read_text()
        config = config.replace("127.0.0.1:8080", target)
        config = re.sub(r"interval: \d+s", "interval: 1s", config)
        rules = re.sub(r"for: \w+", "for: 0s", (MONITORING / "alerts.yml").read_text())
        (folder / "prometheus.yml").write_text(config)
        (folder / "alerts.yml").write_text(rules)
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=self._log,
            stderr=self._log,
        )
        self._url = f"http://127.0.0.1:{port}/api/v1"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        self._log.close()

    def ask(self, path: str, **parameters: str) -> Any:
        try:
            answer = httpx.get(f"{self._url}/{path}", params=parameters, timeout=10)
        except httpx.HTTPError:
            return None
        return answer.json().get("data") if answer.status_code == 200 else None

    def value(self, query: str) -> float | None:
        data = self.ask("query", query=query)
        return float(data["result"][0]["value"][1]) if data and data["result"] else None

    def wait_for(self, query: str, value: float) -> None:
        deadline = time.monotonic() + PATIENCE
        found: float | None = None
        while time.monotonic() < deadline:
            found = self.value(query)
            if found == value:
                return
            time.sleep(0.2)
        raise AssertionError(f"{query} is {found}, not {value}")

    def wait_for_alert(self, name: str) -> None:
        self.wait_for(f'ALERTS{{alertname="{name}", alertstate="firing"}}', 1)

    def names(self) -> set[str]:
        return set(self.ask("label/__name__/values"))


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


@pytest.fixture
def watched(api: StartApi, serve: Serve, tmp_path: Path) -> Iterator[tuple[Served, Prometheus]]:
    """A run with two failed projects and an outage, scraped all the while."""
    options = "--clients 4 --projects 20 --records 3000 --break-projects 2 --outage 12:4"
    served = serve(api(options), MAX_RETRIES="1", RATE_LIMIT_DELAY="0.02")
    folder = tmp_path / "prometheus"
    folder.mkdir()
    prometheus = Prometheus(folder, served.client.url.removeprefix("http://"))
    try:
        prometheus.wait_for("up", 1)
        served.client.post("/runs", {})
        served.client.wait_for_end(1)
        yield served, prometheus
    finally:
        prometheus.stop()


@pytest.mark.slow
def test_a_real_prometheus_sees_what_the_database_holds(
    watched: tuple[Served, Prometheus],
) -> None:
    served, prometheus = watched
    database = served.database
    prometheus.wait_for('last_run_timestamp_seconds{status="completed"} > bool 0', 1)
    ((valid, new, errors, requests),) = rows(
        database, "SELECT total_phones, new_phones, errors_count, requests FROM runs"
    )
    assert errors == 2
    prometheus.wait_for("phones_processed_total", valid)
    prometheus.wait_for("phones_new_total", new)
    prometheus.wait_for("run_errors", errors)
    prometheus.wait_for("sum(api_requests_total)", requests)
    prometheus.wait_for("sum(api_request_duration_seconds_count)", requests)
    for reason, count in rows(database, "SELECT reason, count(*) FROM rejected_phones GROUP BY 1"):
        prometheus.wait_for(f'records_rejected_total{{reason="{reason}"}}', count)
    prometheus.wait_for("max_over_time(outage[5m])", 1)
    prometheus.wait_for("outage", 0)
    prometheus.wait_for("run_progress_ratio", 1)
    prometheus.wait_for_alert("ProjectsFailed")
    assert prometheus.value('max_over_time(ALERTS{alertname="LongOutage"}[5m])') == 1

    # A second run, whose token is refused.
    wrong = replace(served.program.settings, api_token=Secret("wrong-token"))
    served.program.use(wrong)
    served.client.post("/runs", {})
    served.client.wait_for_end(2, "failed")
    prometheus.wait_for_alert("TokenRejected")
    prometheus.wait_for('sum(api_requests_total{outcome="token_rejected"})', 1)
    ((ended,),) = rows(database, "SELECT unixepoch(completed_at) FROM runs WHERE status = 'failed'")
    prometheus.wait_for('last_run_timestamp_seconds{status="failed"}', ended)

    # The only backup is three days old.
    backups = list((database.parent / "backups").glob("*.db"))
    assert backups
    for backup in backups:
        backup.rename(backup.with_name("phones-20200101-000000.db"))
    prometheus.wait_for_alert("BackupOld")

    # Each name in the dashboard and in the rules exists.
    known = prometheus.names()
    used = metric_names((MONITORING / "grafana-dashboard.json").read_text())
    used |= metric_names((MONITORING / "alerts.yml").read_text())
    assert len(used) > 15
    assert used <= known, used - known

    # And the metrics hold no name and no number of anybody.
    text = served.client.get("/metrics").text
    people = rows(database, "SELECT username FROM clients UNION SELECT name FROM projects")
    assert not [name for (name,) in people if name in text]
    assert not re.search(r"\+7\d{10}", text)

    served.program.service.stop()
    prometheus.wait_for_alert("CollectorDown")


def metric_names(text: str) -> set[str]:
    """Whatever stands before a brace or a bracket of labels in an expression."""
    return {
        name
        for name in re.findall(r"\b([a-z][a-z_]{3,})\{", text)
        if name not in {"labels", "annotations"}
    }


def test_the_dashboard_is_one_screen() -> None:
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    assert max(place["y"] + place["h"] for place in places) <= 20
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))  # no panel lies on another
    assert max(x for x, _y in cells) < 24


def test_without_a_backup_the_time_since_the_first_run_counts(api: StartApi, serve: Serve) -> None:
    served = serve(api(), BACKUP_KEEP="1")
    served.client.post("/runs", {})
    served.client.wait_for_end(1)
    for backup in (served.database.parent / "backups").glob("*"):
        backup.unlink()
    with closing(sqlite3.connect(served.database)) as db, db:
        db.execute("UPDATE runs SET started_at = '2020-01-01T00:00:00Z'")
    assert served.client.metrics()["backup_age_seconds"] > 86400 * 365


def test_counters_never_fall(api: StartApi, serve: Serve) -> None:
    """A number that is erased takes one from the database, and nothing from a counter."""
    served = serve(api())
    served.client.post("/runs", {})
    served.client.wait_for_end(1)
    before = served.client.metrics()["phones_new_total"]
    with closing(sqlite3.connect(served.database)) as db, db:
        db.execute("UPDATE runs SET new_phones = new_phones - 1")
    assert served.client.metrics()["phones_new_total"] == before
