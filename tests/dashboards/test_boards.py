"""The dashboards as JSON: against Grafana's schemas, our lints, and the files in the repository."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator

from dashboards.boards import all_boards
from dashboards.build import GENERATED, dashboard_files, drift, generated_files
from dashboards.lints import problems
from dashboards.units import UNITS

SCHEMAS: Final = Path(__file__).parent / "schemas"
DASHBOARDS: Final = {str(path): made for path, made in dashboard_files(all_boards()).items()}
PANEL_SCHEMAS: Final = {
    "stat": "stat",
    "timeseries": "timeseries",
    "state-timeline": "statetimeline",
    "table": "table",
    "bargauge": "bargauge",
}

ANYTHING: Final = (("MatcherConfig", "options"), ("DynamicConfigValue", "value"))
"""Where the schema says object and Grafana takes anything, such as the name of a column."""

each_dashboard = pytest.mark.parametrize("path", DASHBOARDS)


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.jsonschema.json").read_text())
    for holder, key in ANYTHING:
        if holder in loaded["definitions"]:
            loaded["definitions"][holder]["properties"][key] = {}
    return loaded


def complaints(value: object, of_schema: dict[str, Any]) -> list[str]:
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft7Validator(of_schema).iter_errors(value)
    ]


def definition(name: str, of: str) -> dict[str, Any]:
    whole = schema(name)
    return {"$ref": f"#/definitions/{of}", "definitions": whole["definitions"]}


@each_dashboard
def test_a_dashboard_follows_the_schema(path: str) -> None:
    assert complaints(DASHBOARDS[path], schema("dashboard")) == []


@each_dashboard
def test_each_panel_has_options_of_its_kind(path: str) -> None:
    for panel in DASHBOARDS[path]["panels"]:
        if panel["type"] in PANEL_SCHEMAS:
            known = PANEL_SCHEMAS[panel["type"]]
            assert complaints(panel["options"], definition(known, "Options")) == [], panel["title"]
            custom = panel["fieldConfig"]["defaults"]["custom"]
            if custom:
                assert complaints(custom, definition(known, "FieldConfig")) == [], panel["title"]


def test_the_schemas_refuse_what_they_should() -> None:
    dashboard = json.loads(json.dumps(next(iter(DASHBOARDS.values()))))
    dashboard["panels"][1]["gridPos"]["w"] = 30
    dashboard["tittle"] = "misspelt"
    assert len(complaints(dashboard, schema("dashboard"))) == 2


def test_each_unit_that_boards_may_have_is_one_of_grafanas() -> None:
    known = set(json.dumps(schema("units"), ensure_ascii=False).split('"'))
    assert UNITS - known == set()


def test_the_boards_are_in_order() -> None:
    assert problems(dashboard_files(all_boards())) == []


def test_the_files_in_the_repository_are_what_the_boards_give() -> None:
    changed = drift(generated_files(all_boards()), GENERATED)
    assert changed == [], "run `python -m dashboards build`"
