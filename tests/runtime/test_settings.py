"""Settings from the environment."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from pydantic import Field, SecretStr

from ingest.settings import IngestSettings
from runtime.broker.address import BrokerAddress
from runtime.settings import Duration, Settings, SettingsError, parse_duration, read_secret


class SampleSettings(Settings):
    prefix: ClassVar[str] = "SAMPLE_"

    size: int = 5
    wait: Duration = timedelta(seconds=1)
    token: SecretStr | None = None
    rate: Annotated[float, Field(gt=0)] = 1


def problem(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        SampleSettings.from_environment(environ)
    return str(caught.value)


def test_variables_become_typed_fields() -> None:
    settings = SampleSettings.from_environment(
        {"SAMPLE_SIZE": "7", "SAMPLE_WAIT": "250ms", "OTHER_SIZE": "x"}
    )
    assert (settings.size, settings.wait) == (7, timedelta(milliseconds=250))


def test_an_unknown_variable_is_an_error_with_the_nearest_known_one() -> None:
    assert problem({"SAMPLE_SICE": "7"}) == (
        "SAMPLE_SICE: no such setting; did you mean SAMPLE_SIZE?"
    )
    assert problem({"SAMPLE_TO": "7"}) == "SAMPLE_TO: no such setting; did you mean SAMPLE_TOKEN?"


def test_every_problem_is_named_at_once() -> None:
    assert problem({"SAMPLE_SIZE": "many", "SAMPLE_WAIT": "5", "SAMPLE_QQQQ": ""}).splitlines() == [
        "SAMPLE_QQQQ: no such setting; known: SAMPLE_RATE, SAMPLE_SIZE, SAMPLE_TOKEN, SAMPLE_WAIT",
        "SAMPLE_SIZE='many': Input should be a valid integer, unable to parse string as an integer",
        "SAMPLE_WAIT='5': '5' is not a duration such as 500ms, 30s, 5m, 2h or 7d",
    ]


@pytest.mark.parametrize(
    "text", ["0s", "-1s", "1 week", "", "1e3s", "nan", "36501d", f"{'9' * 20}d", f"{'9' * 400}s"]
)
def test_a_duration_that_cannot_be_is_refused(text: str) -> None:
    assert "SAMPLE_WAIT" in problem({"SAMPLE_WAIT": text})


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "1e999"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    assert "SAMPLE_RATE" in problem({"SAMPLE_RATE": text})


def test_durations_have_units() -> None:
    units = [parse_duration(text) for text in ("1500ms", "1.5s", "2m", "1h", "7d")]
    assert units == [
        timedelta(seconds=1.5),
        timedelta(seconds=1.5),
        timedelta(minutes=2),
        timedelta(hours=1),
        timedelta(days=7),
    ]


def test_a_secret_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("s3cret\n")
    assert read_secret(path, "X").get_secret_value() == "s3cret"
    path.write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        read_secret(path, "X")
    with pytest.raises(SettingsError, match=r"X: cannot read .*: No such file"):
        read_secret(tmp_path / "absent", "X")


def test_ingest_wants_three_batches_in_flight() -> None:
    with pytest.raises(SettingsError, match="must be at least three times"):
        IngestSettings.from_environment({"INGEST_BATCH_SIZE": "5000"})


def test_a_broker_address_never_shows_its_password(tmp_path: Path) -> None:
    address = BrokerAddress.from_environment({"MQTT_URL": "mqtt://in%40gest:s3cret@[::1]:1884"})
    assert (address.host, address.port, address.username) == ("::1", 1884, "in@gest")
    assert address.password is not None
    assert address.password.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{address} {address!r}"
    path = tmp_path / "password"
    path.write_text("other\n")
    address = BrokerAddress.from_environment(
        {"MQTT_URL": "mqtt://u@h", "MQTT_PASSWORD_FILE": str(path)}
    )
    assert address.password is not None
    assert address.password.get_secret_value() == "other"
    assert str(address) == "mqtt://u@h:1883"


@pytest.mark.parametrize(
    "url", ["", "h:1883", "http://h", "mqtt://", "mqtt://u:s3cret@h:x", "mqtt://h/path"]
)
def test_a_wrong_broker_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(
        SettingsError, match=r"MQTT_URL: .*expected mqtt://USER@HOST:PORT"
    ) as caught:
        BrokerAddress.from_environment({"MQTT_URL": url})
    assert "s3cret" not in str(caught.value)


def test_missing_certificates_are_named() -> None:
    with pytest.raises(SettingsError, match="MQTT_CA_FILE: cannot load /no/such"):
        BrokerAddress.from_environment({"MQTT_URL": "mqtts://h", "MQTT_CA_FILE": "/no/such"})
