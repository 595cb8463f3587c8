"""docker-compose.yml, read as data: no container engine is needed, or at hand where this runs."""

import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy.commands import COMMANDS, STOP_SECONDS, name_of
from gateway.cli import _parser as gateway_parser
from gateway.service import shutdown_bound as gateway_bound
from gateway.settings import GatewaySettings
from ingest.cli import _parser as ingest_parser
from ingest.service import shutdown_bound
from ingest.settings import IngestSettings
from rules.cli import _parser as rules_parser
from rules.service.service import shutdown_bound as rules_bound
from rules.settings import RulesSettings
from runtime.broker.address import BrokerSettings
from runtime.database.cli import _make_parser as database_parser
from runtime.database.connection import DatabaseSettings
from runtime.logs import LogSettings
from runtime.settings import parse_duration
from simulators.cli import make_parser as simulators_parser
from simulators.settings import SimulatorSettings

Service = dict[str, Any]

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: Final[dict[str, Service]] = COMPOSE["services"]
OURS: Final = {name for name, service in SERVICES.items() if service["image"].startswith("srepok:")}
STEPS: Final = {name for name, service in SERVICES.items() if service["restart"] == "no"}
SERVERS: Final = SERVICES.keys() - STEPS
WITH_A_LOGIN: Final = {"1883", "3000", "8080"}
"""Ports behind which everybody says who he is."""
ALSO_WITHOUT_PROBE: Final = {"fleet"}

HEALTH_KEYS: Final = {"test", "interval", "timeout", "retries", "start_period", "start_interval"}

each_service = pytest.mark.parametrize("name", sorted(SERVICES))
each_of_ours = pytest.mark.parametrize("name", sorted(OURS))
each_server = pytest.mark.parametrize("name", sorted(SERVERS))


def resolved(text: str) -> str:
    """Return the text as Compose reads it when no variable is set."""
    return re.sub(r"\$\{\w+(?::-([^}]*))?\}", lambda found: found[1] or "", text)


def arguments(name: str) -> list[str]:
    return [resolved(word) for word in SERVICES[name].get("command", [])]


def environment(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in SERVICES[name].get("environment", {}).items()}


def bind_mounts(name: str) -> list[tuple[str, bool]]:
    """Return the source of each mount from the host, and whether it may be missing."""
    mounts = []
    for volume in SERVICES[name].get("volumes", []):
        if isinstance(volume, str):
            source = resolved(volume).split(":")[0]
            if source.startswith("."):
                mounts.append((source, False))
        else:
            mounts.append((resolved(volume["source"]), not volume["bind"]["create_host_path"]))
    return mounts


class MergingLoader(yaml.SafeLoader):
    """Reads Compose's own tag, which says how a list is laid over another, as a plain list."""


def construct_override(loader: MergingLoader, node: yaml.Node) -> list[object]:
    assert isinstance(node, yaml.SequenceNode)
    return list(loader.construct_sequence(node))


MergingLoader.add_constructor("!override", construct_override)


def problems(document: object, directory: Path) -> str:
    """Return what the Compose specification's schema has against a file of this content."""
    file = directory / "compose.json"
    file.write_text(json.dumps(document))
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", str(file)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "file",
    ["docker-compose.yml", "deploy/compose/tls.yml", "deploy/compose/client-certificates.yml"],
)
def test_a_file_follows_the_specification(file: str, tmp_path: Path) -> None:
    # A loader of the safe kind, with one more tag.
    document = yaml.load((ROOT / file).read_text(), Loader=MergingLoader)  # noqa: S506 - see above
    assert problems(document, tmp_path) == ""


def test_the_specification_knows_a_misspelt_key(tmp_path: Path) -> None:
    misspelt = {"services": {"any": {"image": "x", "restrat": "no"}}}
    assert "restrat" in problems(misspelt, tmp_path)


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker command here")
@pytest.mark.parametrize(
    "files", [["docker-compose.yml"], ["docker-compose.yml", "deploy/compose/tls.yml"]]
)
def test_compose_itself_accepts_the_files(files: list[str]) -> None:
    found = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if found.returncode != 0:
        pytest.skip("this docker has no compose plug-in")
    chosen = [word for file in files for word in ("--file", file)]
    checked = subprocess.run(
        ["docker", "compose", *chosen, "--profile", "*", "config", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@each_service
def test_an_image_is_pinned_to_a_version(name: str) -> None:
    repository, _, tag = SERVICES[name]["image"].rpartition(":")
    assert repository
    assert re.match(r"\d+\.\d+\.\d+", tag), tag


@each_of_ours
def test_a_command_is_one_that_the_local_stack_runs(name: str) -> None:
    assert name_of(arguments(name)) == name.split("-", maxsplit=1)[0]


def test_what_only_a_demo_needs_is_not_in_compose_and_grafana_mounts_its_boards() -> None:
    unused = COMMANDS.keys() - {name_of(arguments(name)) for name in OURS}
    assert unused == {"generate", "scenario", "boards", "board_files", "pages"}


@each_of_ours
def test_the_program_accepts_the_command(name: str) -> None:
    _, module, *rest = arguments(name)
    parsers = {
        "ingest": ingest_parser,
        "rules": rules_parser,
        "gateway": gateway_parser,
        "runtime.database": database_parser,
        "simulators": simulators_parser,
    }
    parsers[module]().parse_args(rest)


@each_of_ours
def test_the_program_knows_every_variable(name: str) -> None:
    variables = environment(name)
    known: set[str] = set()
    for settings in (
        BrokerSettings,
        DatabaseSettings,
        GatewaySettings,
        IngestSettings,
        LogSettings,
        RulesSettings,
        SimulatorSettings,
    ):
        mine = {key: value for key, value in variables.items() if key.startswith(settings.prefix)}
        if mine:
            settings.from_environment(mine)
            known |= mine.keys()
    assert known == variables.keys()


@each_service
def test_no_secret_stands_in_the_environment_or_the_command(name: str) -> None:
    for key, value in environment(name).items():
        if re.search("PASSWORD|SECRET|TOKEN", key):
            assert key.endswith("_FILE"), key
            assert value.startswith("/run/secrets/"), key
        assert not re.search(r"://[^/@]*:[^/@]*@", value), f"{key} has a password in its URL"


@each_service
def test_a_service_is_granted_the_secrets_it_names_and_no_others(name: str) -> None:
    service = SERVICES[name]
    granted = service.get("secrets", [])
    texts = [*arguments(name), *environment(name).values()]
    for source, _ in bind_mounts(name):
        path = ROOT / source
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        texts += [file.read_text() for file in files if not file.name.endswith(".jsonl")]
    named = set(re.findall(r"/run/secrets/(\w+)", "\n".join(texts)))
    named -= {"mqtt_tls_certificate", "mqtt_tls_key"}  # granted by tls.yml
    named -= {"mqtt_tls_ca"}  # granted by client-certificates.yml
    if "mqtt_" in named:  # start.sh names its users' secrets in a loop
        named = named - {"mqtt_"} | {
            f"mqtt_{user}" for user in ("ingest", "rules", "gateway", "health", "fleet")
        }
    assert set(granted) == named


def test_every_secret_is_a_file_that_git_ignores() -> None:
    ignored = (ROOT / "deploy/compose/.gitignore").read_text().splitlines()
    assert "/secrets/" in ignored
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./deploy/compose/secrets/{name}"}


@each_service
def test_a_mounted_file_exists(name: str) -> None:
    for source, may_be_missing in bind_mounts(name):
        assert may_be_missing or (ROOT / source).exists(), source


@each_service
def test_a_container_can_gain_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name not in OURS:  # the Dockerfile's USER is ours
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"])


@each_service
def test_a_container_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", resolved(service["mem_limit"]))
    assert service["pids_limit"] > 0
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@each_service
def test_a_port_is_published_to_this_machine_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", resolved(port)), port
        # What has no login of its own stays local even when the rest is opened.
        assert ("SREPOK_BIND" in port) == (port.rpartition(":")[2] in WITH_A_LOGIN)


def test_simulators_cannot_reach_the_database() -> None:
    assert SERVICES["database"]["networks"] == ["storage"]
    assert SERVICES["fleet"]["networks"] == ["field"]
    assert SERVICES["fleet"]["profiles"] == ["simulators"]


@each_server
def test_a_server_comes_back_and_is_watched(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert parse_duration(service.get("stop_grace_period", "10s")) >= parse_duration("30s")
    if name in ALSO_WITHOUT_PROBE:
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["healthcheck"].keys() == HEALTH_KEYS


@each_server
def test_a_health_check_parses(name: str) -> None:
    form, *words = SERVICES[name]["healthcheck"].get("test", ["NONE"])
    if form == "CMD-SHELL":
        (script,) = words
        subprocess.run(["sh", "-n", "-c", script], check=True)
    elif words[:2] == ["python", "-c"]:
        compile(words[2], name, "exec")
    else:
        assert form in {"CMD", "NONE"}


@each_service
def test_a_service_waits_for_what_can_be_waited_for(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in STEPS else "service_healthy"
        assert wanted == {"condition": expected}, f"{name} on {other}"


def test_every_step_is_waited_for() -> None:
    # `up --wait` takes a step's end for a failure unless somebody waits for just that.
    waited_for = {other for service in SERVICES.values() for other in service.get("depends_on", {})}
    assert waited_for >= STEPS


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("ingest", shutdown_bound(IngestSettings())),
        ("rules", rules_bound(RulesSettings(state_directory=Path("unused")))),
        ("gateway", gateway_bound(GatewaySettings())),
    ],
)
def test_a_service_has_time_to_end_well_before_it_is_killed(name: str, bound: timedelta) -> None:
    grace = parse_duration(SERVICES[name]["stop_grace_period"])
    assert grace == timedelta(seconds=STOP_SECONDS)
    assert grace > bound


def test_the_state_of_the_rules_lies_in_their_volume_which_their_user_may_write() -> None:
    (volume,) = SERVICES["rules"]["volumes"]
    mounted = volume.partition(":")[2]
    assert environment("rules")["RULES_STATE_DIRECTORY"].startswith(f"{mounted}/")
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"--owner 10001 --group 10001 --mode 0700 {mounted}" in dockerfile


def test_data_is_in_volumes_that_outlive_the_containers() -> None:
    assert COMPOSE["volumes"].keys() == {"broker", "database", "rules", "grafana"}
    for name, volume in (
        ("mosquitto", "broker:/mosquitto/data"),
        ("database", "database:/var/lib/postgresql/data"),
        ("rules", "rules:/var/lib/srepok"),
        ("grafana", "grafana:/var/lib/grafana"),
    ):
        assert volume in SERVICES[name]["volumes"]
