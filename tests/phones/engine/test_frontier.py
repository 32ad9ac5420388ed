"""Who waits for work must not keep the processor busy, and must be woken when there is some."""

import threading
import time

from core.phones.engine.frontier import Frontier, ListProjects, ReadProject
from core.phones.storage.checkpoints import ProjectTask
from core.phones.upstream import Client


def waiting_workers(frontier: Frontier, count: int) -> list[threading.Thread]:
    def work() -> None:
        while frontier.take() is not None:
            frontier.done()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_waiting_workers_do_not_wake_each_other() -> None:
    frontier = Frontier()
    workers = waiting_workers(frontier, 5)
    try:
        time.sleep(0.05)
        before = time.process_time()
        time.sleep(0.4)
        assert time.process_time() - before < 0.1
    finally:
        frontier.close()
        for worker in workers:
            worker.join()


def test_projects_found_by_the_last_task_are_taken_and_end_the_phase() -> None:
    frontier = Frontier()
    frontier.start_phase([ListProjects(Client(1, "one"))])
    assert frontier.take() == ListProjects(Client(1, "one"))
    workers = waiting_workers(frontier, 3)
    try:
        assert not frontier.wait_phase(0.05)
        frontier.done([ReadProject(ProjectTask(1, n, "")) for n in range(50)])
        assert frontier.wait_phase(5)
    finally:
        frontier.close()
        for worker in workers:
            worker.join()
