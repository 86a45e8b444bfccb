"""A client asks for a change and then refuses; the rep reads it on top of the deal and replies. On three widths, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.actors import Company
from tests.browser.site import Site


@pytest.mark.parametrize(
    ("width", "language", "buyer"),
    [(390, "fr", "Garage Le Goff"), (820, "fr", "Garage Le Goff"), (1280, "en", "Harbour Street Studio")],
)
def test_not_like_this_and_then_no(
    site: Site, company: Callable[..., Company], width: int, language: str, buyer: str
):
    people = company(site, f"answers-{width}", width, language)
    client, rep, title = people.client, people.rep, f"Étagères {width}"
    client.opens(site.sends_a_quote(buyer, title))
    client.visible(client.link("Ask for a change")).click()
    client.reads_heading("Ask for a change")
    client.field("What should be different?").fill("En chêne,\nsi possible.")
    client.sees("asks")
    client.button("Send the request").click()
    client.reads_heading("Your request has been sent")
    expect(client.page.locator(".thread")).to_contain_text("si possible.")
    client.sees("asked")

    site.speaks(rep.email, language)
    rep.signs_in()
    rep.opens_opportunity(title)
    rep.sees_chip("Changes requested")
    expect(rep.page.locator(".thread")).to_contain_text("si possible.")
    rep.link("Reply to the client").click()
    rep.field("Your reply").fill("C’est compris dans le prix.")
    rep.button("Send the reply").click()
    rep.sees_chip("Sent")
    rep.sees("replied")

    client.page.goto(client.address)
    expect(client.page.locator(".thread")).to_contain_text("C’est compris dans le prix.")
    client.visible(client.link("Refuse")).click()
    client.page.get_by_label({"fr": "Prix", "en": "Price"}[language]).check()
    client.button("Refuse the quote").click()
    client.reads_heading("Your refusal has been sent")
    client.sees("refused")
    rep.page.reload()
    rep.sees_chip("Refused")
    site.speaks(rep.email, "fr")
