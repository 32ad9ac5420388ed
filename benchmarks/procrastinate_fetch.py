"""The other side of benchmarks/campaign_claims.py: procrastinate's own fetch, in its own Python.

prepare URL JOBS | fetch URL SECONDS
"""

import asyncio
import sys
import time

import procrastinate  # type: ignore[import-not-found]


async def prepare(url: str, jobs: int) -> None:
    """Its tables, and so many jobs."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="send")  # type: ignore[untyped-decorator]
    def send(chat: int) -> None:
        pass

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for begin in range(0, jobs, 5000):
            chats = range(begin, min(jobs, begin + 5000))
            await send.batch_defer_async(*({"chat": chat} for chat in chats))


async def fetch(url: str, seconds: float) -> int:
    """How many jobs one worker gets, one after the other."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=1)
    )
    async with app.open_async():
        worker = await app.job_manager.register_worker()
        print("ready", flush=True)
        sys.stdin.readline()
        count, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            if await app.job_manager.fetch_job(queues=None, worker_id=worker) is None:
                raise RuntimeError("no jobs are left")
            count += 1
    return count


if __name__ == "__main__":
    what, address, number = sys.argv[1:]
    if what == "prepare":
        asyncio.run(prepare(address, int(number)))
    else:
        print(asyncio.run(fetch(address, float(number))))
