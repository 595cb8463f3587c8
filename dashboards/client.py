"""A Grafana over its HTTP API: the few calls that pushing dashboards takes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from pydantic import SecretStr

from dashboards.errors import (
    GrafanaError,
    HandEditedError,
    ReadOnlyError,
    TokenError,
    UnreachableError,
)

_TIMEOUT: Final = ClientTimeout(total=30, connect=5)
_UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _CHANGED = 401, 403, 404, 412
_LEADS_FROM, _ERRORS_FROM = 300, 400
_NO_GRAFANA: Final = "answers, but not as a Grafana does: is the address right?"
_MOST: Final = 5_000
"""Of what a search finds."""


@dataclass(frozen=True, slots=True)
class Found:
    """A dashboard as a Grafana has it.

    Attributes:
        dashboard: its JSON.
        version: number of its newest version.
        message: what was said when that was saved.
        saved_by: who did.
        provisioned: whether it comes from a file of the server.
        folder: uid of its folder; empty: it lies in none.
        writable: whether the token may save it.
    """

    dashboard: Mapping[str, Any]
    version: int
    message: str
    saved_by: str
    provisioned: bool
    folder: str
    writable: bool


class Grafana:
    """A Grafana.

    Args:
        session: connections.
        url: its address, without a slash at the end.
        token: of a service account.
    """

    def __init__(self, session: ClientSession, url: str, token: SecretStr) -> None:
        self._session = session
        self._token = token
        self.url = url

    async def version(self) -> str | None:
        """Return its version; none: it does not tell. What is no Grafana sees no token.

        Raises:
            GrafanaError: it is no Grafana.
        """
        health = await self._ask("GET", "/api/health", named=False) or {}
        if "database" not in health:
            raise GrafanaError(f"{self.url}: {_NO_GRAFANA}")
        found = health.get("version")
        return found if isinstance(found, str) and found else None

    async def data_source(self, uid: str) -> Mapping[str, Any] | None:
        """Return the data source of this uid; none: there is no such."""
        return await self._ask("GET", f"/api/datasources/uid/{uid}")

    async def make_data_source(self, source: Mapping[str, Any]) -> None:
        """Make a data source; the token needs the role Admin for it."""
        await self._ask("POST", "/api/datasources", source)

    async def may_save_in(self, folder: str) -> bool | None:
        """Return whether the token may save dashboards in a folder; none: there is no such."""
        found = await self._ask("GET", f"/api/folders/{folder}")
        return None if found is None else found.get("canSave") is not False

    async def make_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        await self._ask("POST", "/api/folders", {"uid": uid, "title": title})

    async def find(self, uid: str) -> Found | None:
        """Return a dashboard; none: there is no such."""
        answer = await self._ask("GET", f"/api/dashboards/uid/{uid}")
        if answer is None:
            return None
        meta = answer.get("meta", {})
        newest = await self._newest(uid)
        return Found(
            dashboard=answer["dashboard"],
            version=int(meta.get("version") or answer["dashboard"].get("version") or 0),
            message=str(newest.get("message", "")),
            saved_by=str(newest.get("createdBy", meta.get("updatedBy", ""))),
            provisioned=bool(meta.get("provisioned")),
            folder=str(meta.get("folderUid") or ""),
            writable=meta.get("canSave") is not False,
        )

    async def save(
        self, dashboard: Mapping[str, Any], folder: str, message: str, replaces: int | None
    ) -> None:
        """Save a dashboard as the version after the one that it replaces.

        Raises:
            HandEditedError: somebody saved another version in the meantime.
        """
        version = {} if replaces is None else {"version": replaces}
        body = {
            "dashboard": {**dashboard, "id": None, **version},
            "folderUid": folder,
            "message": message,
            "overwrite": False,
        }
        await self._ask("POST", "/api/dashboards/db", body)

    async def tagged(self, tag: str) -> list[str]:
        """Return the uids of all dashboards with a tag."""
        found = await self._ask("GET", f"/api/search?type=dash-db&tag={tag}&limit={_MOST}") or {}
        return [str(hit["uid"]) for hit in found.get("items", ())]

    async def delete(self, uid: str) -> None:
        """Delete a dashboard."""
        await self._ask("DELETE", f"/api/dashboards/uid/{uid}")

    async def _newest(self, uid: str) -> dict[str, Any]:
        answer = await self._ask("GET", f"/api/dashboards/uid/{uid}/versions?limit=1")
        # The call's documents have a list; servers have sent an object around it for years.
        versions = (answer or {}).get("versions") or (answer or {}).get("items") or [{}]
        newest: dict[str, Any] = versions[0]
        return newest

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, named: bool = True
    ) -> dict[str, Any] | None:
        """Return the answer; none: there is no such thing.

        Args:
            method: of HTTP.
            path: and query.
            body: sent as JSON.
            named: whether the token goes along.

        Raises:
            GrafanaError: or one of its kinds.
        """
        bearer = f"Bearer {self._token.get_secret_value()}"
        headers = {"Authorization": bearer} if named else {}
        try:
            async with self._session.request(
                # Nothing secret is taken along to wherever an answer leads.
                *(method, self.url + path),
                json=body,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                self._refuse_another(answer)
                said = await _said(answer)
                if answer.status == _NOT_FOUND and method == "GET":
                    return None
                self._check(answer.status, f"{method} {path}", str(said.get("message", "")))
                return said
        except (ClientError, TimeoutError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"{self.url}: no answer: {reason}") from error

    def _refuse_another(self, answer: ClientResponse) -> None:
        if _LEADS_FROM <= answer.status < _ERRORS_FROM:
            target, _, _ = answer.headers.get("Location", "nowhere").partition("?")
            raise GrafanaError(
                f"{self.url}: {answer.status}: leads on to {target}: give the address that it has "
                f"itself"
            )

    def _check(self, status: int, call: str, message: str) -> None:
        if status < _ERRORS_FROM:
            return
        place = f"{self.url}: {call}: {status}"
        if status == _UNAUTHORISED:
            raise TokenError(
                f"{place}: the token is not one of this Grafana's, or has run out; make one for a "
                f"service account with the role Editor"
            )
        if status == _FORBIDDEN or "provisioned" in message:
            raise ReadOnlyError(f"{place}: may not be written with this token: {message}")
        if status == _CHANGED:
            raise HandEditedError(f"{place}: somebody saved it in this very moment: {message}")
        raise GrafanaError(f"{place}: {message or 'no reason given'}")


@asynccontextmanager
async def open_grafana(url: str, token: SecretStr) -> AsyncIterator[Grafana]:
    """Open connections to a Grafana, and close them in the end."""
    headers = {"Accept": "application/json"}
    async with ClientSession(headers=headers, timeout=_TIMEOUT) as session:
        yield Grafana(session, url, token)


async def _said(answer: ClientResponse) -> dict[str, Any]:
    """Return what was said, whatever its shape; some errors are text."""
    try:
        said = await answer.json(content_type=None)
    except ValueError:
        if answer.status < _ERRORS_FROM:
            raise GrafanaError(f"{answer.url.origin()}: {_NO_GRAFANA}") from None
        return {}
    return said if isinstance(said, dict) else {"items": said}
