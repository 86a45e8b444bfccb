"""A slow or broken network, a hurried hand, a narrow screen: the choice that is seen is the one that is signed."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from backoffice.money import Recurrence
from tests.browser.chooser import BUYER, Chooser, an_offer, what_is_offered
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch
from tests.factories import a_line


def test_a_hurried_hand_signs_what_it_ticked(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """The tick and the way to the signature within one answer of a slow server."""
    page, watch = open_browser(390)
    client = Chooser(page, site, Look("choice-hurried", 390, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered()))
    page.route("**/choice?*", lambda route: (page.wait_for_timeout(500), route.continue_())[1])
    client.box("Échelle").check()
    client.goes_to_sign()
    expect(page.locator(".deal").first).to_contain_text(client.amount("8795.68"))


def test_nobody_signs_a_choice_whose_total_never_came(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """A telephone that loses the network while ticking: the way to the signature leads to the quote with the tick."""
    page, watch = open_browser(390)
    client = Chooser(page, site, Look("choice-unanswered", 390, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered()))
    unreachable = lambda route: route.abort() if "x-parts" in route.request.headers else route.continue_()  # noqa: E731
    watch.allow_cuts()
    page.route("**/choice?*", unreachable)
    client.box("Échelle").check()
    expect(page.locator(".recalculate")).to_be_visible()
    client.visible(client.link("Accept and sign")).click()
    page.wait_for_url("**o=*")
    assert "/sign" not in page.url
    expect(client.box("Échelle")).to_be_checked()
    expect(page.locator("#bar-total")).to_have_text(client.amount("8795.68"))


def test_what_a_browser_restores_is_calculated(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """Ticked, left before the answer, and come back to: the tick and the total are of one choice."""
    page, watch = open_browser(390)
    client = Chooser(page, site, Look("choice-restored", 390, "fr"), watch, language="fr")
    address = site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered())
    client.opens(re.sub(r"/p/\w\w/", "/p/fr/", address))
    page.route("**/choice?*", lambda _route: None)
    client.box("Échelle").check()
    page.goto(f"{page.url}/changes")
    page.unroute_all()
    page.go_back()
    expect(client.box("Échelle")).to_be_checked()
    expect(page.locator("#bar-total")).to_have_text(client.amount("8795.68"))
    client.goes_to_sign()
    expect(page.locator(".deal").first).to_contain_text(client.amount("8795.68"))


def test_a_quantity_refused_on_a_whole_page_is_mended_and_signed(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """Sent before the script had loaded, as a slow telephone does."""
    page, watch = open_browser(390)
    watch.allow(422)
    client = Chooser(page, site, Look("choice-refused", 390, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered()))
    client.quantity.evaluate("(field) => { field.value = '50'; field.form.submit(); }")
    page.wait_for_url("**/choice?*")
    client.quantity.fill("8")
    page.locator(".recalculate button").click()
    client.goes_to_sign()
    expect(page.locator(".deal").first).to_contain_text(client.amount("8138.08"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_long_amounts_and_how_often_they_are_paid_fit_a_telephone(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe, language: str
):
    page, watch = open_browser(390, language)
    client = Chooser(page, site, Look("choice-wide", 390, language), watch, language=language)
    lines = [
        an_offer(
            a_line("Visite", "1", "18000"), recurrence=Recurrence.YEARLY, is_optional=True, is_taken=True
        ),
        an_offer(a_line("Machine", "6", "1234567.89"), quantity_min=Decimal(4), quantity_max=Decimal(12)),
    ]
    address = site.sends_a_quote(BUYER, "Machines", lines=lines)
    client.opens(re.sub(r"/p/\w\w/", f"/p/{language}/", address))
    client.sees("wide")
    total = page.locator("#bar-total").bounding_box()
    sign = page.locator(".bar a").bounding_box()
    assert total is not None and sign is not None  # noqa: PT018
    assert total["x"] + total["width"] <= sign["x"]
    span = page.locator("#sums dd").filter(has_text="–").bounding_box()
    sums = page.locator("#sums").bounding_box()
    assert span is not None and sums is not None  # noqa: PT018
    assert span["x"] + span["width"] <= sums["x"] + sums["width"]
    client.goes_to_sign()
    client.sees("wide-to-sign")
