"""The limit of open files, raised in a process of its own."""

import subprocess
import sys

import pytest

_RAISE = """
import resource, sys
from runtime.descriptors import raise_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 512))
print(raise_open_files(int(sys.argv[1])), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("wanted", "said"), [(256, "256 (256, 512)"), (4096, "512 (512, 512)"), (32, "64 (64, 512)")]
)
def test_it_is_raised_as_far_as_it_may_be_and_never_lowered(wanted: int, said: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _RAISE, str(wanted)], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == said
