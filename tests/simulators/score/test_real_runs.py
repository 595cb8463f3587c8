"""Real runs: whoever is told the truth of one scores 100."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from simulators.score.composite import compose
from simulators.score.evidence import gather
from simulators.score.incidents import read_incidents
from simulators.score.truth import read_truth
from simulators.watchers.oracle import foretell
from simulators.watchers.reporter import Reporter


def make_truth_log(scenario: str, path: Path) -> None:
    command = [sys.executable, "-m", "simulators", "run", scenario, "--scale", "0.1"]
    files = ["--events", "/dev/null", "--truth", str(path)]
    subprocess.run([*command, *files], check=True, capture_output=True)


@pytest.mark.parametrize("scenario", ["broker-crash", "maintenance-overrun", "storm"])
def test_the_oracle_scores_100(scenario: str, tmp_path: Path) -> None:
    path, incidents = tmp_path / "truth.jsonl", tmp_path / "incidents.jsonl"
    make_truth_log(scenario, path)
    truth = read_truth(path)
    said = io.StringIO()
    foretell(truth, Reporter(said))
    incidents.write_text(said.getvalue())
    log = read_incidents(incidents)
    evidence = gather(truth, log, twin=log)
    assert evidence.outcomes
    assert compose(evidence).score == 100
