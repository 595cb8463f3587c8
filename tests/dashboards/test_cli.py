"""The commands that need no server."""

import json
from pathlib import Path

import pytest

from dashboards import build
from dashboards.boards import all_boards
from dashboards.cli import main


def test_build_makes_a_directory_hold_exactly_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "dashboards/srepok-province/srepok-old.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    assert main(["build", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "removed dashboards/srepok-province/srepok-old.json" in said
    assert "wrote dashboards/srepok-province/srepok-wall.json" in said
    assert build.drift(build.generated_files(all_boards()), tmp_path) == []
    assert main(["build", "--out", str(tmp_path)]) == 0
    assert f"{tmp_path}: 0 changed" in capsys.readouterr().out


def test_build_leaves_what_it_did_not_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--out", str(tmp_path)]) == 0
    mine = [
        tmp_path / name
        for name in (
            "notes.txt",
            "dashboards/mine/own.json",
            "dashboards/srepok-province/own.json",
            "provisioning/plugins.yml",
        )
    ]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    assert main(["build", "--out", str(tmp_path)]) == 0
    assert [path.read_text() for path in mine] == ["mine"] * len(mine)
    assert "removed" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["thesis.odt", "provisioning/dashboards.yml"])
def test_build_touches_nothing_in_a_directory_without_a_build(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    assert main(["build", "--out", str(tmp_path)]) == 1
    assert f"{tmp_path}: is not empty, and no build has been made" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_a_build_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    for path in ("dashboards/srepok-province/srepok-wall.json", "provisioning/dashboards.yml"):
        assert main(["build", "--out", str(tmp_path)]) == 0
        for other in tmp_path.rglob("*"):
            if other.is_file() and other != tmp_path / path:
                other.unlink()
        assert main(["build", "--out", str(tmp_path)]) == 0
        assert build.drift(build.generated_files(all_boards()), tmp_path) == []


def test_the_gateways_address_is_set_in_one_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"DASHBOARDS_GATEWAY_URL": "https://srepok.example.org/"}
    assert main(["build", "--out", str(tmp_path)], environ) == 0
    text = (tmp_path / "dashboards/srepok-province/srepok-incidents.json").read_text()
    variables = json.loads(text)["templating"]["list"]
    (gateway,) = [one for one in variables if one["name"] == "gateway"]
    assert gateway["query"] == "https://srepok.example.org"
    assert "${gateway}/?incident=${__data.fields.incident_id}" in text
    wrong = {"DASHBOARDS_GATEWAY_URL": "srepok.example.org"}
    assert main(["build", "--out", str(tmp_path)], wrong) == 2
    assert "DASHBOARDS_GATEWAY_URL='srepok.example.org': an address" in capsys.readouterr().err


def test_check_passes_on_the_repository(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert f"{len(all_boards())} boards" in capsys.readouterr().out


def test_check_names_the_file_that_is_not_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--out", str(tmp_path)]) == 0
    wall = tmp_path / "dashboards" / "srepok-province" / "srepok-wall.json"
    wall.write_text(wall.read_text().replace("Province wall", "My wall"))
    monkeypatch.setattr("dashboards.commands.check.GENERATED", tmp_path)
    assert main(["check"]) == 1
    said = capsys.readouterr().err
    assert "srepok-wall.json: is not what the boards give" in said
    assert "run `python -m dashboards build`" in said


def test_push_without_an_address_is_a_wrong_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push"], environ={}) == 2
    assert "DASHBOARDS_GRAFANA_URL: not set" in capsys.readouterr().err


def test_a_misspelt_setting_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"DASHBOARDS_GRAFANA_UR": "http://127.0.0.1:3000", "DASHBOARDS_TOKEN_FILE": "x"}
    assert main(["diff"], environ=environ) == 2
    assert "did you mean DASHBOARDS_GRAFANA_URL?" in capsys.readouterr().err


def test_a_token_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--url", "http://127.0.0.1:1", "--token-file", str(tmp_path / "nothing")]
    assert main(["push", *options], environ={}) == 2
    assert "DASHBOARDS_TOKEN_FILE: cannot read" in capsys.readouterr().err
