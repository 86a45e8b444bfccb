"""A client's first visit on a telephone, with nothing cached, in the real browser."""

import shutil
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import sync_playwright

from tests import factories
from tests.benchmarks.installation import Installation
from tests.benchmarks.measures import a_sent_quote

WIDTH, HEIGHT = 390, 844


@dataclass(frozen=True)
class Visit:
    """What came over the wire, headers included."""

    bytes: int
    requests: int


def first_visit(here: Installation) -> Visit | None:
    """None without Chromium."""
    program = shutil.which("chromium")
    if program is None:
        return None
    address = here.origin + factories.address_of(a_sent_quote(here, 10))
    sizes: list[int] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=3, is_mobile=True, locale="fr-FR"
        )
        network = page.context.new_cdp_session(page)

        def received(finished: dict[str, Any]) -> None:
            sizes.append(int(finished["encodedDataLength"]))

        network.on("Network.loadingFinished", received)
        network.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        browser.close()
    return Visit(sum(sizes), len(sizes))
