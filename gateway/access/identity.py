"""Who asks, and what they may do.

The authentication middleware leaves an `Identity` in each request that carries a good
credential; a request without any is nobody's. Handlers say what they need:

    @require(Scope.OPERATOR)
    async def acknowledge(request: web.Request) -> web.Response:
        identity = identity_of(request)
        check_communes(identity, incident.communes, f"incident {name}")
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import wraps
from typing import Final

from aiohttp import web

from gateway.access.refusals import absent, forbidden, nobody

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Scope(IntEnum):
    """What a token may do at large; each may do what those before it may."""

    NARROW = 0
    """Nothing but what its grants name."""
    VIEWER = 1
    """Read."""
    OPERATOR = 2
    """Acknowledge, assign, comment, close, mute, announce work."""
    ADMIN = 3
    """Dead letters, and whatever else is about Srepok itself."""

    @property
    def word(self) -> str:
        """The scope as people write it: viewer, operator, admin, narrow."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever a request comes from.

    Attributes:
        name: for the audit and the timeline: a token's name, or a device's code.
        scope: what it may do at large.
        communes: codes of the communes that exist for it; None: all.
        token_id: public part of its token; empty for a device.
        grants: what it may do besides, such as `adapter:chirpstack`.
        device: code of the device whose key it is; None: no device's.
        session: of a login of the page, the SHA-256 of its cookie; None: it came with no cookie.
    """

    name: str
    scope: Scope
    communes: frozenset[str] | None = None
    token_id: str = ""
    grants: frozenset[str] = frozenset()
    device: str | None = None
    session: bytes | None = field(default=None, repr=False)

    @property
    def sees_all(self) -> bool:
        """Whether everything exists for it, what belongs to no commune among it."""
        return self.scope > Scope.NARROW and self.communes is None

    def sees(self, commune: str | None) -> bool:
        """Return whether a commune's things exist for it; None: what belongs to no commune.

        For who has nothing but grants, nothing does.
        """
        return self.sees_all or (self.scope > Scope.NARROW and commune in (self.communes or ()))


IDENTITY: Final = web.RequestKey("IDENTITY", Identity)


def identity_of(request: web.Request) -> Identity:
    """Return who asks.

    Raises:
        Problem: 401: nobody in particular.
    """
    identity: Identity | None = request.get(IDENTITY)
    if identity is None:
        raise nobody("a token is needed: Authorization: Bearer srp_...")
    return identity


def require(scope: Scope) -> Callable[[Handler], Handler]:
    """Return a decorator: the handler serves only who may do so much.

    The wrapped handler raises Problem: 401 for nobody, 403 for somebody who may not.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: web.Request) -> web.StreamResponse:
            check_scope(identity_of(request), scope)
            return await handler(request)

        return checked

    return decorate


def check_scope(identity: Identity, scope: Scope) -> None:
    """Do nothing if it may do so much.

    Raises:
        Problem: 403: it may not.
    """
    if identity.scope < scope:
        raise forbidden(f"scope {scope.word} is needed; {identity.name} has {identity.scope.word}")


def check_grant(identity: Identity, grant: str) -> None:
    """Do nothing if it has a grant such as `adapter:chirpstack`, or is an admin.

    What comes that way may be of any device, so it is not for those of some communes.

    Raises:
        Problem: 403: it has not, or is of some communes.
    """
    if identity.scope < Scope.ADMIN and grant not in identity.grants:
        raise forbidden(f"a token of scope {grant} is needed")
    if identity.communes is not None:
        raise forbidden(f"a token of scope {grant} for the whole province is needed")


def check_device(identity: Identity, device: str) -> None:
    """Do nothing if this is the device itself.

    Raises:
        Problem: 403: it is another one, or no device.
    """
    if identity.device != device:
        raise forbidden(f"the key of device {device} is needed, as user name and password")


def check_commune(identity: Identity, commune: str | None, what: str) -> None:
    """Do nothing if the commune's things exist for it.

    Args:
        identity: who asks.
        commune: to which the thing belongs; None: to none, so only who sees all sees it.
        what: kind and name of the thing, such as `device fib-24133-1`.

    Raises:
        Problem: 404, word for word what is said of a thing that is not there.
    """
    if not identity.sees(commune):
        raise absent(what)


def check_communes(identity: Identity, communes: Iterable[str], what: str) -> None:
    """Do nothing if any of the communes' things exist for it; see `check_commune`.

    Raises:
        Problem: 404, none of them do.
    """
    if not identity.sees_all and not any(identity.sees(each) for each in communes):
        raise absent(what)
