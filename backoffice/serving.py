"""The web server and one worker, started together and ended together."""

import contextlib
import ctypes
import errno
import functools
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import FrameType

from backoffice.settings import PROJECT, Settings, SettingsError

WEB_WORKERS = 2
WEB_THREADS = 4
GRACE_SECONDS = 12  # the worker gives its threads eight
HIGHEST_PORT = 65535
LONGEST_REQUEST_LINE = 8190
"""Bytes, the most that gunicorn takes: a client's choice among hundreds of options stands in the address."""
TICK_SECONDS = 0.1
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


class PortTaken(Exception):
    """Another program listens on the address, or the machine does not have it."""


def serve(settings: Settings, *, greeting: Callable[[], str]) -> int:
    """Run until a signal asks to stop (returns 0) or one of the two dies (returns 1).

    ``greeting`` is called once the server answers; what it returns is printed.
    When the port is taken nothing is started: a sentence on standard error, and 1.
    """
    try:
        check_port(settings.host, settings.port)
    except PortTaken as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return supervise(
        {"web server": _web_server(settings), "worker": _worker()},
        is_up=functools.partial(answers, settings.host, settings.port),
        when_up=lambda: print(greeting(), flush=True),  # noqa: T201 - the terminal is this command's page
    )


def supervise(
    commands: Mapping[str, Sequence[str]],
    *,
    is_up: Callable[[], bool],
    when_up: Callable[[], None],
    grace: float = GRACE_SECONDS,
) -> int:
    """Start the commands and keep them company; none outlives this call, nor this process."""
    asked_to_stop: list[int] = []

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        asked_to_stop.append(number)

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, ask_to_stop) for number in signals}
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            children[name] = _start(command)
        greeted = False
        while not asked_to_stop:
            for name, child in children.items():
                if (code := child.poll()) is not None:
                    sys.stderr.write(f"The {name} ended by itself ({_how(code)}); the rest is ended too.\n")
                    return 1
            if not greeted and is_up():
                greeted = True
                when_up()
            time.sleep(TICK_SECONDS)
        return 0
    finally:
        _end(children.values(), grace)
        for number, handler in before.items():
            signal.signal(number, handler)


def check_port(host: str, port: int) -> None:
    """Raise PortTaken, with a sentence for the terminal, unless this process can listen there."""
    if port > HIGHEST_PORT:
        raise PortTaken(f"PORT must be at most {HIGHEST_PORT}, not {port}.")
    try:
        _listen(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise PortTaken(f"Accord cannot listen on port {port} of {host}: {error.strerror}.") from error
        advice = f"stop it, or choose another port, as in PORT={port + 1} ./accord run"
        raise PortTaken(f"Port {port} of {host} is taken by another program: {advice}.") from error


def port_is_free(host: str, port: int) -> bool:
    """Whether this process could listen there now."""
    try:
        check_port(host, port)
    except PortTaken:
        return False
    return True


def _listen(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as attempt:
        # As gunicorn does: connections that are still closing are no obstacle.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind(address)
        attempt.listen(1)


def answers(host: str, port: int) -> bool:
    """Whether anything speaking HTTP replies there, whatever it replies."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(reachable, port, timeout=5)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _web_server(settings: Settings) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{settings.port}"]
    command += ["--worker-class", "gthread", "--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)]
    command += ["--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"]
    command += ["--limit-request-line", str(LONGEST_REQUEST_LINE)]
    # Proxies are trusted by TRUSTED_PROXIES alone, in the application.
    command += ["--forwarded-allow-ips", ""]
    # Heartbeats on a disk that stalls would have healthy workers killed.
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 - gunicorn makes an unlinked file of its own there
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return [*command, "wsgi:served_app()"]


def _worker() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only the supervisor, which then ends each child once, in order.
    return subprocess.Popen(  # noqa: S603 - the commands above
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=functools.partial(_die_with, os.getpid(), ctypes.CDLL(None)),  # noqa: PLW1509 - no thread runs yet
    )


def _die_with(parent: int, libc: ctypes.CDLL) -> None:
    """In the child: ask the kernel for SIGTERM when the supervisor is gone, even by kill -9."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _end(children: Collection[subprocess.Popen[bytes]], grace: float) -> None:
    """SIGTERM to each, ``grace`` seconds in all to obey, then SIGKILL to whatever they left behind."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + grace
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


if __name__ == "__main__":
    try:
        chosen = Settings.from_environment(os.environ)
        check_port(chosen.host, chosen.port)
    except (SettingsError, PortTaken) as refusal:
        sys.exit(str(refusal))
