"""Watching a job that another process carries out."""

import re
import time
from pathlib import Path

from tests.factories import stored_job

LIMIT_SECONDS = 300
PAUSE_SECONDS = 0.02


def watched(job: int, pid: int, until: int | None = None) -> tuple[list[int], list[int]]:
    """Progress and the worker's memory until the job is over, or has come to ``until``."""
    progress, memory = [], []
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        row = stored_job(job)
        if row.done and (not progress or row.done != progress[-1]):
            progress.append(row.done)
            memory.append(memory_of(pid))
        if row.is_over or (until is not None and row.done >= until):
            return progress, memory
        time.sleep(PAUSE_SECONDS)
    raise TimeoutError(f"job {job} is at {row.done}: {row.state} {row.last_error}")


def memory_of(pid: int) -> int:
    """Resident, in kB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
