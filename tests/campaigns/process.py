"""A process that sends: python -m tests.campaigns.process, with a JSON of what to do as argument.

Without the limits of the settings, which would make of every test an hour.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen

from core.campaigns.sending.board import Board
from core.campaigns.sending.campaign import Campaign
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.queue import Queue
from core.campaigns.storage.cipher import Cipher
from core.campaigns.storage.claims import Terms
from core.campaigns.storage.database import open_database
from core.campaigns.storage.keeping_senders import senders_of
from core.campaigns.storage.sessions import begin
from core.clock import SystemClock
from core.database.sql.place import parse_place
from core.settings.secret import Secret
from core.stop import StopSignal
from tests.campaigns.kit import UNLIMITED

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Job:
    """`senders`: which of the group's senders work here, by their place; all where it is empty."""

    url: str
    key: str
    api: str
    group: str = "g"
    senders: tuple[int, ...] = ()
    cycles: int = 1
    lease: float = 60.0
    cycle_delay: float = 0.0


def start(job: Job) -> "Popen[str]":
    return Popen(
        [sys.executable, "-m", "tests.campaigns.process", json.dumps(asdict(job))],
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    )


def work(job: Job) -> int:
    place = parse_place(job.url, "CAMPAIGNS_DATABASE_URL")
    engine = open_database(place)
    clock, cipher = SystemClock(), Cipher(Secret(job.key))
    with engine.begin() as connection:
        session = begin(connection, job.group, job.cycles, clock.now(), seed=1)
        senders = senders_of(connection, cipher, job.group, working=False)
    if session is None:
        return 0
    senders.sort(key=lambda sender: sender.id)
    if job.senders:
        senders = [senders[place] for place in job.senders]
    terms = Terms(
        UNLIMITED,
        cycle_delay=timedelta(seconds=job.cycle_delay),
        lease=timedelta(seconds=job.lease),
    )

    def open_line(sender: Sender, proxy_is_dead: Callable[[], None]) -> Line:
        return Line(sender, job.api, seconds=20, proxy_is_dead=proxy_is_dead)

    queue = Queue(engine, place, clock, f"process:{os.getpid()}")
    campaign = Campaign(queue, Orders(session, terms), senders, open_line, Board(), StopSignal())
    campaign.start()
    print("started", flush=True)
    while not campaign.wait(0.2):
        pass
    return campaign.close()


if __name__ == "__main__":
    sys.exit(work(Job(**json.loads(sys.argv[1]))))
