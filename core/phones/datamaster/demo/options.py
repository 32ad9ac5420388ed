"""The built-in API's command line: what data, and what goes wrong."""

import argparse
from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.layout import Order
from core.stand_in.faults import Fault, Outage, OutageKind, mixed

_T = TypeVar("_T")


def parser() -> argparse.ArgumentParser:
    """All options of `python -m core.phones.datamaster.demo`."""
    result = argparse.ArgumentParser(
        prog="python -m core.phones.datamaster.demo",
        description="Serves made-up clients, projects and numbers on 127.0.0.1 until its input "
        "ends or it is told to stop. Prints one line: URL and token, as JSON.",
    )
    result.add_argument("--port", type=int, default=0, help="0 takes a free one")
    result.add_argument("--token", help="made up if not given")
    result.add_argument("--page-size", type=int, default=1000)
    result.add_argument("--journal-file", help="write what was asked here at the end (JSON lines)")
    result.add_argument(
        "--no-stdin", action="store_true", help="do not stop when the standard input ends"
    )
    _add_data(result.add_argument_group("data"))
    _add_faults(result.add_argument_group("misbehaviour"))
    return result


def _add_data(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--seed", type=int, default=1)
    group.add_argument("--clients", type=int, default=2411)
    group.add_argument("--projects", type=int, default=4000)
    group.add_argument("--records", type=int, default=1_000_000)
    group.add_argument("--order", choices=get_args(Order), default="append")
    group.add_argument("--rejected-share", type=float, default=0.01, metavar="SHARE")
    group.add_argument("--generation", type=int, default=0, help="how often the data have grown")
    group.add_argument("--grow-records", type=int, default=10_000, help="new records each time")
    group.add_argument("--grow-projects", type=int, default=0, help="new projects each time")
    group.add_argument("--grow-clients", type=int, default=0, help="new clients each time")


def _add_faults(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--latency-ms", type=_range_ms, default=(0.0, 0.0), metavar="MS[-MS]", help="of each answer"
    )
    group.add_argument(
        "--faults", type=float, default=0.0, metavar="SHARE", help="of requests, in all usual ways"
    )
    group.add_argument(
        "--fault",
        type=_pair(Fault, float),
        action="append",
        default=[],
        metavar="KIND=SHARE",
        help=f"one kind ({', '.join(Fault)})",
    )
    group.add_argument("--max-in-a-row", type=int, default=3, help="0: no limit")
    group.add_argument("--retry-after", type=int, default=1, metavar="SECONDS")
    group.add_argument("--wrapped-share", type=float, default=0.0, metavar="SHARE")
    group.add_argument("--error-style", choices=("error", "message", "object"), default="error")
    group.add_argument(
        "--break-projects", type=int, default=0, metavar="N", help="so many projects always fail"
    )
    group.add_argument("--rate-limit", type=float, metavar="PER_SECOND", help="faster gets 429")
    group.add_argument("--slow-above", type=float, metavar="PER_SECOND")
    group.add_argument(
        "--outage",
        type=_outage,
        action="append",
        default=[],
        metavar="AT_REQUEST:SECONDS[:KIND]",
        help=f"KIND is {', '.join(get_args(OutageKind))}",
    )
    group.add_argument("--long-wait-at", type=int, metavar="REQUEST")
    group.add_argument("--long-wait", type=int, default=60, metavar="SECONDS")
    group.add_argument("--revoke-token-at", type=int, metavar="REQUEST")
    group.add_argument(
        "--page-size-at",
        type=_pair(int, int),
        action="append",
        default=[],
        metavar="REQUEST=ROWS",
    )
    group.add_argument(
        "--short-share", type=float, default=0.0, metavar="SHARE", help="pages 1 to 29 rows short"
    )
    group.add_argument(
        "--repeat-last-page", action="store_true", help="in the place of empty pages"
    )


def _range_ms(text: str) -> tuple[float, float]:
    least, _, most = text.partition("-")
    return float(least) / 1000, float(most or least) / 1000


def _pair(left: Callable[[str], _T], right: Callable[[str], float]) -> Callable[[str], object]:
    def pair(text: str) -> tuple[_T, float]:
        first, _, second = text.partition("=")
        return left(first), right(second)

    return pair


def _outage(text: str) -> Outage:
    at, seconds, *rest = text.split(":")
    kind: OutageKind = "reset"
    for kind in get_args(OutageKind):
        if [kind] == rest:
            return Outage(int(at), float(seconds), kind)
    if rest:
        raise argparse.ArgumentTypeError(f"unknown kind of outage: {rest[0]}")
    return Outage(int(at), float(seconds))


def dataset_from(options: argparse.Namespace) -> DemoDataset:
    """The data that the options describe; ValueError where they do not fit together."""
    dataset = DemoDataset(
        options.seed,
        options.clients,
        options.projects,
        options.records,
        order=options.order,
        rejected_share=options.rejected_share,
    )
    growth = Growth(
        options.grow_records,
        new_projects=options.grow_projects,
        new_clients=options.grow_clients,
    )
    for _ in range(options.generation):
        dataset = dataset.grow(growth)
    return dataset


def broken_projects(dataset: DemoDataset, count: int) -> dict[int, str | int]:
    """`count` projects spread over all, in turn with a reason in words and with status 500."""
    ids: Sequence[int] = dataset.project_ids()
    chosen = ids[:: max(1, len(ids) // max(1, count))][:count]
    return {
        project: 500 if number % 2 else "Project is blocked"
        for number, project in enumerate(chosen)
    }


def faults_from(options: argparse.Namespace, dataset: DemoDataset) -> Faults:
    """The misbehaviour that the options describe."""
    return Faults(
        seed=options.seed,
        shares={**mixed(options.faults), **dict(options.fault)},
        max_in_a_row=options.max_in_a_row or None,
        retry_after=options.retry_after,
        latency=options.latency_ms,
        wrapped_share=options.wrapped_share,
        error_style=options.error_style,
        broken_projects=broken_projects(dataset, options.break_projects),
        rate_limit=options.rate_limit,
        slow_above=options.slow_above,
        outages=tuple(options.outage),
        long_wait_at=options.long_wait_at,
        long_wait=options.long_wait,
        revoke_token_at=options.revoke_token_at,
        page_sizes=dict(options.page_size_at),
        short_share=options.short_share,
        repeats_last_page=options.repeat_last_page,
    )
