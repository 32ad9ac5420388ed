"""The built-in API as a process of its own."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SMALL = ["--clients", "5", "--projects", "9", "--records", "2000"]


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "core.phones.datamaster.demo", *SMALL, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(info: dict[str, str], **fields: object) -> dict:
    body = json.dumps({"token": info["token"], **fields}).encode()
    with urllib.request.urlopen(info["url"], body, timeout=10) as answer:
        return json.load(answer)


def test_it_prints_one_line_serves_and_writes_its_journal(tmp_path: Path):
    written = tmp_path / "журнал.jsonl"
    with start("--journal-file", str(written), "--page-size", "100") as process:
        info = json.loads(process.stdout.readline())
        assert len(ask(info, command="clients")["result"]) == 5
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    entries = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
    assert [(one["command"], one["outcome"]) for one in entries] == [("clients", "answered")]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM there")
def test_sigterm_ends_it():
    with start("--no-stdin") as process:
        info = json.loads(process.stdout.readline())
        process.stdin.close()
        assert ask(info, command="clients")["status"] == "success"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_options_reach_the_server():
    options = ["--generation", "2", "--grow-records", "50", "--grow-clients", "1"]
    options += ["--grow-projects", "1", "--break-projects", "9", "--error-style", "message"]
    with start(*options, "--latency-ms", "1-2", "--wrapped-share", "1") as process:
        info = json.loads(process.stdout.readline())
        (clients,) = ask(info, command="clients")["result"].values()
        assert len(clients) == 7
        answer = ask(info, command="gck_phones", id=2_000_001, page=1)
        assert answer == {"status": "error", "message": "Project is blocked"}
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ["--fault", "gremlin=0.1"],
        ["--outage", "5:1:meteor"],
        ["--projects", "0"],
        ["--latency-ms", "fast"],
    ],
)
def test_wrong_options_are_refused_with_a_sentence(wrong: list[str]):
    with start(*wrong) as process:
        assert process.wait(10) == 2
        assert "Traceback" not in process.stderr.read()
