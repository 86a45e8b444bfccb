"""What is looked at on every page, whoever opened it."""

import contextlib
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, Response

from backoffice.settings import PROJECT

SHOTS = PROJECT / ".artifacts"
CUT = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED|NETWORK_CHANGED)")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Watch:
    """Faults of one browser: what its console complained of, what it did not get."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self._allowed: set[int] = set()
        self._cuts = False
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def allow(self, *statuses: int) -> None:
        """Answers that the test provokes on purpose."""
        self._allowed |= set(statuses)

    def allow_cuts(self) -> None:
        """A network that the test takes away."""
        self._cuts = True

    def _console(self, kind: str, text: str) -> None:
        if self._cuts and CUT.search(text):
            return
        refused = re.search(r"status of (\d+)", text)
        if kind in {"error", "warning"} and not (refused and int(refused[1]) in self._allowed):
            self.faults.append(f"console {kind}: {text}")

    def _failed(self, request: Request) -> None:
        # A type-ahead drops the question before its last; a page that is left drops what it still loads.
        if request.failure != "net::ERR_ABORTED" and not (self._cuts and CUT.search(request.failure or "")):
            self.faults.append(f"{request.failure}: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self.faults.append(f"{response.status}: {response.url}")


class Look:
    """Photographs pages for ``.artifacts`` and measures them on the way."""

    def __init__(self, story: str, width: int, language: str, *, numbered: bool = True) -> None:
        self.width, self.numbered = width, numbered
        self.folder = SHOTS / story
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{width}-{language}"
        self.steps = 0

    def at(self, page: Page, step: str) -> None:
        self.steps += 1
        step = f"{self.steps:02d}-{step}" if self.numbered else step
        page.screenshot(path=self.folder / f"{self.name}-{step}.png", full_page=True, animations="disabled")
        assert overflow(page) == [], f"{step}: wider than its window"


def overflow(page: Page) -> list[Any]:
    """What sticks out to the right and cannot be scrolled to inside a part of the page."""
    found: list[Any] = page.evaluate(
        """() => {
          const within = [...document.querySelectorAll("table")].filter((each) => getComputedStyle(each.parentElement).overflowX === "visible"
            && each.getBoundingClientRect().right > each.parentElement.getBoundingClientRect().right + 1);
          if (within.length) return within.map((each) => `${each.className} leaves its part of the page`);
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          return [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > wide + 1)
            .map((each) => `${each.tagName}.${each.className} ${Math.round(each.getBoundingClientRect().right)}`).slice(0, 8);
        }"""
    )
    return found


class Axe:
    """axe-core with all rules of WCAG 2.2 A and AA; evaluated by the tests, so no policy of the page stops it."""

    def __init__(self) -> None:
        import axe_playwright_python  # noqa: PLC0415 - only its script is used, and only here

        self._source = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

    def violations(self, page: Page) -> list[str]:
        page.evaluate(self._source)
        found = page.evaluate(
            "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            TAGS,
        )
        return [
            f"{each['impact']} {each['id']}: {node['target']} {node['failureSummary'].splitlines()[1:2]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]


@contextlib.contextmanager
def tidy(context: BrowserContext) -> Any:
    """A context whose faults fail the test that used it."""
    watch = Watch(context)
    try:
        yield watch
    finally:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)
