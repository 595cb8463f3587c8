"""The command line against real servers, as root runs it and as an ordinary user does."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.cli import FAILED, OK, USAGE, main
from deploy.roots import TreeRoot
from deploy.toolchain import Toolchain
from tests.deploy.mirror import KEYRING, serving

pytestmark = [pytest.mark.servers, pytest.mark.faults]

CHECKOUT = Path(__file__).parents[2]
NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """Somebody on this machine, with a checkout of their own and the local stack in it.

    Attributes:
        prefix: of every command of theirs.
        python: an interpreter that they may run; the local stack needs no library.
        checkout: has deploy/, and .srepok with the servers fetched already.
    """

    prefix: Sequence[str]
    python: str
    checkout: Path

    @property
    def home(self) -> Path:
        return self.checkout / ".srepok"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python ARGUMENTS` in the checkout, in an environment that is nearly empty."""
        return subprocess.run(
            [*self.prefix, self.python, *arguments],
            cwd=self.checkout,
            env={"PATH": os.environ["PATH"], "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def deploy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "deploy", *arguments)


def make_account(
    prefix: Sequence[str], python: str, toolchain: Toolchain, checkout: Path
) -> Account:
    root = toolchain.root
    for package in ("deploy", "tests/deploy"):
        shutil.copytree(CHECKOUT / package, checkout / package)
    (checkout / "tests/__init__.py").touch()
    account = Account(prefix, python, checkout)
    account.home.mkdir()
    if isinstance(root, TreeRoot) and prefix:
        # Copied: an ordinary user may not be able to reach the one that belongs to us.
        shutil.copytree(root.tree, account.home / "debian13", symlinks=True)
    elif isinstance(root, TreeRoot):
        (account.home / "debian13").symlink_to(root.tree)
    return account


def find_python(prefix: Sequence[str]) -> str:
    """Return an interpreter that may be run with this prefix."""
    script = "import sys; sys.exit(sys.version_info < (3, 11))"
    candidates = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
    for python in candidates:
        tried = subprocess.run(
            [*prefix, python, "-I", "-c", script], cwd="/", capture_output=True, check=False
        )
        if tried.returncode == 0:
            return python
    pytest.fail(
        f"user {NOBODY} can run none of {', '.join(candidates)} as Python 3.11 or newer, so it "
        "cannot be shown that the local stack needs no root; install the system's python3"
    )


@pytest.fixture(scope="module", params=["ourselves", "ordinary user"])
def account(request: pytest.FixtureRequest, toolchain: Toolchain) -> Iterator[Account]:
    """We, whoever we are; and, where we are root, somebody who is not."""
    ordinary = request.param == "ordinary user"
    if ordinary and os.geteuid() != 0:
        pytest.skip("the tests run as an ordinary user already, so 'ourselves' is one")
    prefix: list[str] = []
    if ordinary:
        prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        # setpriv still has our rights when it looks for the program; env has them no more.
        prefix.append("env")
    with TemporaryDirectory(prefix="srepok-account-") as directory:
        checkout = Path(directory, "my checkout")
        account = make_account(prefix, find_python(prefix), toolchain, checkout)
        if ordinary:
            Path(directory).chmod(0o755)
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", directory], check=True)
        try:
            yield account
        finally:
            account.deploy("down")


def test_the_local_stack_comes_up_works_and_goes_down(account: Account) -> None:
    up = account.deploy("up")
    assert up.returncode == OK, up.stderr
    variables = dict(
        line.removeprefix("export ").split("=", 1) for line in up.stdout.strip().splitlines()
    )
    assert variables["DATABASE_URL"].startswith("postgresql://srepok@127.0.0.1:")
    assert variables["MQTT_URL"].startswith("mqtt://ingest@127.0.0.1:")

    status = account.deploy("status")
    assert (status.returncode, status.stdout.count("running")) == (OK, 2), status.stdout

    script = "CREATE EXTENSION timescaledb; SELECT current_user, pg_is_in_recovery();"
    asked = account.deploy("psql", "-qAtc", script)
    assert (asked.stdout, asked.stderr) == ("srepok|f\n", "")

    logs = account.deploy("logs", "-n", "3")
    assert "postgres.log" in logs.stdout
    assert "mosquitto.log" in logs.stdout

    again = account.deploy("up")
    assert again.stdout == up.stdout

    down = account.deploy("down")
    assert (down.returncode, down.stdout) == (OK, "stopped postgres and mosquitto\n")
    assert account.deploy("down").stdout == "nothing was running\n"
    assert account.deploy("status").returncode == FAILED


def test_the_stack_shows_no_password_and_guards_its_files(account: Account) -> None:
    up = account.deploy("up")
    account.deploy("down")
    secrets = list(account.home.glob("*/passwords/*"))
    assert len(secrets) >= 5
    for path in secrets:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().strip() not in up.stdout + up.stderr
        assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_tree_is_made_without_rights(account: Account) -> None:
    with serving() as mirror:
        tree = str(account.home / "tiny/debian13")
        # Signed-by, as apt reads it, is a list parted by spaces; Debian's own path has none.
        keyring = str(shutil.copy(KEYRING, account.checkout.parent))
        made = account.run("-m", "tests.deploy.tree_maker", tree, mirror.url, keyring)
    assert made.returncode == 0, made.stderr
    assert "unpacking 2/2 packages" in made.stderr
    owner = (account.home / "tiny/debian13/usr/share/srepok-test/first").stat().st_uid
    assert owner == account.home.stat().st_uid


def test_a_database_that_does_not_run_cannot_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "psql", "-c", "SELECT 1"]) == FAILED
    assert "start it with: python -m deploy up" in capsys.readouterr().err


def test_logs_that_do_not_exist_yet_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "logs"]) == FAILED
    assert f"no log yet: {tmp_path}/postgres/postgres.log" in capsys.readouterr().err


def test_down_and_status_fetch_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), "status"]) == FAILED
    assert main(["--home", str(tmp_path), "down"]) == OK
    assert "nothing was running" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["--home", str(tmp_path / "file/home"), "up"]) == FAILED
    assert f"{tmp_path}/file/home (SREPOK_HOME)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--help"], ["up", "--help"], ["psql", "--help"], ["logs", "--help"]]
)
def test_help_is_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == OK
    assert "usage: python -m deploy" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sideways"],
        ["up", "extra"],
        ["demo", "--speed", "0"],
        ["demo", "--speed", "fast"],
        ["demo", "--interval", "15"],
        ["demo", "--devices", "0"],
    ],
)
def test_wrong_use_is_told_from_failure(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == USAGE


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("SCENARO=feeder-cut", 2, "there is no variable SCENARO; there are ARGS "),
        ("SCENARIO=feeder-cut", 0, "-m deploy demo --scenario feeder-cut"),
    ],
)
def test_a_variable_of_make_with_a_slip_in_its_name_is_refused(
    given: str, code: int, said: str
) -> None:
    answer = subprocess.run(
        ["make", "--dry-run", "demo", given],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == code
    assert said in answer.stdout + answer.stderr
