"""The promise of under a minute, measured at a telephone: from the mailed link to the confirmation, reading left out."""

import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.actors import MENTION, Client
from tests.browser.site import Site
from tests.browser.watch import Look, Watch

MOST_TAPS = 8
MOST_SECONDS = 60
HUMAN_PAUSE = 200  # milliseconds between two keys: five characters a second


class Hand:
    """Counts what a finger does between two moments."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.began = page, 0, time.monotonic()

    def tap(self, target: Locator) -> None:
        target.tap()
        self.taps += 1

    def type(self, target: Locator, text: str) -> None:
        """A tap on the field, then the keys."""
        self.tap(target)
        target.press_sequentially(text, delay=HUMAN_PAUSE)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


@pytest.mark.parametrize(
    ("buyer", "signer"),
    [("Mme Claire Moreau", "Claire Moreau"), ("Garage Le Goff", "Yann Le Goff")],
    ids=["consumer", "professional"],
)
def test_signing_takes_few_taps_and_less_than_a_minute(
    site: Site,
    open_browser: Callable[..., tuple[Page, Watch]],
    capsys: pytest.CaptureFixture[str],
    buyer: str,
    signer: str,
):
    page, watch = open_browser(390, touch=True)
    client = Client(page, site, Look("taps", 390, "fr"), watch, language="fr")
    address = site.sends_a_quote(buyer)
    hand = Hand(page)
    client.opens(address)
    hand.tap(client.visible(client.link("Accept and sign")))
    assert (
        client.field("First and last name").input_value() == signer
    )  # known from the invitation, not typed again
    for empty in page.locator("input.input:visible").all():
        if not empty.input_value():
            hand.type(empty, MENTION["fr"] if empty.get_attribute("name") == "mention" else "Gérant")
    for box in page.locator("input[type=checkbox]").all():
        hand.tap(box)
    client.sees("filled")
    hand.tap(client.sign_button)
    client.sees_the_confirmation(signer)
    seconds = hand.seconds
    client.sees("confirmation")
    with capsys.disabled():
        sys.stdout.write(
            f"\n{buyer}: {hand.taps} taps, {seconds:.1f} s from the mailed link to the confirmation\n"
        )
    assert hand.taps <= MOST_TAPS
    assert seconds <= MOST_SECONDS
