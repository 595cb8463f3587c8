"""What becomes of a command whose output nobody reads any more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROGRAM = """\
import sys
from runtime.arguments import run_command

def run():
    {run}
    return 0

sys.exit(run_command("x", run, (OSError,)))
"""


def call(run: str) -> tuple[int, str]:
    """Run a command whose reader has left; return its exit code and what it complained of."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        answer = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(run=run)],
            cwd=CHECKOUT,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)
    return answer.returncode, answer.stderr


@pytest.mark.parametrize("run", ["print(*range(100_000))", "print(1)"])
def test_a_command_whose_reader_leaves_ends_quietly(run: str) -> None:
    assert call(run) == (1, "")


def test_what_goes_wrong_is_told_though_nobody_reads_the_output() -> None:
    assert call("raise ConnectionResetError('the server left')") == (1, "x: the server left\n")


def test_the_broken_connection_of_a_server_is_told() -> None:
    program = PROGRAM.format(run="raise BrokenPipeError('the server left')")
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (1, "x: the server left\n")
