"""The tests that go to the Grafana of TEST_GRAFANA_URL, tried on a fake in its place."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from dashboards.boards import all_boards
from dashboards.plan import wanted_of
from tests.dashboards.grafana.conftest import TOKEN_VARIABLE, URL_VARIABLE
from tests.dashboards.grafana.fake import TOKEN, FakeGrafana

HERE = Path(__file__).parent


async def run_tests(url: str, token_file: Path | None) -> tuple[int, str]:
    """Run them in a process of their own; return the exit code and what was said."""
    dropped = ("PYTEST_", TOKEN_VARIABLE)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
    named = {} if token_file is None else {TOKEN_VARIABLE: str(token_file)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", HERE / "test_push.py"),
        cwd=HERE.parents[2],
        env={**kept, URL_VARIABLE: url, **named},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_they_push_every_board_and_leave_nothing_behind(
    fake_url: str, fake: FakeGrafana, tmp_path: Path
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text(f"{TOKEN}\n")
    fake.folders["somebodys"] = "Somebody's"
    fake.save("srepok-wall", {"uid": "srepok-wall", "title": "x", "tags": []}, "", "x", "somebodys")
    code, said = await run_tests(fake_url, token_file)
    assert code == 0, said
    assert fake.calls.count(("POST", "/api/dashboards/db")) > len(wanted_of(all_boards()))
    assert fake.folders == {"somebodys": "Somebody's"}
    assert list(fake.dashboards) == ["srepok-wall"]
    assert len(fake.dashboards["srepok-wall"].versions) == 1


@pytest.mark.parametrize("content", [None, ""])
async def test_a_token_that_is_missing_is_told_once_before_any_test(
    content: str | None, fake_url: str, fake: FakeGrafana, tmp_path: Path
) -> None:
    token_file = None if content is None else tmp_path / "token"
    if token_file is not None:
        token_file.write_text(content or "")
    code, said = await run_tests(fake_url, token_file)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert said.count(f"{TOKEN_VARIABLE}: a file with a token for {fake_url} is needed") == 1
    assert "no tests ran" in said
    assert fake.calls == []
