"""How many projects a client has and how many records a project has: skewed, exact in sum."""

from array import array
from collections.abc import Sequence
from random import Random

# Where off-by-one mistakes of paging live: just below, on and above the documented page size.
EDGE_SIZES = (999, 1000, 1001, 2000, 500, 1500, 0, 1)


def share_out(total: int, weights: Sequence[float]) -> "array[int]":
    """Whole numbers in proportion to `weights` whose sum is exactly `total`."""
    result = array("q", bytes(8 * len(weights)))
    whole = sum(weights)
    if not weights or whole <= 0:
        if total:
            raise ValueError("there is nobody to share among")
        return result
    passed = 0.0
    given = 0
    for index, weight in enumerate(weights):
        # Rounding the running sum instead of each part keeps the sum exact without a second pass.
        passed += weight
        upto = total if index == len(weights) - 1 else min(total, int(total * passed / whole))
        result[index] = upto - given
        given = upto
    return result


def project_sizes(draws: Random, projects: int, records: int) -> "array[int]":
    """Records of each project: about 8 % empty, many small, a few of several thousand."""
    if projects == 0:
        if records:
            raise ValueError("records need at least one project")
        return array("q")
    weights = [
        0.0 if draws.random() < 0.08 else draws.lognormvariate(0.0, 1.5) for _ in range(projects)
    ]
    fixed: dict[int, int] = {}
    if projects >= 50 and records >= 2 * sum(EDGE_SIZES):  # else they would be most of it
        for number, size in enumerate(EDGE_SIZES):
            index = (number * 2 + 1) * projects // (2 * len(EDGE_SIZES))
            fixed[index] = size
            weights[index] = 0.0
    if not any(weights):
        weights = [1.0 if index not in fixed else 0.0 for index in range(projects)]
    sizes = share_out(records - sum(fixed.values()), weights)
    for index, size in fixed.items():
        sizes[index] += size
    return sizes


def projects_of_clients(draws: Random, clients: int, projects: int) -> "array[int]":
    """Projects of each client: most have none to three, one client has about a tenth of all."""
    weights = [draws.lognormvariate(0.0, 1.2) for _ in range(clients)]
    if clients >= 20:
        weights[clients // 3] = sum(weights) / 9
    return share_out(projects, weights)
