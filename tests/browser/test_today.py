"""What a rep finds in the morning, each with its one next act, and the field that finds everything. Three widths, both languages, axe."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from backoffice import clock
from tests.browser.actors import Client
from tests.browser.desk import Manager, Salesperson
from tests.browser.site import Site
from tests.browser.watch import Look, Watch

WIDTHS = [(390, "fr"), (820, "en"), (1280, "fr")]


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_today_shows_what_clients_did_and_the_act_that_comes_next(
    site: Site,
    desk: Callable[..., Salesperson],
    open_browser: Callable[..., tuple[Page, Watch]],
    width: int,
    language: str,
):
    signed, asked, ending = f"Vestiaire {width}", f"Bar en zinc {width}", f"Véranda {width}"
    page, watch = open_browser(width)
    client = Client(page, site, Look("today-client", width, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote("Garage Le Goff", signed))
    client.goes_to_sign()
    client.fills_in("Yann Le Goff", function="Gérant")
    client.presses_sign()
    client.sees_the_confirmation("Yann Le Goff")
    client.opens(site.sends_a_quote("Mme Claire Moreau", asked))
    client.visible(client.link("Ask for a change")).click()
    client.field("What should be different?").fill("Plus bas de dix centimètres.")
    client.button("Send the request").click()
    client.reads_heading("Your request has been sent")
    tomorrow = clock.today("Europe/Paris") + timedelta(days=1)
    site.sends_a_quote("Mme Claire Moreau", ending, until=tomorrow)

    rep, call = desk("today", width, language), f"Rappeler pour le bar {width}"
    rep.opens_opportunity(asked)
    rep.plans(call)  # the form proposes today and oneself
    rep.goes_to("/today")
    expect(rep.row("To deal with", asked)).to_contain_text("Plus bas de dix centimètres.")
    expect(rep.row("Without answer", ending)).to_contain_text(rep.say("ends tomorrow"))
    expect(rep.row("Without answer", ending).get_by_role("link").last).to_have_attribute(
        "href", re.compile(r"^tel:\d+$")
    )
    rep.sees("all")

    rep.button("Mark as done: %(task)s", task=call).click()
    expect(rep.row("Appointments and tasks", call)).to_have_count(0)
    rep.row("To deal with", asked).get_by_role("link").last.click()
    rep.reads_heading("Reply to the client")
    rep.field("Your reply").fill("C’est possible.")
    rep.button("Send the reply").click()
    rep.sees_chip("Sent")
    rep.goes_to("/today")
    expect(rep.row("To deal with", asked)).to_have_count(0)
    rep.row("To deal with", signed).get_by_role("button").click()
    draft = rep.say("Draft: %(kind)s of order %(number)s", kind=rep.say("Invoice"), number="")
    rep.reads_heading(re.compile(re.escape(draft.rstrip())))
    order = rep.page.get_by_role("heading", level=1).inner_text().split()[-1]
    rep.goes_to("/today")
    expect(rep.row("To deal with", signed)).to_have_count(0)
    expect(rep.row("Invoices to issue", order)).to_be_visible()
    rep.sees("dealt-with")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_one_field_finds_client_quote_order_and_invoice(
    site: Site, desk: Callable[..., Salesperson], width: int, language: str
):
    title = f"Mezzanine {width}"
    site.sends_a_quote("Garage Le Goff", title)
    manager = desk("search", width, language, Manager)
    manager.opens_opportunity(title)
    quote = manager.number("Quote %(number)s")
    order, invoice = manager.newest_of("/orders"), manager.newest_of("/invoices")
    if width == 390:
        manager.searches_by_touch("le goff")
        expect(manager.page).to_have_url(re.compile(r"[?&]q="))
        manager.sees("results")
        manager.section("Clients").get_by_role("link", name="Garage Le Goff").click()
        search = manager.searches_by_touch
    else:
        manager.searches("Le Goff")
        search = manager.searches
    manager.reads_heading(re.compile("Garage Le Goff"))
    search(quote)
    manager.reads_heading(re.compile(title))
    search(order)
    manager.reads_heading("Order %(number)s", number=order)
    search(invoice)
    manager.reads_heading(re.compile(re.escape(invoice)))
    manager.sees("invoice")
