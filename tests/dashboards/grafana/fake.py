"""A Grafana that is none: the calls we make, of those that the published list has.

It does what the real one does with tokens, folders, versions of a dashboard, and what it may not
write. It takes no call that is not in `schemas/endpoints.csv`, and neither takes nor gives what the
API does not describe in `schemas/api.json`.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiohttp import web
from jsonschema import Draft7Validator

SCHEMAS: Final = Path(__file__).parents[1] / "schemas"
TOKEN: Final = "glsa_right"
VIEWER: Final = "glsa_viewer"
CREATED: Final = "2026-11-25T12:00:00Z"


class Call(NamedTuple):
    """What the API says of one call: models of its body and answer, and its parameters."""

    body: str | None
    answer: str
    parameters: frozenset[str] = frozenset()


CALLS: Final[Mapping[tuple[str, str], Call]] = {
    ("GET", "/api/health"): Call(None, "HealthResponse"),
    ("GET", "/api/datasources/uid/{uid}"): Call(None, "DataSource"),
    ("POST", "/api/datasources"): Call("AddDataSourceCommand", "AddDataSourceOKBody"),
    ("GET", "/api/folders"): Call(None, "FolderSearchHit", frozenset({"limit", "page"})),
    ("GET", "/api/folders/{folder_uid}"): Call(None, "Folder"),
    ("DELETE", "/api/folders/{folder_uid}"): Call(
        None, "DeleteFolderOKBody", frozenset({"forceDeleteRules"})
    ),
    ("POST", "/api/folders"): Call("CreateFolderCommand", "Folder"),
    ("GET", "/api/dashboards/uid/{uid}"): Call(None, "DashboardFullWithMeta"),
    ("DELETE", "/api/dashboards/uid/{uid}"): Call(None, "DeleteDashboardByUIDOKBody"),
    ("GET", "/api/dashboards/uid/{uid}/versions"): Call(
        None, "DashboardVersionResponseMeta", frozenset({"limit", "start"})
    ),
    ("POST", "/api/dashboards/db"): Call("SaveDashboardCommand", "PostDashboardOKBody"),
    ("GET", "/api/search"): Call(None, "Hit", frozenset({"type", "tag", "limit", "page", "query"})),
}
"""The calls that it takes; an answer may be a list of the model."""


def published() -> set[tuple[str, str]]:
    """Return method and path of each operation of Grafana 13."""
    with (SCHEMAS / "endpoints.csv").open() as file:
        return {(row["method"], row["path"]) for row in csv.DictReader(file)}


@cache
def models() -> dict[str, Any]:
    """Return the API's models."""
    made: dict[str, Any] = json.loads((SCHEMAS / "api.json").read_text())["definitions"]
    return made


@cache
def _dashboards() -> Draft7Validator:
    schema = json.loads((SCHEMAS / "dashboard.jsonschema.json").read_text())
    for holder, key in (("MatcherConfig", "options"), ("DynamicConfigValue", "value")):
        schema["definitions"][holder]["properties"][key] = {}
    return Draft7Validator(schema)


def complaints(model: str, value: object) -> list[str]:
    """Return what is wrong with a value of a model."""
    schema = {"$ref": f"#/definitions/{model}", "definitions": models()}
    return [
        f"{model}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft7Validator(schema).iter_errors(value)
    ]


@dataclass
class Saved:
    """A dashboard with all its versions, the newest last."""

    folder: str
    versions: list[dict[str, Any]] = field(default_factory=list)
    provisioned: bool = False


class FakeGrafana:
    """The state, and the handlers of calls."""

    def __init__(self) -> None:
        self.version: str | None = "13.1.4"
        self.data_sources: dict[str, dict[str, Any]] = {
            "srepok": {
                "id": 1,
                "uid": "srepok",
                "name": "Srepok",
                "type": "grafana-postgresql-datasource",
                "jsonData": {"database": "srepok", "timescaledb": True},
            }
        }
        self.folders: dict[str, str] = {}
        self.read_only_folders: set[str] = set()
        self.dashboards: dict[str, Saved] = {}
        self.secrets: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self.complaints: list[str] = []
        # Somebody saves a version after each look at the versions: for the race.
        self.races = False

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._admit])
        handlers = {
            ("GET", "/api/health"): self._health,
            ("GET", "/api/datasources/uid/{uid}"): self._data_source,
            ("POST", "/api/datasources"): self._make_data_source,
            ("GET", "/api/folders"): self._list_folders,
            ("GET", "/api/folders/{folder_uid}"): self._folder,
            ("DELETE", "/api/folders/{folder_uid}"): self._delete_folder,
            ("POST", "/api/folders"): self._make_folder,
            ("GET", "/api/dashboards/uid/{uid}"): self._dashboard,
            ("DELETE", "/api/dashboards/uid/{uid}"): self._delete,
            ("GET", "/api/dashboards/uid/{uid}/versions"): self._versions,
            ("POST", "/api/dashboards/db"): self._save,
            ("GET", "/api/search"): self._search,
        }
        assert handlers.keys() == CALLS.keys()
        assert handlers.keys() <= published()
        for (method, path), handler in handlers.items():
            application.router.add_route(method, path, handler)
        return application

    @web.middleware
    async def _admit(
        self,
        request: web.Request,
        handler: Any,  # noqa: ANN401 - aiohttp's own type is private
    ) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path != "/api/health":
            if token not in {TOKEN, VIEWER}:
                return _said(401, "Invalid API key")
            if request.method != "GET" and token == VIEWER:
                return _said(403, "You'll need additional permissions to perform this action")
        wrong = await self._wrong_request(request)
        if wrong:
            self.complaints += wrong
            return _said(400, f"bad request data: {wrong}")
        response: web.Response = await handler(request)
        self.complaints += _wrong_answer(request, response)
        return response

    async def _wrong_request(self, request: web.Request) -> list[str]:
        call = _call(request)
        if call is None:
            return []
        wrong = [f"no parameter {name!r}" for name in request.query if name not in call.parameters]
        if call.body is not None:
            return wrong + complaints(call.body, await request.json())
        return wrong + (["no body belongs there"] if request.can_read_body else [])

    async def _health(self, _request: web.Request) -> web.Response:
        told = {"version": self.version} if self.version else {}
        return web.json_response({"database": "ok", **told})

    async def _data_source(self, request: web.Request) -> web.Response:
        uid = request.match_info["uid"]
        found = self.data_sources.get(uid)
        return web.json_response(found) if found else _said(404, "Data source not found")

    async def _make_data_source(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["uid"] in self.data_sources:
            return _said(409, "data source with the same name already exists")
        self.secrets = asked.pop("secureJsonData")
        made = self.data_sources[asked["uid"]] = {"id": 2, **asked}
        about = {"id": 2, "name": asked["name"], "message": "Datasource added"}
        return web.json_response({**about, "datasource": made})

    async def _folder(self, request: web.Request) -> web.Response:
        uid = request.match_info["folder_uid"]
        if uid not in self.folders:
            return _said(404, "folder not found")
        return web.json_response(self._folder_of(uid))

    async def _list_folders(self, _request: web.Request) -> web.Response:
        listed = [{"uid": uid, "title": title} for uid, title in self.folders.items()]
        return web.json_response(listed)

    async def _delete_folder(self, request: web.Request) -> web.Response:
        uid = request.match_info["folder_uid"]
        if uid not in self.folders:
            return _said(404, "folder not found")
        title = self.folders.pop(uid)
        inside = [name for name, saved in self.dashboards.items() if saved.folder == uid]
        for name in inside:
            del self.dashboards[name]
        return web.json_response({"id": 3, "title": title, "message": "Folder deleted"})

    async def _make_folder(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["uid"] in self.folders:
            return _said(412, "the folder has been changed by someone else")
        self.folders[asked["uid"]] = asked["title"]
        return web.json_response(self._folder_of(asked["uid"]))

    def _folder_of(self, uid: str) -> dict[str, Any]:
        may = uid not in self.read_only_folders
        return {"id": 3, "uid": uid, "title": self.folders[uid], "canSave": may, "canEdit": may}

    async def _dashboard(self, request: web.Request) -> web.Response:
        saved = self.dashboards.get(request.match_info["uid"])
        if saved is None:
            return _said(404, "Dashboard not found")
        newest = saved.versions[-1]
        meta = {
            "version": newest["version"],
            "updatedBy": newest["createdBy"],
            "provisioned": saved.provisioned,
            "folderUid": saved.folder,
            "canSave": saved.folder not in self.read_only_folders,
            "created": CREATED,
        }
        return web.json_response({"dashboard": newest["data"], "meta": meta})

    async def _delete(self, request: web.Request) -> web.Response:
        uid = request.match_info["uid"]
        saved = self.dashboards.get(uid)
        if saved is None:
            return _said(404, "Dashboard not found")
        if saved.provisioned:
            return _said(400, "provisioned dashboard cannot be deleted")
        del self.dashboards[uid]
        title = saved.versions[-1]["data"]["title"]
        return web.json_response({"title": title, "message": "Dashboard deleted", "uid": uid})

    async def _search(self, request: web.Request) -> web.Response:
        wanted = set(request.query.getall("tag", []))
        newest = {uid: saved.versions[-1]["data"] for uid, saved in self.dashboards.items()}
        hits = [
            {"uid": uid, "title": data["title"], "type": "dash-db", "tags": data["tags"]}
            for uid, data in newest.items()
            if wanted <= set(data.get("tags", ()))
        ]
        return web.json_response(hits[: int(request.query.get("limit", "1000"))])

    async def _versions(self, request: web.Request) -> web.Response:
        saved = self.dashboards[request.match_info["uid"]]
        limit = int(request.query.get("limit", "50"))
        listed = [
            {key: value for key, value in one.items() if key != "data"}
            for one in reversed(saved.versions)
        ]
        if self.races:
            self.save(request.match_info["uid"], saved.versions[-1]["data"], "", "somebody")
        return web.json_response({"continueToken": "", "versions": listed[:limit]})

    async def _save(self, request: web.Request) -> web.Response:
        asked = await request.json()
        dashboard = asked["dashboard"]
        uid = dashboard["uid"]
        if not _dashboards().is_valid(dashboard):
            return _said(400, "bad request data")
        if asked["folderUid"] not in self.folders:
            return _said(400, "folder not found")
        if asked["folderUid"] in self.read_only_folders:
            return _said(403, "Access denied to save dashboard")
        saved = self.dashboards.get(uid)
        if saved is not None and saved.provisioned:
            return _said(400, "Cannot save provisioned dashboard")
        newest = saved.versions[-1]["version"] if saved else 0
        if saved and not asked["overwrite"] and dashboard.get("version") != newest:
            return _said(412, "The dashboard has been changed by someone else")
        self.save(uid, dashboard, asked.get("message", ""), "sa-dashboards", asked["folderUid"])
        version = self.dashboards[uid].versions[-1]["version"]
        about = {"id": 7, "title": uid, "url": f"/d/{uid}/{uid}", "folderUid": asked["folderUid"]}
        return web.json_response({**about, "uid": uid, "status": "success", "version": version})

    def save(
        self, uid: str, dashboard: dict[str, Any], message: str, by: str, folder: str = ""
    ) -> None:
        """Save a version, as whoever it is."""
        saved = self.dashboards.setdefault(uid, Saved(folder))
        saved.folder = folder or saved.folder
        number = saved.versions[-1]["version"] + 1 if saved.versions else 1
        data = {**dashboard, "id": 7, "version": number}
        saved.versions.append(
            {"version": number, "message": message, "createdBy": by, "data": data}
        )


def _call(request: web.Request) -> Call | None:
    resource = request.match_info.route.resource
    return CALLS[request.method, resource.canonical] if resource is not None else None


def _wrong_answer(request: web.Request, response: web.Response) -> list[str]:
    call = _call(request)
    if call is None:
        return []
    said = json.loads(response.text or "null")
    if response.status >= 400:
        return complaints("ErrorResponseBody", said)
    listed = said if isinstance(said, list) else [said]
    return [wrong for one in listed for wrong in complaints(call.answer, one)]


def _said(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
