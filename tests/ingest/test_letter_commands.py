"""The commands about dead letters, asked for what there is not."""

import pytest

from ingest.cli import main

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _own_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sets up the logs of its whole process, which here is that of other tests too."""
    monkeypatch.setattr("ingest.cli.configure_logs", lambda *_: None)


@pytest.mark.parametrize("action", ["list", "replay"])
def test_letters_of_a_device_that_there_is_not_are_refused(
    action: str, stocked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["letters", action, "--device", "nobody"], {"DATABASE_URL": stocked_url})
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("ingest: there is no device 'nobody'")


@pytest.mark.parametrize("number", ["17", "-1", "99999999999999999999999"])
@pytest.mark.parametrize("arguments", [("replay", "--id"), ("show",)])
def test_a_letter_that_there_is_not_is_refused(
    arguments: tuple[str, ...], number: str, stocked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["letters", *arguments, number], {"DATABASE_URL": stocked_url})
    said = capsys.readouterr()
    assert (code, said.out, said.err) == (2, "", f"ingest: there is no dead letter {number}\n")


def test_a_reason_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["letters", "list", "--reason", "unknown_devise"], {})
    assert "unknown_device" in capsys.readouterr().err
