"""`python -m core.cars.stand_in`: the built-in vendor as a process of its own."""

import argparse
import json
import signal
import sys
import threading

from core.cars.stand_in.market import Market
from core.cars.stand_in.server import VendorFaults, VendorServer


def main() -> None:
    """Serve until SIGTERM or Ctrl+C. Each line of the standard input is a number of changes that
    are to happen; each is answered by a line that says how many listings are on sale."""
    parser = argparse.ArgumentParser(prog="python -m core.cars.stand_in", description=__doc__)
    parser.add_argument("--listings", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of each answer")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    latency = options.latency_ms / 1000
    faults = VendorFaults(latency=(latency, latency))
    server = VendorServer(Market(options.listings), faults=faults, port=options.port)
    with server:
        _say({"url": server.url, "key": server.key})
        threading.Thread(target=_listen, args=(server, stop), daemon=True).start()
        stop.wait()


def _listen(server: VendorServer, stop: threading.Event) -> None:
    for line in sys.stdin:
        server.market.happen(int(line))
        _say({"active": len(server.market), "answered": server.journal.answered})
    stop.set()


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
