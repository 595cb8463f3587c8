"""Dashboards in a Grafana that no board gives any more: with the fake, whose all dashboards are."""

from pathlib import Path
from typing import Any

import pytest

from dashboards.commands.push import _differing, _pushed
from tests.dashboards.grafana.fake import FakeGrafana
from tests.dashboards.grafana.test_refusals import settings

OLD = "srepok-old"


def add(fake: FakeGrafana, uid: str, message: str = "srepok build 0123456789abcdef") -> None:
    dashboard: dict[str, Any] = {"uid": uid, "title": uid, "tags": ["srepok", "en"]}
    fake.save(uid, dashboard, message, "sa-dashboards", "srepok-province")


async def test_a_leftover_is_told_of_and_deleted_when_asked(
    fake_url: str, fake: FakeGrafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings(fake_url, tmp_path)
    await _pushed(chosen, force=False)
    boards = set(fake.dashboards)
    add(fake, OLD)
    capsys.readouterr()
    assert await _differing(chosen) == 1
    said = capsys.readouterr().out
    assert f"{OLD}: no board gives it any more" in said
    assert "dashboards differ, 1 too many" in said
    assert await _pushed(chosen, force=False) == 0
    assert f"{OLD}: no board gives it any more; --prune deletes it" in capsys.readouterr().out
    assert OLD in fake.dashboards
    assert await _pushed(chosen, force=False, prune=True) == 0
    assert f"{OLD}: deleted" in capsys.readouterr().out
    assert set(fake.dashboards) == boards
    assert await _differing(chosen) == 0


async def test_a_leftover_edited_by_hand_is_deleted_by_force_alone(
    fake_url: str, fake: FakeGrafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings(fake_url, tmp_path)
    add(fake, OLD, "looks nicer")
    await _pushed(chosen, force=False, prune=True)
    assert "it was edited by hand; --prune --force deletes it" in capsys.readouterr().out
    assert OLD in fake.dashboards
    await _pushed(chosen, force=True, prune=True)
    assert OLD not in fake.dashboards


async def test_what_is_not_ours_or_from_a_file_stays(
    fake_url: str, fake: FakeGrafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings(fake_url, tmp_path)
    add(fake, OLD)
    fake.dashboards[OLD].provisioned = True
    add(fake, "somebodys-copy")
    fake.save("srepok-mine", {"uid": "srepok-mine", "title": "x", "tags": []}, "", "somebody")
    await _pushed(chosen, force=True, prune=True)
    said = capsys.readouterr().out
    assert f"{OLD}: no board gives it any more, and it comes from a file of the server\n" in said
    assert {OLD, "somebodys-copy", "srepok-mine"} <= fake.dashboards.keys()
    assert "mine" not in said
    assert "copy" not in said
