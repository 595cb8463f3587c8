"""TLS: the local stack's own authority, devices that are who their certificates say, and HTTPS."""

import random
import re
import ssl
from http.cookies import SimpleCookie
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
import trustme

from deploy.certificates import keep_certificates
from deploy.errors import ServerError
from deploy.mosquitto import Mosquitto
from deploy.mosquitto_options import MosquittoOptions, TlsListener
from deploy.ports import choose_port
from deploy.stack import Stack, with_tls
from deploy.toolchain import Toolchain
from gateway.access.tls import server_context
from gateway.settings import GatewaySettings
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError, PublishRefusedError
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from runtime.settings import SettingsError
from tests.gateway.access.house import House, open_house
from tests.gateway.gateway_world import settings_of
from tests.inbox import Inbox
from tests.servers import MakeMosquitto

pytestmark = pytest.mark.servers

OWN = "srepok/v1/66/22015/one/telemetry"
ANOTHERS = "srepok/v1/66/22015/two/telemetry"


def connection_of(variables: dict[str, str]) -> Connection:
    address = BrokerAddress.from_environment(variables)
    options = SessionOptions(client_id=f"tls-{uuid4().hex}")
    return Connection(1, address, options, Inbox(), SystemClock(), clean_start=True)


def free_port() -> int:
    return choose_port(random.SystemRandom())


async def test_the_local_stacks_services_connect_by_tls_and_trust_nobody_else(
    make_mosquitto: MakeMosquitto, tmp_path: Path
) -> None:
    files = keep_certificates(tmp_path / "tls")
    assert keep_certificates(tmp_path / "tls") == files
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700
    listener = TlsListener(free_port(), files.certificate, files.key)
    broker = make_mosquitto(MosquittoOptions(tls=listener, trusted=files.ca))

    ours = connection_of(broker.variables("gateway"))
    await ours.open()
    await ours.publish(OWN, b"{}")
    await ours.close()
    strangers = keep_certificates(tmp_path / "strangers")
    stranger = connection_of(broker.variables("gateway") | {"MQTT_CA_FILE": str(strangers.ca)})
    with pytest.raises(BrokerError, match=r"(?i)certificate"):
        await stranger.open()


def test_the_stack_with_tls_has_one_address_and_one_authority_for_good(tmp_path: Path) -> None:
    broker = with_tls(Toolchain(tmp_path)).mosquitto
    trust = broker.trust("66-demo-air")

    assert with_tls(Toolchain(tmp_path)).mosquitto.trust("66-demo-air") == trust
    assert re.fullmatch(r"mqtts://66-demo-air@127\.0\.0\.1:\d+", trust["MQTT_URL"])
    assert Path(trust["MQTT_CA_FILE"]).read_text().startswith("-----BEGIN CERTIFICATE")
    # What the fleet is given: each device logs in as itself.
    assert broker.trust()["MQTT_URL"] == trust["MQTT_URL"].replace("66-demo-air@", "")
    assert Stack(Toolchain(tmp_path)).mosquitto.trust() == {}


def test_a_broker_that_runs_without_tls_is_not_taken_for_one_that_has_it(
    make_mosquitto: MakeMosquitto, tmp_path: Path
) -> None:
    broker = make_mosquitto()
    files = keep_certificates(tmp_path / "tls")
    options = MosquittoOptions(
        tls=TlsListener(free_port(), files.certificate, files.key), trusted=files.ca
    )
    again = Mosquitto(broker._toolchain, broker.directory, options=options)

    with pytest.raises(ServerError, match="runs without TLS: stop it with"):
        again.start()


async def test_a_device_is_who_its_certificate_says_and_needs_no_password(
    make_mosquitto: MakeMosquitto, tmp_path: Path
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    files = {name: tmp_path / name for name in ("ca.pem", "server.pem", "server.key")}
    authority.cert_pem.write_to_path(str(files["ca.pem"]))
    issued.private_key_pem.write_to_path(str(files["server.key"]))
    files["server.pem"].write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    tls = TlsListener(free_port(), files["server.pem"], files["server.key"], files["ca.pem"])
    make_mosquitto(MosquittoOptions(tls=tls))
    plain = {
        "MQTT_URL": f"mqtts://two:whatever@127.0.0.1:{tls.port}",
        "MQTT_CA_FILE": str(files["ca.pem"]),
    }

    # The user name in its login is not looked at: the certificate says who it is.
    device = connection_of(plain | _certificate(authority, "one", tmp_path))
    await device.open()
    await device.publish(OWN, b"{}")
    with pytest.raises(PublishRefusedError):
        await device.publish(ANOTHERS, b"{}")
    await device.close()
    for variables in (plain, plain | _certificate(trustme.CA(), "one", tmp_path)):
        with pytest.raises(BrokerError):
            await connection_of(variables).open()


def _certificate(authority: trustme.CA, name: str, directory: Path) -> dict[str, str]:
    issued = authority.issue_cert(common_name=name)
    certificate, key = (directory / f"{uuid4().hex}.{kind}" for kind in ("pem", "key"))
    certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(key))
    return {"MQTT_CERT_FILE": str(certificate), "MQTT_KEY_FILE": str(key)}


async def test_by_https_the_cookie_is_for_this_host_and_tls_alone(
    house: House, tmp_path: Path
) -> None:
    files = keep_certificates(tmp_path / "tls")
    settings = settings_of(tls_certificate=files.certificate, tls_key=files.key)
    token = (await house.token()).text
    trusting = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(files.ca)))
    async with (
        open_house(house.login, settings) as running,
        aiohttp.ClientSession(connector=trusting, cookie_jar=aiohttp.DummyCookieJar()) as client,
    ):
        url = running.url.replace("http:", "https:")
        async with client.post(
            f"{url}/login", data={"token": token}, headers={"Origin": url}, allow_redirects=False
        ) as answer:
            assert answer.status == 303
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
            (morsel,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
        assert (morsel.key, morsel["secure"]) == ("__Host-srepok-session", True)
        for name, status in ((morsel.key, 200), ("srepok-session", 401)):
            headers = {"Cookie": f"{name}={morsel.value}"}
            async with client.get(f"{url}/test/see", headers=headers) as answer:
                assert answer.status == status


def test_certificate_and_key_that_do_not_fit_are_named(tmp_path: Path) -> None:
    one, two = keep_certificates(tmp_path / "one"), keep_certificates(tmp_path / "two")
    settings = GatewaySettings(tls_certificate=one.certificate, tls_key=two.key)
    with pytest.raises(SettingsError, match=r"GATEWAY_TLS_CERTIFICATE.*one/server.pem"):
        server_context(settings)
    with pytest.raises(SettingsError, match="go together"):
        GatewaySettings.from_environment({"GATEWAY_TLS_KEY": str(one.key)})
