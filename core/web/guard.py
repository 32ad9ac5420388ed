"""Lets nobody in without a token, before anything of the request is read but its headers."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import UserError
from core.i18n import _
from core.web.address import Address
from core.web.problems import Problem, away, problem_response
from core.web.rate import Allowance, Rate
from core.web.tokens import StoredToken, TokenRegister

DOCS = frozenset({"/docs", "/openapi.json"})
FAILURES_PER_MINUTE = 60  # wrong tokens from one address
_PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


@dataclass(slots=True)
class Guard:
    """Who may ask what. `always` and `nearby` are paths that need no token: the first for
    everybody, the second for who asks from this computer a server that only it can reach, and
    not through a proxy."""

    register: TokenRegister
    rate: Rate
    address: Address
    always: frozenset[str] = frozenset({"/health"})
    nearby: frozenset[str] = frozenset()
    failures: Rate = field(default_factory=lambda: Rate(FAILURES_PER_MINUTE, "wrong tokens"))

    def is_open(self, scope: Scope, headers: Headers) -> bool:
        """Whether it is answered without a token."""
        path = scope["path"]
        if path in self.always:
            return True
        return (
            path in self.nearby
            and self.address.is_loopback
            and not any(name in headers for name in _PROXY_HEADERS)
        )


class GuardMiddleware:
    """Stands before the routes: what they see is let in. Puts the StoredToken, or None where
    none was needed, into `request.state.token`."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state["token"] = None
        if self._guard.is_open(scope, headers):
            await self._app(scope, receive, send)
            return
        try:
            token, allowance = await self._admit(headers, scope)
        except Problem as problem:
            await problem_response(problem)(scope, receive, send)
            return
        except UserError as error:
            await problem_response(away(error))(scope, receive, send)
            return
        state["token"] = token

        async def send_with_allowance(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(allowance.headers())
            await send(message)

        await self._app(scope, receive, send_with_allowance)

    async def _admit(self, headers: Headers, scope: Scope) -> tuple[StoredToken, Allowance]:
        given = _given(headers)
        if given is None:
            raise _unauthorised(
                _("A token is missing: send it in Authorization: Bearer … or in X-API-Key.")
            )
        token = await self._guard.register.find(given)
        if token is None:
            client = scope.get("client")
            spent = await self._guard.failures.spend(f"address {client[0] if client else '?'}")
            if not spent.within:
                detail = _("Too many wrong tokens; try again in {seconds} s.")
                raise Problem(429, detail.format(seconds=spent.reset), headers=spent.headers())
            raise _unauthorised(_("This token is unknown, revoked or expired."))
        allowance = await self._guard.rate.spend(f"token {token.id}")
        if not allowance.within:
            detail = _("More than {limit} requests a minute; go on in {seconds} s.")
            detail = detail.format(limit=allowance.limit, seconds=allowance.reset)
            raise Problem(429, detail, headers=allowance.headers())
        return token, allowance


def _given(headers: Headers) -> str | None:
    scheme, _space, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return headers.get("x-api-key") or None


def _unauthorised(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})


_bearer = HTTPBearer(auto_error=False, scheme_name="bearer")
_key = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="key")


def asker(request: Request) -> StoredToken | None:
    """Whose token it was; None where none was needed."""
    token: StoredToken | None = request.state.token
    return token


def needs(scope: str | None = None) -> Any:
    """For `dependencies=` of a route: its token must have `scope`, or may be any. Tells OpenAPI
    that a token is needed; raises Problem 403."""

    async def check(
        request: Request,
        _one: Annotated[Any, Security(_bearer)],
        _other: Annotated[Any, Security(_key)],
    ) -> None:
        token = asker(request)
        if scope is not None and token is not None and scope not in token.scopes:
            detail = _("This token may not do that: it has no scope {scope}.")
            raise Problem(403, detail.format(scope=scope))

    return Depends(check)
