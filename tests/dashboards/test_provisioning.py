"""What Grafana reads at its start, as data: the files, and where docker-compose mounts them."""

import copy
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft7Validator
from psycopg import AsyncConnection

from dashboards.build import GENERATED
from dashboards.datasource import TYPE, UID
from dashboards.frames import Kind, make_frame
from dashboards.links import uid_of
from dashboards.preview.asking import ask
from dashboards.provisioning import ALERT_RULES, CONTACT_POINT, DIRECTORY
from dashboards.query import Shape
from dashboards.text import Language
from tests.dashboards.grafana.fake import complaints, models

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
GRAFANA: Final[dict[str, Any]] = COMPOSE["services"]["grafana"]
DATA_SOURCES: Final = yaml.safe_load(
    (ROOT / "deploy" / "compose" / "grafana" / "datasources.yml").read_text()
)
PROVIDERS: Final = yaml.safe_load((GENERATED / "provisioning" / "dashboards.yml").read_text())
ALERTING: Final = yaml.safe_load((GENERATED / "provisioning" / "alerting.yml").read_text())
RULES: Final = [rule for group in ALERTING["groups"] for rule in group["rules"]]


TEXT: Final = {"type": "string", "minLength": 1}
FLAG: Final = {"type": "boolean"}
NUMBER: Final = {"type": "integer", "minimum": 1}


def strictly(**properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has these keys, all of them, and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def file_of(key: str, members: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    return strictly(apiVersion={"const": 1}, **{key: {"type": "array", "items": members}}, **more)


PROVIDERS_SCHEMA: Final = file_of(
    "providers",
    strictly(
        name=TEXT,
        orgId=NUMBER,
        type={"const": "file"},
        folder=TEXT,
        folderUid={"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"},
        allowUiUpdates=FLAG,
        disableDeletion=FLAG,
        updateIntervalSeconds=NUMBER,
        options=strictly(path={"type": "string", "pattern": "^/"}),
    ),
)
"""What Grafana's documents say of these files, without the keys that we do not use: no schema of
them is published."""


def test_the_providers_file_has_the_form_that_grafana_reads() -> None:
    Draft7Validator(PROVIDERS_SCHEMA).validate(PROVIDERS)


def test_the_data_source_file_has_the_fields_of_the_api() -> None:
    # A file may also say whether people may edit what it makes.
    source = dict(models()["AddDataSourceCommand"]["properties"]) | {"editable": FLAG}
    members = {"type": "object", "additionalProperties": False, "properties": source}
    whole = file_of("datasources", members, prune=FLAG) | {"definitions": models()}
    Draft7Validator(whole).validate(DATA_SOURCES)


def test_the_alerting_file_has_the_form_in_which_grafana_exports_one() -> None:
    assert complaints("AlertingFileExport", ALERTING) == []


def test_a_misspelt_key_of_the_alerting_file_is_found() -> None:
    spoilt = copy.deepcopy(ALERTING)
    spoilt["groups"][0]["rules"][0]["nodataState"] = "Alerting"
    spoilt["groups"][0]["rules"][1]["execErrState"] = "Alarm"
    spoilt["contactPoints"][0]["receivers"][0]["kind"] = "email"
    assert len(complaints("AlertingFileExport", spoilt)) == 3


def mounted(inside: str) -> Path:
    """Return the host's path that the container has at a path."""
    for volume in GRAFANA["volumes"]:
        with_defaults = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(volume))
        source, target = with_defaults.split(":")[:2]
        if Path(inside).is_relative_to(target):
            return ROOT / source / Path(inside).relative_to(target)
    raise AssertionError(f"{inside} is not mounted")


def test_the_data_source_is_the_one_that_boards_name() -> None:
    (source,) = DATA_SOURCES["datasources"]
    assert (source["uid"], source["type"]) == (UID, TYPE)
    assert source["jsonData"]["timescaledb"] is True
    assert "database" in source["jsonData"]
    assert "database" not in source


def test_every_dashboard_lies_where_one_provider_looks() -> None:
    files = sorted((GENERATED / "dashboards").rglob("*.json"))
    seen = [
        path
        for provider in PROVIDERS["providers"]
        for path in mounted(provider["options"]["path"]).glob("*.json")
    ]
    assert files == sorted(seen)


def test_providers_and_folders_are_all_different() -> None:
    for key in ("name", "folder", "folderUid"):
        values = [provider[key] for provider in PROVIDERS["providers"]]
        assert len(set(values)) == len(values), key
    assert all(one["options"]["path"].startswith(DIRECTORY) for one in PROVIDERS["providers"])


def test_the_files_are_mounted_where_grafana_looks() -> None:
    for kind in ("dashboards", "alerting"):
        inside = f"/etc/grafana/provisioning/{kind}/srepok.yml"
        assert mounted(inside) == GENERATED / "provisioning" / f"{kind}.yml"


def test_the_home_of_grafana_is_the_wall() -> None:
    home = mounted(GRAFANA["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.stem == uid_of("wall", Language.ENGLISH)
    assert home.exists()


def test_the_files_have_no_aliases() -> None:
    for path in (GENERATED / "provisioning").glob("*.yml"):
        assert not re.search(r"[&*]id\d", path.read_text()), path


def test_alert_rules_have_uids_of_their_own_that_grafana_takes() -> None:
    uids = [rule["uid"] for rule in RULES]
    assert len(set(uids)) == len(uids) == len(ALERT_RULES)
    assert all(len(uid) <= 40 for uid in uids)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["uid"])
def test_an_alert_rule_says_what_happens_without_data_and_whom_it_tells(
    rule: dict[str, Any],
) -> None:
    assert (rule["noDataState"], rule["execErrState"]) == ("Alerting", "Alerting")
    assert rule["notification_settings"] == {"receiver": CONTACT_POINT}
    assert CONTACT_POINT in {point["name"] for point in ALERTING["contactPoints"]}
    assert rule["annotations"]["dashboard"] == f"/d/{uid_of('pipeline', Language.ENGLISH)}"


def test_only_the_contact_points_address_comes_from_the_environment() -> None:
    # Grafana fills in a variable wherever it sees one, in SQL too.
    named = re.findall(r"\$\{?(\w+)", (GENERATED / "provisioning" / "alerting.yml").read_text())
    assert named == ["SREPOK_ALERT_EMAIL"]
    assert set(named) <= GRAFANA["environment"].keys()


@pytest.mark.servers
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["uid"])
async def test_an_alert_rule_asks_for_one_number(
    rule: dict[str, Any], as_grafana: AsyncConnection
) -> None:
    asked, compared = rule["data"]
    assert compared["model"]["expression"] == asked["refId"]
    assert rule["condition"] == compared["refId"]
    answer = await ask(as_grafana, asked["model"]["rawSql"])
    (field,) = make_frame(answer, Shape.TABLE)
    assert (field.kind, len(field.values)) == (Kind.NUMBER, 1)
