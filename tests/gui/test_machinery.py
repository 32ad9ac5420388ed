"""The pump, calls of Tk and the background work: nothing is lost, nothing comes twice."""

import logging
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator

import pytest

from core.phones.events import OutageEnded
from core.turns import computing
from gui.alarm import Alarm
from gui.background import Background
from gui.one_call import tell, together
from gui.pump import BUDGET_S, LoopGaps, Pump
from gui.responsiveness import hear_own_sizes_only

pytestmark = pytest.mark.gui


@pytest.fixture
def root() -> Iterator[tk.Tk]:
    window = tk.Tk()
    yield window
    window.destroy()


def until(root: tk.Tk, condition: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        root.update()
        time.sleep(0.002)


class TestPump:
    def test_order_and_threads(self, root: tk.Tk) -> None:
        got: list[float] = []
        threads: set[int] = set()

        def show(event: object) -> None:
            assert isinstance(event, OutageEnded)
            got.append(event.seconds)
            threads.add(threading.get_ident())

        pump = Pump(root, show)
        pump.start()
        sender = threading.Thread(target=lambda: [pump.put(OutageEnded(n)) for n in range(2000)])
        sender.start()
        until(root, lambda: len(got) == 2000)
        sender.join()
        pump.stop()
        assert got == list(range(2000))
        assert threads == {threading.get_ident()}

    def test_a_broken_event_does_not_stop_the_next(
        self, root: tk.Tk, caplog: pytest.LogCaptureFixture
    ) -> None:
        got: list[float] = []

        def show(event: object) -> None:
            assert isinstance(event, OutageEnded)
            if event.seconds == 1:
                raise ValueError("broken on purpose")
            got.append(event.seconds)

        pump = Pump(root, show)
        pump.start()
        for number in range(4):
            pump.put(OutageEnded(number))
        until(root, lambda: len(got) == 3)
        pump.stop()
        assert got == [0, 2, 3]
        assert [r.levelno for r in caplog.records] == [logging.ERROR]

    def test_a_flood_leaves_the_loop_free(
        self, root: tk.Tk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One tick takes its budget and no more, however much is waiting."""
        shown: list[int] = []  # in each tick

        def show(_event: object) -> None:
            time.sleep(BUDGET_S / 2)
            shown[-1] += 1

        pump = Pump(root, show)
        monkeypatch.setattr(pump, "_measure", lambda _now: shown.append(0))
        for _number in range(20):
            pump.put(OutageEnded(0))
        pump.start()
        done = time.monotonic() + 20
        while sum(shown) < 20 and time.monotonic() < done:
            root.update()
        pump.stop()
        assert sum(shown) == 20
        assert max(shown) <= 2

    def test_no_thread_begins_to_compute_while_something_is_shown(self, root: tk.Tk) -> None:
        computed = threading.Event()
        seen: list[bool] = []

        def compute() -> None:
            with computing:
                computed.set()

        def show(_event: object) -> None:
            threading.Thread(target=compute).start()
            seen.append(computed.wait(0.03))

        pump = Pump(root, show)
        pump.start()
        pump.put(OutageEnded(0))
        until(root, computed.is_set)
        pump.stop()
        assert seen == [False]

    def test_nothing_is_delivered_after_stop(self, root: tk.Tk) -> None:
        got: list[object] = []
        pump = Pump(root, got.append)
        pump.start()
        pump.put(OutageEnded(1))
        pump.stop()
        for _turn in range(20):
            root.update()
            time.sleep(0.005)
        assert got == []

    def test_gaps_are_counted_in_constant_memory(self) -> None:
        gaps = LoopGaps()
        for _number in range(990):
            gaps.add(0.021)
        for _number in range(10):
            gaps.add(0.3)
        assert gaps.percentile(0.5) == pytest.approx(0.022)
        assert gaps.percentile(0.99) == pytest.approx(0.022)
        assert gaps.percentile(0.995) == pytest.approx(0.3)
        assert gaps.longest == 0.3

    def test_a_slow_tick_is_logged(self, root: tk.Tk, caplog: pytest.LogCaptureFixture) -> None:
        pump = Pump(root, lambda _event: None)
        pump.start()
        root.after(30, lambda: time.sleep(0.25))
        until(root, lambda: pump.gaps.longest > 0.2)
        pump.stop()
        assert any("did not answer" in r.getMessage() for r in caplog.records)


class TestOneCall:
    def test_commands_go_over_in_order_at_the_end(self, root: tk.Tk) -> None:
        label, text = tk.Label(root, text="before"), tk.Text(root)
        with together(root):
            tell(label, "configure", "-text", "first")
            with together(root):
                tell(label, "configure", "-text", "second")
            tell(text, "insert", "end", "a", ("x", "y"), "b", "z")
            assert label.cget("text") == "before"
        assert label.cget("text") == "second"
        assert text.get("1.0", "end-1c") == "ab"
        assert text.tag_names("1.0") == ("x", "y")

    @pytest.mark.parametrize("text", ["", "{", "}", "$one_call [exit] \\", '"a b"; #', "a\n{*}b"])
    def test_texts_arrive_as_they_are(self, root: tk.Tk, text: str) -> None:
        label = tk.Label(root, text="before")
        with together(root):
            tell(label, "configure", "-text", text)
        assert label.cget("text") == text

    def test_outside_a_block_a_command_goes_at_once(self, root: tk.Tk) -> None:
        label = tk.Label(root)
        tell(label, "configure", "-text", "now")
        assert label.cget("text") == "now"


class TestAlarm:
    def test_it_rings_once_for_each_time_it_was_set(self, root: tk.Tk) -> None:
        rung: list[int] = []
        alarm = Alarm(root, lambda: rung.append(1))
        alarm.set(1)
        alarm.set(1)
        until(root, lambda: rung)
        alarm.set(1)
        until(root, lambda: len(rung) == 2)
        time.sleep(0.01)
        root.update()
        assert len(rung) == 2

    def test_cancelled_it_does_not_ring(self, root: tk.Tk) -> None:
        rung: list[int] = []
        alarm = Alarm(root, lambda: rung.append(1))
        alarm.set(1)
        alarm.cancel()
        time.sleep(0.01)
        root.update()
        assert not rung
        alarm.set(1)
        until(root, lambda: rung)


def test_a_window_hears_of_its_own_size_and_of_no_label(root: tk.Tk) -> None:
    heard: list[tk.Misc] = []
    root.bind("<Configure>", lambda event: heard.append(event.widget))
    hear_own_sizes_only(root)
    tk.Label(root, text="label").pack()
    root.geometry("300x200")
    until(root, lambda: root.winfo_width() == 300 and heard)
    assert set(heard) == {root}


class TestBackground:
    @pytest.fixture
    def background(self, root: tk.Tk) -> Iterator[Background]:
        pump = Pump(root, lambda _event: None)
        pump.start()
        work = Background(pump.put)
        yield work
        work.close()
        pump.stop()

    def test_result_or_error_exactly_once_on_the_tk_thread(
        self, root: tk.Tk, background: Background
    ) -> None:
        ends: list[tuple[str, object, int]] = []

        def end(kind: str) -> Callable[[object], None]:
            return lambda what: ends.append((kind, what, threading.get_ident()))

        background.run(lambda: 6 * 7, end("done"), end("failed"))
        background.run(lambda: 1 // 0, end("done"), end("failed"))
        until(root, lambda: len(ends) == 2)
        root.update()
        assert {(kind, str(what)) for kind, what, _ in ends} == {
            ("done", "42"),
            ("failed", "integer division or modulo by zero"),
        }
        assert {thread for _, _, thread in ends} == {threading.get_ident()}

    def test_only_the_newest_answer_of_a_slot_arrives(
        self, root: tk.Tk, background: Background
    ) -> None:
        got: list[int] = []
        release = threading.Event()

        def slow(number: int) -> int:
            release.wait(5)
            return number

        for number in range(3):
            background.run(lambda number=number: slow(number), got.append, slot="search")  # type: ignore[misc]
        release.set()
        until(root, lambda: got)
        for _turn in range(20):
            root.update()
            time.sleep(0.005)
        assert got == [2]

    def test_a_cancelled_job_is_silent(self, root: tk.Tk, background: Background) -> None:
        got: list[object] = []
        release = threading.Event()
        job = background.run(lambda: release.wait(5), got.append, got.append)
        job.cancel()
        release.set()
        for _turn in range(30):
            root.update()
            time.sleep(0.005)
        assert got == []
