"""One service over HTTP: a request in, JSON or a named trouble out.

The one file that knows the HTTP library. All coroutines belong to the hub's loop.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import truststore

from core.hub.database.tasks import Service
from core.hub.services.trouble import Kind, ServiceTrouble, shown_detail
from core.settings.secret import Secret

log = logging.getLogger(__name__)

ANSWER_SECONDS = 40.0  # services that are slow answer within 25
CONNECT_SECONDS = 5.0
LARGEST_ANSWER = 5_000_000

Json = dict[str, Any]


class ServiceHttp:
    """The connections to one service. Close it when done."""

    def __init__(
        self,
        service: Service,
        url: str,
        token: Secret | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`seconds` is how long an answer may take, where a request says nothing else."""
        self.service = service
        self._seconds = seconds
        headers = {"Authorization": f"Bearer {token.reveal()}"} if token else {}
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers=headers,
            verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,  # the services are ours: no proxy of the desktop between us
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(
        self,
        path: str,
        parameters: Mapping[str, str | int] | None = None,
        seconds: float | None = None,
    ) -> Json:
        """The JSON object that `GET path` answers. Raises ServiceTrouble."""
        return self._object(await self._ask("GET", path, parameters, None, seconds))

    async def post(
        self,
        path: str,
        body: Json | None = None,
        parameters: Mapping[str, str | int] | None = None,
        seconds: float | None = None,
    ) -> Json:
        """As `get`. A POST is sent once: what no answer came to is not sent again."""
        return self._object(await self._ask("POST", path, parameters, body, seconds))

    async def file(self, path: str, seconds: float) -> bytes:
        """The bytes that `GET path` answers. Raises ServiceTrouble."""
        return (await self._ask("GET", path, None, None, seconds, largest=50_000_000)).content

    async def _ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str | int] | None,
        body: Json | None,
        seconds: float | None,
        largest: int = LARGEST_ANSWER,
    ) -> httpx.Response:
        seconds = self._seconds if seconds is None else seconds
        timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        kind, detail = Kind.NO_ANSWER, ""
        try:
            request = self._client.build_request(
                method, path, params=parameters, json=body, timeout=timeout
            )
            response = await self._bounded(request, seconds, largest)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            kind = Kind.UNREACHABLE
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            kind = Kind.UNREACHABLE
        except (httpx.HTTPError, TimeoutError) as error:
            detail = type(error).__name__
        else:
            self._check(response)
            return response
        log.debug("%s: %s %s: %s %s", self.service, method, path, kind, detail)
        raise ServiceTrouble(self.service, kind)  # outside the handler: no address in its context

    async def _bounded(
        self, request: httpx.Request, seconds: float, largest: int
    ) -> httpx.Response:
        """The answer, read whole. Bounded in time and size as a whole: a service that sends a
        byte now and then would hold us for ever."""
        async with asyncio.timeout(seconds + 1):
            response = await self._client.send(request, stream=True)
            try:
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > largest:
                        raise ServiceTrouble(self.service, Kind.NONSENSE)
            finally:
                await response.aclose()
        return httpx.Response(
            response.status_code, headers=_plain(response.headers), content=bytes(content)
        )

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status < 400:
            return
        kind = {404: Kind.NOT_KNOWN, 409: Kind.BUSY}.get(
            status, Kind.FAILED if status >= 500 else Kind.REFUSED
        )
        raise ServiceTrouble(self.service, kind, _detail(response))

    def _object(self, response: httpx.Response) -> Json:
        try:
            answer = json.loads(response.content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ServiceTrouble(self.service, Kind.NONSENSE)
        return answer


def part(name: str) -> str:
    """A service's name of something, as one part of a path, whatever it holds."""
    return quote(name, safe="")


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Without those that speak of a form that the content has no more."""
    left_out = ("content-encoding", "content-length", "transfer-encoding")
    return {name: value for name, value in headers.items() if name not in left_out}


def _detail(response: httpx.Response) -> str:
    """`detail` of the services and of problem+json; FastAPI also gives a list of what is wrong."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        return ""
    detail = answer.get("detail") if isinstance(answer, dict) else None
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        detail = detail[0].get("msg")
    return shown_detail(detail)
