"""Messages between the program and the process that renders: a JSON head and named bytes, each with its length.

Nothing is pickled: what comes back from a process that has read a hostile document is data, never code.
"""

import json
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

_LENGTH = struct.Struct("!Q")
LARGEST_PART = 256 * 1024 * 1024


class Hung(Exception):
    """The deadline passed before the message was complete."""


class Closed(Exception):
    """The other side ended."""


def send(
    link: socket.socket, head: Mapping[str, Any], parts: Mapping[str, bytes], *, deadline: float | None
) -> None:
    """Send one message; ``deadline`` is a ``time.monotonic()`` moment, ``None`` to wait for ever."""
    lengths = {name: len(data) for name, data in parts.items()}
    encoded = json.dumps({"head": head, "parts": lengths}).encode()
    _send(link, _LENGTH.pack(len(encoded)) + encoded, deadline)
    for data in parts.values():
        _send(link, data, deadline)


def receive(link: socket.socket, *, deadline: float | None) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The next message as head and parts; raises ``Hung`` or ``Closed``."""
    (length,) = _LENGTH.unpack(_receive(link, _LENGTH.size, deadline))
    message = json.loads(_receive(link, length, deadline))
    return message["head"], {name: _receive(link, size, deadline) for name, size in message["parts"].items()}


def _send(link: socket.socket, data: bytes, deadline: float | None) -> None:
    try:
        link.settimeout(_remaining(deadline))
        link.sendall(data)
    except TimeoutError:
        raise Hung from None
    except OSError:
        raise Closed from None


def _receive(link: socket.socket, size: int, deadline: float | None) -> bytes:
    if not 0 <= size <= LARGEST_PART:
        raise Closed
    data = bytearray()
    while len(data) < size:
        try:
            link.settimeout(_remaining(deadline))
            piece = link.recv(min(size - len(data), 1 << 20))
        except TimeoutError:
            raise Hung from None
        except OSError:
            raise Closed from None
        if not piece:
            raise Closed
        data += piece
    return bytes(data)


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining
