"""A real firm takes the place of the demonstration, without a shell, and every page on its way is accessible."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.actors import Colleague
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch, overflow

WORDS = {
    "fr": ("supprimer", "Tout supprimer", "Commencer", "Enregistrer et continuer"),
    "en": ("remove", "Remove everything", "Begin", "Save and go on"),
}
STEPS = ["vat", "look", "numbering", "terms", "mentions", "done"]


def a_logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (360, 120), "#804020").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("width", "language"), [(1280, "fr"), (820, "fr"), (390, "en")])
def test_a_real_firm_takes_the_place_of_the_demonstration(
    tmp_path_factory: pytest.TempPathFactory,
    open_browser: Callable[..., tuple[Page, Watch]],
    axe: Axe,
    width: int,
    language: str,
):
    site = Site(tmp_path_factory.mktemp("first"))
    page, watch = open_browser(width, language)
    look = Look("first-run", width, language)
    remove, remove_all, begin, go_on = WORDS[language]
    email = "admin@atelier-duval.example"
    site.speaks(email, language)
    admin = Colleague(page, site, look, watch, language=language)
    admin.email = email

    def seen(name: str) -> None:
        look.at(page, name)
        assert [*axe.violations(page), *overflow(page)] == [], name

    try:
        admin.signs_in()
        page.goto(f"{site.url}/settings/demonstration")
        seen("demonstration")
        page.get_by_label(re.compile(remove)).fill(remove)
        page.get_by_role("button", name=remove_all).click()
        expect(page).to_have_url(f"{site.url}/welcome")
        page.locator("[name=name]").fill("Anne Kerleo")
        page.locator("[name=email]").fill("anne@kerleo.fr")
        page.locator("[name=password]").fill("une longue phrase de passe")
        seen("administrator")
        page.get_by_role("button", name=begin).click()
        typed = {"name": "Menuiserie Kerleo", "siren": "552100554", "street": "4 quai", "postcode": "35000", "city": "Rennes"}  # fmt: skip
        for name, value in typed.items():
            page.locator(f"main [name={name}]").fill(value)
        seen("identity")
        page.get_by_role("button", name=go_on).click()
        for step in STEPS[:-1]:
            expect(page).to_have_url(f"{site.url}/welcome/{step}")
            if step == "look":
                page.locator("[name=colour]").fill("#ffe066")
                expect(page.locator("#tried")).to_contain_text("#ffe066")
                page.locator("[name=logo]").set_input_files(
                    {"name": "logo.png", "mimeType": "image/png", "buffer": a_logo()}
                )
                expect(page.locator(".specimen img.logo")).to_have_attribute("src", re.compile("^data:"))
            if step == "numbering":
                page.locator("[name=invoice_prefix]").fill("fa")
                page.locator("[name=invoice_start]").fill("41")
                invoices = page.get_by_role("group").filter(has=page.locator("[name=invoice_prefix]"))
                expect(invoices.locator("[data-example]")).to_have_text("FA-2026-0041")
            seen(step)
            page.get_by_role("button", name=go_on).click()
        expect(page).to_have_url(f"{site.url}/welcome/done")
        seen("done")
        page.goto(f"{site.url}/settings/look")
        expect(page.locator(".specimen img.logo")).to_have_attribute("src", re.compile("^/logo-"))
        page.goto(f"{site.url}/opportunities/new")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    finally:
        site.close()
