"""A Grafana that is none: the calls we make, of those that the published list has.

It does what the real one does with tokens, folders, versions of a dashboard, and what it may not
write. It takes no call that is not in `schemas/endpoints.csv`.
"""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jsonschema import Draft7Validator

SCHEMAS: Final = Path(__file__).parents[1] / "schemas"
TOKEN: Final = "glsa_right"
VIEWER: Final = "glsa_viewer"


def published() -> set[tuple[str, str]]:
    """Return method and path of each operation of Grafana 13."""
    with (SCHEMAS / "endpoints.csv").open() as file:
        return {(row["method"], row["path"]) for row in csv.DictReader(file)}


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
        self.data_sources: dict[str, dict[str, Any]] = {"srepok": {"uid": "srepok"}}
        self.folders: dict[str, str] = {}
        self.read_only_folders: set[str] = set()
        self.dashboards: dict[str, Saved] = {}
        self.secrets: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        # Somebody saves a version after each look at the versions: for the race.
        self.races = False

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._admit])
        handlers = {
            ("GET", "/api/health"): self._health,
            ("GET", "/api/datasources/uid/{uid}"): self._data_source,
            ("POST", "/api/datasources"): self._make_data_source,
            ("GET", "/api/folders/{folder_uid}"): self._folder,
            ("POST", "/api/folders"): self._make_folder,
            ("GET", "/api/dashboards/uid/{uid}"): self._dashboard,
            ("GET", "/api/dashboards/uid/{uid}/versions"): self._versions,
            ("POST", "/api/dashboards/db"): self._save,
        }
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
        response: web.StreamResponse = await handler(request)
        return response

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
        self.data_sources[asked["uid"]] = asked
        return web.json_response({"message": "Datasource added", "datasource": asked})

    async def _folder(self, request: web.Request) -> web.Response:
        uid = request.match_info["folder_uid"]
        if uid not in self.folders:
            return _said(404, "folder not found")
        return web.json_response({"uid": uid, "title": self.folders[uid]})

    async def _make_folder(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["uid"] in self.folders:
            return _said(412, "the folder has been changed by someone else")
        self.folders[asked["uid"]] = asked["title"]
        return web.json_response(asked)

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
        }
        return web.json_response({"dashboard": newest["data"], "meta": meta})

    async def _versions(self, request: web.Request) -> web.Response:
        saved = self.dashboards[request.match_info["uid"]]
        limit = int(request.query.get("limit", "50"))
        listed = [
            {key: value for key, value in one.items() if key != "data"}
            for one in reversed(saved.versions)
        ]
        if self.races:
            self.save(request.match_info["uid"], saved.versions[-1]["data"], "", "somebody")
        return web.json_response({"versions": listed[:limit]})

    async def _save(self, request: web.Request) -> web.Response:
        asked = await request.json()
        dashboard = asked["dashboard"]
        uid = dashboard["uid"]
        schema = json.loads((SCHEMAS / "dashboard.jsonschema.json").read_text())
        for holder, key in (("MatcherConfig", "options"), ("DynamicConfigValue", "value")):
            schema["definitions"][holder]["properties"][key] = {}
        if not Draft7Validator(schema).is_valid(dashboard):
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
        return web.json_response({"uid": uid, "status": "success", "version": version})

    def save(
        self, uid: str, dashboard: dict[str, Any], message: str, by: str, folder: str = ""
    ) -> None:
        """Save a version, as whoever it is."""
        saved = self.dashboards.setdefault(uid, Saved(folder))
        number = saved.versions[-1]["version"] + 1 if saved.versions else 1
        data = {**dashboard, "id": 7, "version": number}
        saved.versions.append(
            {"version": number, "message": message, "createdBy": by, "data": data}
        )


def _said(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
