"""Somebody who opens pages and sends forms over one connection that is kept, with a watch in the hand."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urlsplit

from tests.benchmarks.app import NOTHING, STATEMENTS
from tests.reader import Page

PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    """``seconds``: from the first byte sent to the last byte read."""

    status: int
    location: str
    text: str
    statements: int
    seconds: float


class Visitor:
    """``cookies``: what a browser would hold already."""

    def __init__(self, origin: str, cookies: Mapping[str, str] | None = None) -> None:
        self.origin = origin
        self.cookies = dict(cookies or {})
        address = urlsplit(origin)
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def nothing(self) -> float:
        """The seconds that the page that does nothing takes now. Opens the connection anew if it was given up."""
        try:
            return self.get(NOTHING).seconds
        except (http.client.HTTPException, ConnectionError):
            self._connection.close()
            self.get(NOTHING)
            return self.get(NOTHING).seconds

    def get(self, path: str, *, expected: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("GET", path, None, expected, headers)

    def post(self, path: str, fields: Mapping[str, str], *, expected: int = 303) -> Answer:
        return self._ask("POST", path, urlencode(fields), expected)

    def form(self, path: str, part: str) -> tuple[str, dict[str, str]]:
        """Where the form that is sent to ``…part…`` goes, and its fields as they come."""
        form = Page(self.get(path).text).form(part)
        return form["action"] or path, form["fields"]

    def _ask(
        self, method: str, path: str, body: str | None, expected: int, more: Mapping[str, str] | None = None
    ) -> Answer:
        headers = {
            "Accept-Language": "fr",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **(more or {}),
        }
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read()
        seconds = time.perf_counter() - begun
        for each in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(each).items()}
        if response.status != expected:
            raise UnexpectedAnswer(
                f"{method} {path}: {response.status}, not {expected}\n{text.decode()[:2000]}"
            )
        statements = int(response.headers.get(STATEMENTS, 0))
        return Answer(
            response.status,
            urlsplit(response.headers.get("Location", "")).path,
            text.decode(),
            statements,
            seconds,
        )


class UnexpectedAnswer(Exception):
    """What was to be measured did not happen."""
