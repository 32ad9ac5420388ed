"""`python -m core.phones.datamaster.demo`: the built-in API as a process of its own."""

import json
import os
import signal
import sys
import threading
from pathlib import Path

from core.phones.datamaster.demo.options import dataset_from, faults_from, parser
from core.phones.datamaster.demo.server import DemoServer


def _wait_for_end(stop: threading.Event) -> None:
    # os.read and not sys.stdin: a thread inside sys.stdin would hold its lock at exit.
    while os.read(0, 4096):
        pass
    stop.set()


def main() -> None:
    """Serve until SIGTERM, Ctrl+C or the end of the standard input."""
    arguments = parser()
    options = arguments.parse_args()
    try:
        dataset = dataset_from(options)
    except ValueError as error:
        arguments.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = DemoServer(
        dataset,
        token=options.token,
        port=options.port,
        page_size=options.page_size,
        faults=faults_from(options, dataset),
    )
    with server:
        sys.stdout.write(json.dumps({"url": server.url, "token": server.token}) + "\n")
        sys.stdout.flush()
        if not options.no_stdin:
            threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
        stop.wait()
    if options.journal_file:
        with Path(options.journal_file).open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in server.journal.to_lines())


if __name__ == "__main__":
    main()
