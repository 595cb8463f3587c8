"""The demo's boards in a Grafana: one that is named, one on PATH, or none."""

import asyncio
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from aiohttp.test_utils import TestServer

from deploy.grafana import Source, show_boards
from deploy.pulse import fetch
from tests.dashboards.grafana.fake import TOKEN, FakeGrafana

pytestmark = pytest.mark.servers

# As much of the real program as the demo needs: it answers, and writes down how it was called.
PROGRAM = f"""#!{sys.executable}
import http.server, json, os, pathlib, sys
home = pathlib.Path(sys.argv[sys.argv.index("--homepath") + 1])
(home / "called.json").write_text(json.dumps(dict(os.environ)))
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
place = os.environ["GF_SERVER_HTTP_ADDR"], int(os.environ["GF_SERVER_HTTP_PORT"])
http.server.HTTPServer(place, Health).serve_forever()
"""


GATEWAY = "https://127.0.0.1:20443"


@pytest.fixture
def source(database_url: str) -> Source:
    """A database that boards may ask, and its owner's settings."""
    url = urlsplit(database_url)
    name = url.path.strip("/")
    assert url.port is not None
    asked = f"postgresql://grafana@127.0.0.1:{url.port}/{name}"
    return Source(asked, url.port, name, {"DATABASE_URL": database_url}, GATEWAY)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A Grafana as an unpacked archive has it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/defaults.ini").touch()
    program = tmp_path / "bin/grafana-server"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    return tmp_path


async def test_a_grafana_that_is_named_gets_data_source_and_boards(
    source: Source, tmp_path: Path
) -> None:
    fake = FakeGrafana()
    fake.data_sources.clear()
    async with TestServer(fake.application()) as server:
        url = str(server.make_url("")).rstrip("/")
        environ = {"GRAFANA_URL": f"{url}/", "GRAFANA_TOKEN": TOKEN}
        with ExitStack() as stack:
            boards = await asyncio.to_thread(show_boards, stack, source, tmp_path, environ)
    assert boards.told.splitlines()[0].strip() == f"{url}/d/srepok-wall"
    assert boards.shown
    assert "dashboards written" in boards.told
    assert TOKEN not in boards.told
    assert boards.server is None
    assert "srepok-wall" in fake.dashboards
    assert repr(GATEWAY) in str(fake.dashboards["srepok-incidents"])
    made = fake.data_sources["srepok"]
    assert (made["url"], made["user"]) == (f"127.0.0.1:{source.port}", "grafana")
    assert fake.secrets["password"] == (tmp_path / "grafana-login.password").read_text().strip()
    assert (tmp_path / "grafana.token").stat().st_mode & 0o077 == 0


def test_a_grafana_on_path_is_started_with_the_boards_and_stopped(
    source: Source, tmp_path: Path, unpacked: Path
) -> None:
    demo = tmp_path / "demo"
    with ExitStack() as stack:
        demo.mkdir()
        boards = show_boards(stack, source, demo, {"PATH": str(unpacked / "bin")})
        assert boards.server is not None
        port = boards.server.port
        assert f"http://127.0.0.1:{port}/d/srepok-wall" in boards.told
        assert boards.shown
        assert fetch(port, "api/health")[0] == 200
    assert fetch(port, "api/health")[0] == 0
    called = json.loads((unpacked / "called.json").read_text())
    provisioning = Path(called["GF_PATHS_PROVISIONING"])
    (made,) = yaml.safe_load((provisioning / "datasources/srepok.yml").read_text())["datasources"]
    assert made["uid"] == "srepok"
    assert made["url"] == f"127.0.0.1:{source.port}"
    assert made["jsonData"]["database"] == source.database
    assert made["secureJsonData"]["password"] == f"$__file{{{demo}/grafana-login.password}}"
    providers = yaml.safe_load((provisioning / "dashboards/srepok.yml").read_text())["providers"]
    assert any((Path(one["options"]["path"]) / "srepok-wall.json").exists() for one in providers)
    (incidents,) = (demo / "grafana/boards").rglob("srepok-incidents.json")
    assert f'"{GATEWAY}"' in incidents.read_text()


def test_what_goes_wrong_is_told_and_stops_nothing(
    source: Source, tmp_path: Path, unpacked: Path
) -> None:
    def told(environ: dict[str, str]) -> str:
        with ExitStack() as stack:
            boards = show_boards(stack, source, tmp_path, environ)
        assert boards.server is None
        assert not boards.shown
        return boards.told

    assert "There is no Grafana here" in told({"PATH": str(tmp_path)})
    assert "neither GRAFANA_TOKEN_FILE nor GRAFANA_TOKEN" in told({"GRAFANA_URL": "http://x"})
    nobody = {"GRAFANA_URL": "http://127.0.0.1:1", "GRAFANA_TOKEN": "t"}
    assert "no answer" in told(nobody)
    (unpacked / "bin/grafana-server").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    assert "grafana ended with exit code 3" in told({"PATH": f"{unpacked / 'bin'}:/usr/bin:/bin"})
