"""Every misbehaviour of the built-in API is really there, as a plain HTTP client sees it."""

import contextlib
import http.client
import json
import time
from email.utils import parsedate_to_datetime
from itertools import pairwise

import pytest

from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.stand_in.faults import COMMON, Fault, Outage, mixed
from core.stand_in.journal import Outcome
from tests.phones.datamaster.conftest import BIG, DATA
from tests.phones.datamaster.raw_http import RawClient


def always(fault: Fault, **changes: object) -> Faults:
    return Faults(shares={fault: 1.0}, max_in_a_row=None, **changes)  # type: ignore[arg-type]


def page(client: RawClient, number: int = 1) -> tuple[int, dict[str, str], bytes]:
    return client.send("gck_phones", id=BIG, page=number)


def test_too_many_requests_in_three_ways(server: DemoServer, client: RawClient):
    server.faults = always(Fault.TOO_MANY)
    status, headers, _ = page(client)
    assert (status, headers.get("Retry-After")) == (429, None)
    server.faults = always(Fault.TOO_MANY_SECONDS, retry_after=7)
    status, headers, _ = page(client)
    assert (status, headers["Retry-After"]) == (429, "7")
    server.faults = always(Fault.TOO_MANY_DATE, retry_after=7)
    status, headers, _ = page(client)
    wait = parsedate_to_datetime(headers["Retry-After"]).timestamp() - time.time()
    assert status == 429
    assert 5 <= wait <= 7


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.ERROR_500, 500), (Fault.ERROR_503, 503), (Fault.REDIRECT, 302)]
)
def test_statuses(server: DemoServer, client: RawClient, fault: Fault, status: int):
    server.faults = always(fault)
    seen, headers, _ = page(client)
    assert seen == status
    assert ("Location" in headers) == (fault is Fault.REDIRECT)


def test_connection_is_dropped_before_the_answer(server: DemoServer, client: RawClient):
    server.faults = always(Fault.DROP)
    seen = set()
    for number in range(1, 5):
        with pytest.raises(OSError) as caught:
            page(client, number)
        seen.add(type(caught.value))
    # Closed in good order on odd pages, reset on even ones (or the other way round).
    assert seen == {http.client.RemoteDisconnected, ConnectionResetError}
    assert server.journal.count(outcome=Outcome.FAILED, status=0) == 4


def test_body_is_shorter_than_announced(server: DemoServer, client: RawClient):
    server.faults = always(Fault.CUT_BODY)
    with pytest.raises(http.client.IncompleteRead):
        page(client)


@pytest.mark.parametrize("fault", [Fault.CUT_JSON, Fault.HTML])
def test_whole_answers_that_are_no_json(server: DemoServer, client: RawClient, fault: Fault):
    server.faults = always(fault)
    status, _, body = page(client)
    assert status == 200
    assert body
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_foreign_json_is_never_an_answer(server: DemoServer, client: RawClient):
    server.faults = always(Fault.FOREIGN)
    bodies = {page(client, number)[2] for number in range(1, 30)}
    assert len(bodies) > 10
    assert not [body for body in bodies if is_page(json.loads(body))]


def is_page(answer: object) -> bool:
    if not isinstance(answer, dict) or answer.get("status") != "success":
        return False
    rows = answer.get("result")
    return isinstance(rows, list) and all(isinstance(row, dict) and "phone" in row for row in rows)


def test_error_in_proper_form_at_random(server: DemoServer, client: RawClient):
    server.faults = always(Fault.MESSAGE, error_style="message")
    answer = client.ask("clients")
    assert answer == {"status": "error", "message": "Internal error, try again later"}


def test_huge_answer(server: DemoServer, client: RawClient):
    server.faults = always(Fault.HUGE, huge_bytes=20_000_000)
    status, headers, body = page(client)
    assert status == 200
    assert len(body) == int(headers["Content-Length"])
    assert len(body) == pytest.approx(20_000_000, rel=0.01)
    # A reader that has seen enough may go; the server serves the next one.
    server.faults = always(Fault.HUGE, huge_bytes=10**9)
    client.connection.request("POST", "/api/index.php", json.dumps({"token": server.token}))
    client.connection.getresponse().read(1000)
    client.connection.close()
    server.faults = Faults()
    assert client.ask("clients")["status"] == "success"


def test_wrapped_lists(server: DemoServer, client: RawClient):
    server.faults = Faults(wrapped_share=1.0)
    wrappers = set()
    for number in range(1, 6):
        ((name, rows),) = client.ask("gck_phones", id=BIG, page=number)["result"].items()
        wrappers.add(name)
        assert isinstance(rows, list)
    assert wrappers == {"items", "data", "phones", "rows", "list"}
    assert server.journal.answered == 5


def test_latency(server: DemoServer, client: RawClient):
    server.faults = Faults(latency=(0.1, 0.15))
    began = time.monotonic()
    client.ask("clients")
    assert 0.1 <= time.monotonic() - began < 10  # seconds, not milliseconds


def test_broken_projects_and_clients_always_fail(server: DemoServer, client: RawClient):
    owner = DATA.client_ids()[0]
    server.faults = Faults(
        broken_projects={BIG: "Project is blocked", BIG + 1: 500}, broken_clients={owner: 503}
    )
    for _ in range(3):
        assert client.ask("gck_phones", id=BIG, page=1)["error"] == "Project is blocked"
        assert client.send("gck_phones", id=BIG + 1, page=1)[0] == 500
        assert client.send("gck_projects", user_id=owner)[0] == 503
    server.faults = Faults()
    assert client.rows(BIG, 1)


def tries(faults: Faults, pages: list[int]) -> dict[int, list[int]]:
    """The statuses met by each page until it was answered in full."""
    result: dict[int, list[int]] = {}
    with DemoServer(DATA, faults=faults) as server, RawClient(server) as client:
        for number in pages:
            answered = server.journal.answered
            while server.journal.answered == answered:
                status = 0
                with contextlib.suppress(OSError, http.client.HTTPException):
                    status, _, _ = page(client, number)
                result.setdefault(number, []).append(status)
    return result


def test_faults_come_as_often_as_ordered_and_in_every_way():
    asked = 400
    with DemoServer(DATA, faults=Faults(shares=mixed(0.25))) as server, RawClient(server) as client:
        for number in range(1, asked + 1):
            with contextlib.suppress(OSError, http.client.HTTPException):
                page(client, number)
        failed = server.journal.count(outcome=Outcome.FAILED)
        statuses = {entry.status for entry in server.journal.entries()}
    assert failed / asked == pytest.approx(0.25, abs=0.06)
    assert statuses == {0, 200, 429, 500, 503}
    assert len(COMMON) == 9


def test_faults_are_the_same_in_any_order_and_end_after_so_many_in_a_row():
    faults = Faults(shares=mixed(0.6), max_in_a_row=2)
    one = tries(faults, list(range(1, 40)))
    other = tries(faults, list(range(39, 0, -1)))
    assert one == other
    assert max(len(statuses) for statuses in one.values()) == 3
    another_seed = Faults(seed=9, shares=mixed(0.6), max_in_a_row=2)
    assert tries(another_seed, list(range(1, 40))) != one


def test_rate_limit_is_enforced_and_a_slower_client_not_hit(server: DemoServer, client: RawClient):
    server.faults = Faults(rate_limit=20, rate_limit_retry_after=3)
    answers = [client.send("gck_phones", id=BIG, page=9) for _ in range(40)]
    refused = [headers for status, headers, _ in answers if status == 429]
    assert 10 <= len(refused) <= 20
    assert refused[0]["Retry-After"] == "3"
    server.faults = Faults(rate_limit=50)
    for _ in range(20):
        assert page(client, 9)[0] == 200
        time.sleep(0.025)


def test_it_slows_down_under_load_without_refusing(server: DemoServer, client: RawClient):
    server.faults = Faults(slow_above=10, latency=(0.004, 0.004))
    began = [time.monotonic()]
    for _ in range(45):
        assert page(client, 9)[0] == 200
        began.append(time.monotonic())
    gaps = [later - earlier for earlier, later in pairwise(began)]
    assert min(gaps[:9]) < 0.015
    assert min(gaps[-5:]) > 0.015  # 0.004 doubled at least twice


def test_long_wait_for_one_request(server: DemoServer, client: RawClient):
    server.faults = Faults(long_wait_at=2)
    assert page(client)[0] == 200
    status, headers, _ = page(client)
    assert (status, headers["Retry-After"]) == (429, "60")
    assert page(client)[0] == 200


def test_token_is_revoked_in_mid_run(server: DemoServer, client: RawClient):
    server.faults = Faults(revoke_token_at=3, rejected_token_status=401)
    assert [page(client)[0] for _ in range(4)] == [200, 200, 401, 401]


@pytest.mark.parametrize("kind", ["reset", "refuse"])
def test_outage_by_hand(server: DemoServer, client: RawClient, kind: str):
    assert page(client)[0] == 200
    server.go_down(kind)
    for _ in range(3):
        with pytest.raises(OSError):
            page(client)
    server.come_back()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            assert page(client)[0] == 200
            break
    else:
        pytest.fail("the server did not come back on its port")
    assert server.journal.count(outcome=Outcome.ANSWERED) == 2


def test_outage_that_begins_with_a_request_and_ends_by_itself(
    server: DemoServer, client: RawClient
):
    server.faults = Faults(outages=[Outage(at_request=2, seconds=0.4)])
    assert page(client)[0] == 200
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(OSError):
            page(client)
    time.sleep(max(0.0, began + 0.5 - time.monotonic()))
    assert page(client)[0] == 200
    assert server.journal.count("connect") == 2


def test_outage_in_which_nothing_is_answered(server: DemoServer):
    server.go_down("hang", seconds=1.0)
    with RawClient(server, timeout=0.3) as client, pytest.raises(TimeoutError):
        page(client)
    time.sleep(0.8)
    with RawClient(server) as client:
        assert page(client)[0] == 200
