"""The built-in API over real HTTP: commands, errors, page sizes, growth, journal, life."""

import http.client
import json
import socket
import threading
import time
import urllib.request

import pytest

from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.stand_in.journal import Journal, Outcome
from tests.phones.datamaster.conftest import BIG, DATA
from tests.phones.datamaster.raw_http import RawClient


def test_commands_give_the_datas_rows(client: RawClient):
    assert client.ask("clients") == {"status": "success", "result": DATA.client_rows()}
    owner = next(one for one in DATA.client_ids() if BIG in DATA.project_ids(one))
    assert client.ask("gck_projects", user_id=owner)["result"] == DATA.project_rows(owner)
    assert client.ask("gck_projects", user_id=str(owner))["status"] == "success"
    read = []
    page = 1
    while rows := client.rows(BIG, page):
        read += rows
        page += 1
    assert page == -(-DATA.size(BIG) // 1000) + 1
    assert read == [{"phone": r.raw, "created_at": r.created_at} for r in DATA.records(BIG)]
    day = read[0]["created_at"][:10]
    answer = client.ask("gck_phones", id=str(BIG), page=1, date=day)
    assert answer["result"] == [row for row in read if row["created_at"].startswith(day)]


def test_it_listens_on_this_machine_only(server: DemoServer):
    assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"command": "gck_projects", "user_id": 7}, "Client not found"),
        ({"command": "gck_phones", "id": 7, "page": 1}, "Project not found"),
        ({"command": "gck_phones", "id": BIG, "page": 0}, "page begins with 1"),
        ({"command": "gck_phones", "id": 10**30, "page": 1}, "id is missing or no number"),
        ({"command": "gck_phones", "id": -1, "page": 1}, "id is missing or no number"),
        ({"command": "gck_phones", "id": BIG}, "page is missing or no number"),
        ({"command": "gck_phones", "id": BIG, "page": 1, "date": "1.2.2024"}, "date is not"),
        ({"command": "drop_all"}, "Unknown command"),
        ({"command": "clients", "token": "another"}, "Invalid token"),
    ],
)
def test_wrong_requests_get_error_answers(client: RawClient, fields: dict, text: str):
    answer = client.ask(**fields)
    assert answer["status"] == "error"
    assert text in answer["error"]
    assert "result" not in answer


def test_error_texts_stand_where_ordered(server: DemoServer, client: RawClient):
    server.faults = Faults(error_style="message")
    assert client.ask("gck_projects", user_id=7)["message"] == "Client not found"
    server.faults = Faults(error_style="object")
    assert client.ask("gck_projects", user_id=7)["error"] == {"message": "Client not found"}


def test_other_paths_and_methods_are_refused_and_noted(server: DemoServer, client: RawClient):
    for method, path, status in (("GET", "/api/index.php", 405), ("POST", "/elsewhere", 404)):
        client.connection.request(method, path)
        answer = client.connection.getresponse()
        answer.read()
        assert answer.status == status
    assert server.journal.count("other") == 2


def test_what_is_no_http_is_refused(server: DemoServer):
    port = int(server.url.split(":")[2].split("/")[0])
    for sent in (b"hello\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), 5) as raw:
            raw.sendall(sent)
            assert raw.recv(1000).startswith(b"HTTP/1.1 400")


def test_page_size_can_change_in_mid_run(server: DemoServer, client: RawClient):
    assert len(client.rows(BIG, 1)) == 1000
    server.page_size = 500
    assert len(client.rows(BIG, 1)) == 500
    server.faults = Faults(page_sizes={4: 700})
    assert len(client.rows(BIG, 1)) == 500  # request 3
    assert len(client.rows(BIG, 1)) == 700
    assert server.page_size == 700


def test_data_can_grow_in_mid_run(server: DemoServer, client: RawClient):
    before = len(client.ask("clients")["result"])
    server.dataset = server.dataset.grow(Growth(new_clients=2, new_projects=2))
    assert len(client.ask("clients")["result"]) == before + 2


def test_token_can_be_revoked_and_restored(server: DemoServer, client: RawClient):
    server.revoke_token()
    assert client.ask("clients") == {"status": "error", "error": "Invalid token"}
    server.restore_token()
    assert client.ask("clients")["status"] == "success"


def test_tokens_differ_unless_given(server: DemoServer):
    assert server.token != DemoServer(DATA).token
    assert DemoServer(DATA, token="mine").token == "mine"


def test_many_connections_are_served_at_once(server: DemoServer):
    server.faults = Faults(latency=(1, 1))
    results = []

    def ask() -> None:
        with RawClient(server) as raw:
            results.append(raw.ask("clients")["status"])

    threads = [threading.Thread(target=ask) for _ in range(20)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["success"] * 20
    assert time.monotonic() - began < 15  # one after another would be 20 s


def test_stop_ends_waiting_requests_and_all_threads():
    of_others = set(threading.enumerate())
    server = DemoServer(DATA, faults=Faults(latency=(30, 30)))
    server.start()
    with RawClient(server) as raw:
        failed = []

        def ask() -> None:
            with pytest.raises((OSError, http.client.HTTPException)):
                raw.ask("clients")
            failed.append(True)

        thread = threading.Thread(target=ask)
        thread.start()
        while not len(server.journal):
            time.sleep(0.01)
        server.stop()
        thread.join(15)  # the answer would take 30 s
        assert failed
    left = set(threading.enumerate()) - of_others
    assert not [one for one in left if one.name.startswith("demo-api")]
    server.stop()


def test_two_servers_cannot_share_a_port(server: DemoServer):
    port = int(server.url.split(":")[2].split("/")[0])
    with pytest.raises(OSError):
        DemoServer(DATA, port=port).start()


def test_journal_knows_repeats_counts_and_gaps(server: DemoServer, client: RawClient):
    client.ask("clients")
    client.rows(BIG, 1)
    client.rows(BIG, 2)
    assert server.journal.pages_asked_twice() == []
    client.ask("gck_projects", user_id=7)  # an error, so asking again is no repeat
    client.ask("gck_projects", user_id=7)
    assert server.journal.pages_asked_twice() == []
    time.sleep(0.1)
    client.rows(BIG, 2)
    assert server.journal.pages_asked_twice() == [("gck_phones", BIG, 2)]
    journal = server.journal
    assert journal.count() == 6
    assert journal.count("gck_phones") == 3
    assert journal.count("gck_projects", Outcome.FAILED) == 2
    assert journal.count(status=200, since=5) == 1
    assert journal.answered == 4
    gaps = journal.gaps()
    assert len(gaps) == 5
    assert 0.1 <= gaps[-1] < 1
    assert all(gap >= 0 for gap in gaps)
    journal.clear()
    assert journal.count() == 0


def test_a_journal_can_be_handed_in():
    journal = Journal()
    with DemoServer(DATA, journal=journal) as server, RawClient(server) as client:
        client.ask("clients")
    assert journal.count("clients") == 1


def test_journal_can_be_read_over_http(server: DemoServer, client: RawClient):
    client.rows(BIG, 1)
    client.rows(BIG, 1)
    with urllib.request.urlopen(server.url.replace("/api/index.php", "/journal")) as answer:
        lines = answer.read().decode().splitlines()
    for line, entry in zip(lines, server.journal.entries(), strict=True):
        assert json.loads(line) == {
            "at": entry.at,
            "command": "gck_phones",
            "id": BIG,
            "page": 1,
            "outcome": "answered",
            "status": 200,
        }
    assert server.token not in "".join(lines)


def test_a_full_journal_refuses_to_be_read():
    journal = Journal(limit=2)
    for page in (1, 2, 3):
        journal.settle(journal.arrived("gck_phones", 1, page), Outcome.ANSWERED, 200)
    with pytest.raises(OverflowError):
        journal.count()
