"""The web server and the worker live and end together, however the end comes."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backoffice.serving import (
    LONGEST_REQUEST_LINE,
    PortTaken,
    _web_server,
    answers,
    check_port,
    port_is_free,
)
from backoffice.settings import PROJECT, Settings

SUPERVISOR = r"""
import os
import sys
from backoffice.serving import supervise

# Each line in one write: with PYTHONUNBUFFERED, print sends a line and its end apart, and three processes speak.
tell = "import os, signal, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(600)"
sleeper = [sys.executable, "-c", tell]
stubborn = [sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + tell]
sys.exit(supervise(
    {"web server": sleeper, "worker": stubborn if "stubborn" in sys.argv else sleeper},
    is_up=lambda: True, when_up=lambda: os.write(1, b"up\n"), grace=0.5,
))
"""


@contextmanager
def supervisor(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """The supervisor of two sleeping children, once it has greeted and both have told their ids."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, *arguments],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = {process.stdout.readline().strip() for _ in range(3)}
        assert "up" in said
        yield process, [int(number) for number in said - {"up"}]
    finally:
        process.kill()
        process.communicate()


def is_alive(process_id: int) -> bool:
    try:
        with open(f"/proc/{process_id}/stat") as stat:  # noqa: PTH123 - shorter than its Path
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_without_a_word(number: signal.Signals) -> None:
    with supervisor() as (process, children):
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")
        assert not any(map(is_alive, children))


def test_a_child_that_will_not_end_is_killed_after_the_grace() -> None:
    with supervisor("stubborn") as (process, children):
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert not any(map(is_alive, children))


def test_when_one_dies_the_other_is_ended_and_the_exit_code_says_so() -> None:
    with supervisor() as (process, children):
        os.kill(children[0], signal.SIGKILL)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 1
        assert "ended by itself (SIGKILL)" in errors
        assert not any(map(is_alive, children))


def test_the_children_follow_a_supervisor_that_was_killed() -> None:
    with supervisor() as (process, children):
        process.kill()
        process.wait(timeout=10)
        assert eventually(lambda: not any(map(is_alive, children)))


def test_a_taken_port_is_refused_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        with pytest.raises(PortTaken, match=f"Port {port} of 127.0.0.1 is taken"):
            check_port("127.0.0.1", port)
    assert port_is_free("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "reason"), [("127.0.0.1", 70000, "at most 65535"), ("192.0.2.1", 5000, "cannot listen")]
)
def test_an_impossible_address_is_refused(host: str, port: int, reason: str) -> None:
    with pytest.raises(PortTaken, match=reason):
        check_port(host, port)


def test_a_choice_among_hundreds_of_options_fits_into_the_address(tmp_path: Path) -> None:
    """As the server is started here, and as the pages for operators say."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings = Settings.from_environment({"ACCORD_HOME": str(tmp_path), "PORT": str(port)})
    command = [*_web_server(settings)[:-1], "wsgiref.simple_server:demo_app"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not answers("127.0.0.1", port) and time.monotonic() < deadline:
            time.sleep(0.05)
        choice = "&".join(f"o={number:06x}&q.{number:06x}=12" for number in range(380))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", f"/p/fr/{'t' * 50}/choice?v=1&{choice}")
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        server.terminate()
        server.wait(10)
    told = f"--limit-request-line {LONGEST_REQUEST_LINE} "
    assert all(told in (PROJECT / page).read_text() for page in ("README.md", "docs/operations.md"))
