"""Fixtures: the shared broker as the simulators' user there."""

from collections.abc import Callable

import pytest

from runtime.broker.address import BrokerAddress


@pytest.fixture(scope="session")
def fleet_url(broker_url_of: Callable[[str], str]) -> str:
    """URL of the shared broker, as a user who may publish for every device."""
    return broker_url_of("fleet")


@pytest.fixture(scope="session")
def fleet_address(broker_address_of: Callable[[str], BrokerAddress]) -> BrokerAddress:
    """`fleet_url` as our services take it."""
    return broker_address_of("fleet")
