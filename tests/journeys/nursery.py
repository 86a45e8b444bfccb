"""Imports the application once and forks programs from there: ``python -m`` without the seconds that importing takes.

Speaks JSON lines on its standard input and output: ``["start", module, argument, …]`` is answered by a process id,
``["end", process id, signal, whole group?]`` by an exit code (negative: the signal). Its children end with it.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from backoffice.settings import PROJECT

PATIENCE_SECONDS = 30


class Nursery:
    """The caller's side: a process that has nothing open which its children could share."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nursery"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:  # closes the pipes and waits
            pass

    def start(self, *command: str) -> int:
        """The process id of ``python -m …``, which leads a group of its own."""
        return self._asked("start", *command)

    def end(self, pid: int, number: signal.Signals, *, group: bool = False) -> int:
        """The exit code."""
        return self._asked("end", pid, number, group)

    def _asked(self, *words: object) -> int:
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps(words).encode() + b"\n")
        asked.flush()
        return int(json.loads(answers.readline()))


def main() -> None:
    _import_everything()
    with suppress(BrokenPipeError):
        command = _obey(sys.stdin.buffer, sys.stdout.buffer)
        if command:
            _become(command)


def _import_everything() -> None:
    import flask.cli  # noqa: F401, PLC0415 - the test that imports this module needs none of it
    import gunicorn.app.wsgiapp  # noqa: PLC0415
    import gunicorn.workers.gthread  # noqa: F401, PLC0415
    import sqlalchemy.orm  # noqa: PLC0415

    import wsgi  # noqa: F401, PLC0415

    sqlalchemy.orm.configure_mappers()


def _obey(orders: IO[bytes], answers: IO[bytes]) -> list[str] | None:
    """Returns in a new child, with what it is to become, and at the end of the orders."""
    children = set()
    try:
        while line := orders.readline():
            act, *words = json.loads(line)
            if act == "start":
                answer = os.fork()
                if answer == 0:
                    children.clear()
                    return words
                children.add(answer)
            else:
                pid, number, group = words
                (os.killpg if group else os.kill)(pid, number)
                answer = _waited_for(pid)
                children.remove(pid)
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()
    finally:
        for pid in children:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
    return None


def _waited_for(pid: int) -> int:
    """The exit code; who does not obey in time is killed, and that is the code then."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.01)


def _become(command: list[str]) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.close(nothing)
    sys.argv = command
    sys.path[0] = str(Path.cwd())
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
