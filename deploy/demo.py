"""The demo: a whole province on this machine, in one terminal, until Ctrl-C."""

import math
import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.clients import write_clients
from deploy.commands import (
    FLEET,
    GATEWAY,
    INGEST,
    INVENTORY,
    LOGIN,
    MIGRATE,
    RULES,
    SCENARIO,
    STOP_SECONDS,
    fill,
)
from deploy.demo_options import DemoOptions
from deploy.errors import ServerError
from deploy.files import keep_password, make_private_directory
from deploy.gateway import GatewayPlace
from deploy.grafana import Boards, Source, make_login, show_boards
from deploy.guide import write_guide
from deploy.incidents import Incidents, describe_fault
from deploy.locks import locked
from deploy.log_lines import News
from deploy.pages import Drawing, Pace, Pages
from deploy.population import Population
from deploy.progress import Progress
from deploy.pulse import Reading, describe, fetch, parse
from deploy.services import ProbedService, Service, run_step
from deploy.stack import DATABASE, Stack
from deploy.stopping import set_on_signals
from deploy.supervisor import Part, Supervisor

_ADAPTERS: Final = "GATEWAY_ADAPTERS"
"""The one setting of a service that a demo passes on: a vendor's adapter is tried in it."""

_READY_SECONDS: Final = 60
_LOOK_SECONDS: Final = 0.5


class Demo:
    """One run of the demo."""

    def __init__(
        self, stack: Stack, options: DemoOptions, progress: Progress | None = None
    ) -> None:
        self._stack = stack
        self._options = options
        self._progress = progress or Progress()
        self._directory = stack.toolchain.home / "demo"
        self._gateway = GatewayPlace(self._directory / "gateway-port", stack.certificates)
        self._population = Population(self._directory)
        self._stop = threading.Event()
        self._supervisor = Supervisor(self._progress.say)

    def run(self) -> int:
        """Start everything, show the pulse until the end, stop everything; return the exit code.

        Raises:
            DeployError: something does not start, or ends before it should; or a demo runs here
                already.
        """
        with ExitStack() as stack:
            stack.enter_context(locked(self._directory, self._refuse_a_second))
            stack.enter_context(set_on_signals(self._stop))
            # From here on Ctrl-C ends the run at its next step, and what runs is stopped in order.
            stack.callback(self._stop_servers, self._running_servers())
            self._prepare()
            if self._stop.is_set():
                return 0
            self._keep(self._stack.postgres, self._stack.mosquitto)
            ingest = self._start_ingest(stack)
            # The rules speak of incidents before they are ready.
            incidents = News(self._directory / "rules.log", Incidents().describe)
            rules = self._start_rules(stack, ingest.port)
            self._start_gateway(stack)
            faults = self._start_fleet(stack)
            source = self._source()
            boards = self._show_boards(stack, source)
            pages = None if boards.shown else self._make_pages(stack, source, rules)
            self._explain(boards.told)
            self._watch(ingest.port, [faults, incidents], pages)
        return 0

    def _prepare(self) -> None:
        say = self._progress.say
        make_private_directory(self._directory)
        # A name that is not there must not be found out by a fleet that ends again and again.
        run_step(fill(SCENARIO, scenario=self._options.scenario), {})
        say("1/7 inventory of the province")
        options = self._options
        self._population.make(self._stack.mosquitto, seed=options.seed, scale=options.scale)
        say("2/7 servers")
        self._stack.up()
        say("3/7 schema, logins and inventory")
        owner = self._owner()
        run_step(MIGRATE, owner)
        for name in ("ingest", "rules", "gateway"):
            keep_password(self._login_file(name))
            login = fill(LOGIN, name=name, role=name, path=str(self._login_file(name)))
            run_step(login, owner)
        run_step(fill(INVENTORY, path=str(self._population.inventory)), owner)

    def _start_ingest(self, stack: ExitStack) -> ProbedService:
        self._progress.say("4/7 ingest")
        return self._start(stack, "ingest", INGEST, {})

    def _start_rules(self, stack: ExitStack, ingest_port: int) -> ProbedService:
        self._progress.say("5/7 rules")
        more = {
            "RULES_STATE_DIRECTORY": str(self._directory / "rules-state"),
            "RULES_INGEST_URL": f"http://127.0.0.1:{ingest_port}/readyz",
        }
        return self._start(stack, "rules", RULES, more)

    def _start_gateway(self, stack: ExitStack) -> None:
        self._progress.say("6/7 gateway")
        settings = self._gateway.settings()
        if adapters := os.environ.get(_ADAPTERS):
            # The services run in the checkout, whatever directory this was started in.
            settings[_ADAPTERS] = str(Path(adapters).resolve())
        self._start(stack, "gateway", GATEWAY, settings)

    def _start(
        self, stack: ExitStack, name: str, command: Sequence[str], more: Mapping[str, str]
    ) -> ProbedService:
        """Start one of our services, wait until it is ready, and have it kept running."""
        postgres, mosquitto = self._stack.postgres, self._stack.mosquitto
        variables = {
            "DATABASE_URL": postgres.url(DATABASE, name),
            "DATABASE_PASSWORD_FILE": str(self._login_file(name)),
            **mosquitto.variables(name),
            **more,
        }
        service = ProbedService(name, command, variables, self._directory)
        service.start()
        stack.callback(self._stop_service, service)
        service.wait_until_ready(_READY_SECONDS)
        self._keep(service)
        return service

    def _start_fleet(self, stack: ExitStack) -> News:
        options = self._options
        there = self._population.count_devices()
        number = min(options.devices, there)
        rest = "; the others never report, and nothing is known of them" if number < there else ""
        self._progress.say(
            f"7/7 scenario {options.scenario} at speed {options.speed:g}, with {number} simulated"
            f" devices of the {there} in the inventory{rest}"
        )
        variables = {
            "MQTT_URL": f"mqtt://127.0.0.1:{self._stack.mosquitto.port}",
            "SIMULATORS_PASSWORDS_FILE": str(self._population.passwords),
            **self._stack.mosquitto.trust(),
        }
        words = {
            "scenario": options.scenario,
            "speed": f"{options.speed:g}",
            "devices": str(options.devices),
            "interval": options.interval,
        }
        command = fill(FLEET, path=str(self._population.inventory), **words)
        fleet = Service("fleet", command, variables, self._directory / "fleet.log")
        news = News(fleet.log, describe_fault)
        fleet.start()
        stack.callback(self._stop_service, fleet)
        self._keep(fleet)
        return news

    def _keep(self, *parts: Part) -> None:
        for part in parts:
            self._supervisor.watch(part, datetime.now(UTC))

    def _watch(self, port: int, news: Sequence[News], pages: Pages | None) -> None:
        before = self._read(port)
        end = before.at + (self._options.seconds or math.inf)
        status_at = before.at + self._options.status_seconds
        while (left := end - time.monotonic()) > 0:
            if self._stop.wait(min(left, _LOOK_SECONDS)):
                break
            self._supervisor.look(datetime.now(UTC))
            if pages is not None:
                pages.look(datetime.now(UTC))
            for each in news:
                for line in each.fresh():
                    self._progress.say(line)
            if time.monotonic() >= min(status_at, end):
                now = self._read(port)
                status_at = now.at + self._options.status_seconds
                self._progress.status(describe(before, now))
                # A look that failed is no beginning for the next one's rates.
                before = now if now.values else before
        self._progress.close()

    def _read(self, port: int) -> Reading:
        _, text = fetch(port, "metrics")
        return parse(text, time.monotonic())

    def _source(self) -> Source:
        """Return the database as the boards ask it."""
        postgres = self._stack.postgres
        return Source(
            postgres.url(DATABASE, "grafana"),
            postgres.port,
            DATABASE,
            self._owner(),
            self._gateway.url,
        )

    def _show_boards(self, stack: ExitStack, source: Source) -> Boards:
        boards = show_boards(stack, source, self._directory)
        if boards.server is not None:
            self._keep(boards.server)
        return boards

    def _make_pages(self, stack: ExitStack, source: Source, rules: ProbedService) -> Pages | None:
        """Have the boards drawn as pages, for there is no Grafana that shows them."""
        try:
            login = make_login(source, self._directory)
        except ServerError as error:
            self._progress.say(f"the boards are not drawn: {error}")
            return None
        directory, pace = self._directory / "boards", Pace()

        def draw() -> Drawing:
            return Drawing(source.url, login, directory, pace.draws)

        pages = Pages(draw, rules.port, directory, self._progress.say, pace)
        stack.callback(pages.stop)
        return pages

    def _explain(self, boards: str) -> None:
        bin_directory = self._stack.toolchain.home / "bin"
        write_clients(self._stack.toolchain, bin_directory)
        guide = write_guide(
            self._stack.postgres,
            self._stack.mosquitto,
            DATABASE,
            self._directory,
            bin_directory,
            self._population.by_hand,
            self._gateway,
            boards,
        )
        self._progress.say(guide)

    def _stop_service(self, service: Service) -> None:
        self._progress.say(f"stopping {service.name}")
        if not service.stop(STOP_SECONDS):
            self._progress.say(f"{service.name} did not end well; see {service.log}")

    def _refuse_a_second(self) -> None:
        home = self._stack.toolchain.home
        raise ServerError(
            f"a demo runs in {home} already: end it with Ctrl-C in its terminal, or give this one a"
            " directory of its own: python -m deploy --home DIRECTORY demo"
        )

    def _running_servers(self) -> list[str]:
        return [status.name for status in self._stack.status() if status.running]

    def _stop_servers(self, before: list[str]) -> None:
        """Leave the servers as they were found: who started them may still need them."""
        self._stack.down(keep=before)
        if before:
            self._progress.say(f"{' and '.join(before)} ran before and go on; data stays")
        else:
            self._progress.say("servers stopped; data stays, the next run continues")

    def _owner(self) -> dict[str, str]:
        postgres = self._stack.postgres
        return {
            "DATABASE_URL": postgres.url(DATABASE),
            "DATABASE_PASSWORD_FILE": str(postgres.password_file()),
        }

    def _login_file(self, name: str) -> Path:
        return self._directory / f"{name}-login.password"
