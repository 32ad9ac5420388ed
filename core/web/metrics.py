"""The text that Prometheus reads."""

import asyncio

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
)
from starlette.responses import Response

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which nobody looks at


async def exposition(registry: CollectorRegistry) -> Response:
    """All of `registry`. It is read in another thread: its collectors may ask a database."""
    text = await asyncio.to_thread(generate_latest, registry)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})
