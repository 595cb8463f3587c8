"""Faults of the way from the devices to the watcher, and of the watcher."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from runtime.settings import Duration
from simulators.scenarios.happening import Expectation, Happening, Lasting
from simulators.scenarios.values import Share


class BrokerDown(Lasting):
    """The broker is away.

    Attributes:
        how: `restart` in order, without wills; `crash`, without wills either; `half`: one of
            two broker nodes dies, and the wills of its sessions are sent at once.
    """

    usual: ClassVar[Expectation] = "incident"

    fault: Literal["broker_down"]
    how: Literal["restart", "crash", "half"]


class ServiceDown(Lasting):
    """One of our own services is away.

    Attributes:
        service: while `ingest` is away the watcher is fed nothing, and everything afterwards;
            `database` says no more than that writes fail.
    """

    usual: ClassVar[Expectation] = "incident"

    fault: Literal["service_down"]
    service: Literal["ingest", "database"]


class Delivery(Lasting):
    """Messages reach the watcher twice, or late and out of order.

    Attributes:
        duplicates: share of messages that come twice.
        delayed: share that come late.
        up_to: the longest delay.
    """

    fault: Literal["delivery"]
    duplicates: Share = 0.0
    delayed: Share = 0.0
    up_to: Duration

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.duplicates == self.delayed == 0:
            raise ValueError("it changes nothing: give it duplicates or delayed")
        return self


class RestartWatcher(Happening):
    """The watcher is killed and started again."""

    fault: Literal["restart_watcher"]
