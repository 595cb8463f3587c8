"""Operations: each route declared once, as data, from which it is served and described."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, Field

from gateway.access.identity import Identity, Scope
from gateway.api.values import Paging, Question
from gateway.problems.kinds import (
    BAD_CURSOR,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    MALFORMED,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    STALE,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED,
    ProblemKind,
)
from runtime.database.pool import Pool

Asks = TypeVar("Asks", bound=Question)
Sends = TypeVar("Sends", bound=BaseModel | None)


class Form(StrEnum):
    """In what form an answer is given."""

    JSON = "json"
    CSV = "csv"


class NoQuestion(Question):
    """No parameters."""


class FormQuestion(Question):
    """The parameter of what can be had as CSV."""

    format: Form | None = Field(None, description="In place of the header Accept; JSON by default.")


@dataclass(frozen=True, slots=True)
class Asked(Generic[Asks, Sends]):
    """A request that was read and found good, and what is needed to answer it.

    Attributes:
        path: the parts of the address, by name.
        query: the parameters.
        body: what was sent; None where nothing is taken.
        form: in which the answer is wanted.
        if_match: the version that the caller knows; None: it does not say.
        identity: who asks.
        now: when.
    """

    request: web.Request
    path: Mapping[str, str]
    query: Asks
    body: Sends
    form: Form
    if_match: str | None
    identity: Identity
    now: datetime
    pool: Pool

    @property
    def scope(self) -> list[str] | None:
        """The communes that exist for whoever asks, as queries take them; None: all."""
        communes = self.identity.communes
        return None if communes is None else sorted(communes)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with more than its content."""

    content: BaseModel
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Lines = AsyncIterator[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer as CSV, some lines at a time.

    Attributes:
        name: of the file, without its ending.
        columns: in order.
        lines: as they come; each maps columns to values.
    """

    name: str
    columns: Sequence[str]
    lines: Lines


Result = BaseModel | Reply | Sheet | web.StreamResponse
Run = Callable[[Asked[Any, Any]], Awaitable[Result]]

_ALWAYS: Final = (MALFORMED, TOO_MANY, INTERNAL, UNAVAILABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked for or done.

    Attributes:
        name: unique; what generated clients call it.
        method: of HTTP.
        path: with its variable parts in braces; their types are in `parameters.PATH`.
        tag: under which heading it is described.
        summary: one line.
        description: what else there is to know.
        scope: what it takes to do it; None: nothing.
        grant: that does instead of the scope.
        query: its parameters.
        body: what it takes; None: nothing.
        body_required: whether it has to be sent.
        answer: what it gives; None: `media`, byte for byte.
        status: of that.
        sheet: whether it can be had as CSV.
        media: the content type, where the answer is no JSON.
        versioned: whether it heeds If-Match and answers with an ETag.
        problems: kinds that can come of it, besides those that can come of anything.
        run: answers it.
    """

    name: str
    method: str
    path: str
    tag: str
    summary: str
    description: str = ""
    scope: Scope | None = Scope.VIEWER
    grant: str | None = None
    query: type[Question] = NoQuestion
    body: type[BaseModel] | None = None
    body_required: bool = True
    answer: type[BaseModel] | None
    status: int = 200
    sheet: bool = False
    media: str = "application/json"
    versioned: bool = False
    problems: tuple[ProblemKind, ...] = ()
    run: Run

    def kinds(self) -> list[ProblemKind]:
        """Return every kind of problem that can come of it, by status and name."""
        kinds = {*_ALWAYS, *self.problems, INVALID}
        if self.scope is not None:
            kinds |= {UNAUTHENTICATED, FORBIDDEN}
        if "{" in self.path:
            kinds.add(NOT_FOUND)
        if issubclass(self.query, Paging):
            kinds.add(BAD_CURSOR)
        if self.body is not None:
            kinds |= {UNSUPPORTED, TOO_LARGE}
        if self.sheet:
            kinds.add(NOT_ACCEPTABLE)
        if self.versioned and self.body is not None:
            kinds.add(STALE)
        return sorted(kinds, key=lambda kind: (kind.status, kind.name))
