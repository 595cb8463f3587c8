"""The commands about dead letters of adapters, asked for what there is not."""

import pytest

from gateway.cli import main

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _own_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sets up the logs of its whole process, which here is that of other tests too."""
    monkeypatch.setattr("gateway.commands.letters.configure_logs", lambda *_: None)


@pytest.mark.parametrize("action", ["list", "replay"])
def test_letters_of_an_adapter_that_there_is_not_are_refused_with_those_there_are(
    action: str, stocked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["letters", action, "--adapter", "chirpstak"], {"DATABASE_URL": stocked_url})
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("gateway: there is no adapter 'chirpstak'; known: chirpstack, ")
    assert "zigbee2mqtt" in said.err


@pytest.mark.parametrize("number", ["17", "-1", "99999999999999999999999"])
@pytest.mark.parametrize("arguments", [("replay", "--id"), ("show",)])
def test_a_letter_that_there_is_not_is_refused(
    arguments: tuple[str, ...], number: str, stocked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["letters", *arguments, number], {"DATABASE_URL": stocked_url})
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err == f"gateway: there is no dead letter {number} of an adapter\n"


def test_a_reason_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["letters", "replay", "--reason", "unknown_feild"], {})
    assert "unknown_field" in capsys.readouterr().err
