import json
import subprocess
import sys

import pytest

from backoffice.settings import PROJECT


@pytest.mark.slow
def test_the_benchmarks_run_and_tell_their_figures_to_people_and_programs(tmp_path):
    file = tmp_path / "figures.json"
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks",
        "--samples",
        "2",
        "--database",
        "sqlite",
        "--json",
        str(file),
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(file.read_text())["sqlite"]["timings"]
    assert {row["samples"] for row in rows} == {2}
    assert {"sign", "add 1,000 lines", "edit 1 of 1,000 lines"} <= {row["name"] for row in rows}
    assert all(row["name"] in done.stdout and row["median_ms"] > 0 and row["noop_ms"] > 0 for row in rows)
