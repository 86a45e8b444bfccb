"""What a client is told of a version that replaces another."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.clients.models import Standing
from backoffice.db import Bilingual
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.states import VersionState
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_line,
    a_member,
    a_request,
    a_seller,
    a_sent_quote,
    address_of,
    an_opportunity,
    another_recipient,
    signed,
    somebody,
)
from tests.reader import Page, PageReader


@pytest.fixture
def sent(app) -> tuple[int, object]:
    """A professional's quote, as its first version, with its link."""
    a_seller()
    rep = a_member()
    lines = [
        a_line("Plateau", "5", "100"),
        a_line("Pieds", price="60"),
        a_line("Pose", price="80"),
        a_line("Vernis", price="10"),
    ]
    return a_sent_quote(an_opportunity(rep, a_client(rep, Standing.PROFESSIONAL), lines))


def sent_again(quote: int, *, plateau: str = "6", without: str = "", more: str = "") -> object:
    """The next version: so many tops, without one line, with another."""
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        deal = deal_to_act_on(session, row.opportunity_id, sa.true())
        lines = {line.name.fr: line for line in deal.lines}
        lines["Plateau"].quantity = Decimal(plateau)
        if without:
            deal.lines.remove(lines[without])
        if more:
            line = a_line(more, price="35")
            line.position = 9
            deal.lines.append(line)
    return a_further_link(quote)


def text_of(client: PageReader, address: str) -> str:
    return client.page(address).text.replace("\u00a0", " ")


def item(client: PageReader, address: str, name: str) -> str:
    """What stands beside a line's name on the quote."""
    text = client.get(address).text
    return Page("<p>" + text[text.index(f"<strong>{name}</strong>") :].partition("</td>")[0]).text


def test_a_request_is_said_to_be_taken_into_account_with_what_changed(client, sent):
    quote, link = sent
    a_request(quote, link)
    sent_again(quote)
    day = f"{clock.today('Europe/Paris'):%d} ".lstrip("0")
    text = text_of(client, address_of(link, "en"))
    assert f"Your request of {day}" in text
    assert "is taken into account: Plateau (en): 6 pcs instead of 5, that is €100.00 more." in text
    assert f"{address_of(link, 'en')}/changes-since/1" in client.page(address_of(link, "en")).links


def test_whoever_got_the_new_version_by_a_mail_of_its_own_asked_all_the_same(client, sent):
    quote, link = sent
    a_request(quote, link)
    assert "Your request of" in text_of(client, address_of(sent_again(quote), "en"))


def test_a_colleague_reads_whose_request_it_was(client, sent):
    quote, link = sent
    (colleague,) = another_recipient(quote, link, 1)
    a_request(quote, link)
    sent_again(quote)
    text = text_of(client, address_of(colleague, "en"))
    assert f"The request that {link.name} made on" in text
    assert "Your request of" not in text


def test_up_to_three_changes_are_named_and_the_others_counted(client, sent):
    quote, link = sent
    a_request(quote, link)
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        deal = deal_to_act_on(session, row.opportunity_id, sa.true())
        for line in deal.lines:
            line.unit_price += 1
    sent_again(quote, more="Livraison")
    text = text_of(client, address_of(link, "en"))
    notice = text[text.index("taken into account") : text.index("Compare with version 1")]
    assert [name in notice for name in ("Plateau", "Pieds", "Pose", "Vernis", "Livraison")] == [True] * 3 + [
        False
    ] * 2
    assert "2 more changes" in notice


def test_a_discount_or_a_later_day_that_was_asked_for_is_named_too(client, sent):
    quote, link = sent
    a_request(quote, link)
    with unit_of_work() as session:
        quote_to_act_on(session, quote).discount = Decimal(5)
    a_further_link(quote)
    text = text_of(client, address_of(link, "en"))
    assert "is taken into account: Discount on the whole: 5%." in text


def test_without_a_request_the_new_version_only_says_what_it_replaces(client, sent):
    quote, link = sent
    sent_again(quote)
    text = text_of(client, address_of(link, "en"))
    assert "This version 2 replaces version 1. Compare with version 1" in text
    assert "taken into account" not in text


def test_a_request_of_an_earlier_version_than_the_last_is_not_claimed_again(client, sent):
    quote, link = sent
    a_request(quote, link)
    sent_again(quote)
    sent_again(quote, plateau="7")
    text = text_of(client, address_of(link, "en"))
    assert "This version 3 replaces version 2." in text
    assert "taken into account" not in text


def test_a_version_that_changes_nothing_is_not_said_to_answer_a_request(client, sent):
    quote, link = sent
    a_request(quote, link)
    a_further_link(quote)
    text = text_of(client, address_of(link, "en"))
    assert "This version 2 replaces version 1." in text
    assert "taken into account" not in text


def test_changed_and_new_lines_are_marked_and_no_other(client, sent):
    quote, link = sent
    sent_again(quote, more="Livraison")
    page = address_of(link)
    marks = {name: item(client, page, name) for name in ("Plateau", "Pieds", "Livraison")}
    assert marks == {"Plateau": "Plateau Modifié", "Pieds": "Pieds", "Livraison": "Livraison Nouveau"}


def test_the_first_version_and_a_signed_one_speak_of_no_change(client, sent):
    quote, link = sent
    assert "changes-since" not in client.get(address_of(link)).text
    sent_again(quote)
    with unit_of_work() as session:
        signed(session, quote, link, clock.now())
    text = client.get(address_of(link)).text
    assert "changes-since" not in text
    assert ">Modifié<" not in text


def test_the_comparison_tells_every_line_and_every_sum(client, sent):
    quote, link = sent
    sent_again(quote, without="Pose", more="Livraison")
    text = text_of(client, f"{address_of(link, 'en')}/changes-since/1")
    for words in (
        "What changed since version 1", "Plateau (en) 6 pcs instead of 5 €100.00 more",
        "Removed Pose (en) €80.00 less", "New Livraison (en) €35.00 more",
        "2 lines are unchanged.", "Total excl. VAT €650.00 €705.00 +€55.00", "Total incl. VAT €780.00 €846.00 +€66.00",
        "Amounts excluding VAT.",
    ):  # fmt: skip
        assert words in text, words


def test_the_comparison_is_there_in_the_other_language_too(client, sent):
    quote, link = sent
    sent_again(quote)
    page = client.page(f"{address_of(link)}/changes-since/1")
    assert f"{address_of(link, 'en')}/changes-since/1" in page.links
    assert address_of(link) in page.links


def test_of_a_section_that_hides_prices_only_its_sum_is_told(client, app):
    a_seller()
    rep = a_member()
    heading = OpportunityLine(kind=LineKind.SECTION, name=Bilingual("Atelier", "Workshop"), hides_prices=True)
    lines = [heading, a_line("Plateau", price="417.93"), a_line("Pieds", price="60")]
    buyer = a_client(rep, Standing.PROFESSIONAL)
    quote, link = a_sent_quote(an_opportunity(rep, buyer, lines))
    a_request(quote, link)
    sent_again(quote, plateau="2", without="Pieds", more="Livraison")
    answers = [client.get(f"{address_of(link, 'en')}{path}").text for path in ("", "/changes-since/1")]
    for text in answers:
        shown = Page(text).text
        assert "2 pcs instead of 1" in shown
        assert "Total of the section: €870.86 instead of €477.93" in shown
        assert not any(price in shown for price in ("417.93", "835.86", "60.00", "35.00"))


def test_what_the_client_has_chosen_is_still_chosen_after_a_look_at_the_changes(client, app):
    a_seller()
    rep = a_member()
    option = a_line("Vernis", price="10")
    option.is_optional, option.is_taken = True, False
    quote, link = a_sent_quote(an_opportunity(rep, lines=[a_line("Plateau", price="100"), option]))
    sent_again(quote, plateau="2")
    key = re.search(r'name="o" value="([^"]+)"', client.get(address_of(link)).text)[1]
    chosen = client.get(f"{address_of(link)}/choice?v=2&o={key}").location
    (way,) = {each for each in client.page(chosen).links if "changes-since" in each}
    assert f"o={key}" in way
    assert any(
        each.startswith(f"{address_of(link)}?") and f"o={key}" in each for each in client.page(way).links
    )


@pytest.mark.parametrize("number", ["0", "2", "3", "x", "-1", "9" * 30])
def test_only_what_was_sent_before_can_be_compared_with(client, sent, number):
    quote, link = sent
    sent_again(quote)
    assert client.get(f"{address_of(link)}/changes-since/{number}").status_code == 404


@pytest.mark.parametrize("state", [VersionState.DROPPED, VersionState.DECLINED])
def test_what_the_client_never_got_is_not_shown_to_them(client, sent, state):
    quote, link = sent
    sent_again(quote)
    sent_again(quote, plateau="7")
    with unit_of_work() as session:
        session.execute(sa.update(QuoteVersion).where(QuoteVersion.number == 2).values(state=state))
    assert client.get(f"{address_of(link)}/changes-since/2").status_code == 404
    assert "This version 3 replaces version 1." in text_of(client, address_of(link, "en"))


def test_another_client_s_version_cannot_be_reached(client, sent):
    quote, _link = sent
    sent_again(quote)
    _, other = a_sent_quote(an_opportunity(somebody(), title="Terrasse"))
    assert client.get(f"{address_of(other)}/changes-since/1").status_code == 404


def test_a_second_version_costs_one_statement_more_however_long_it_is(app, client, statements):
    asked = []
    for count in (1, 200):
        quote, link = a_sent_quote(
            an_opportunity(
                somebody(), lines=[a_line(f"Poste {i}") for i in range(count)], title=f"De {count}"
            ),
            at=clock.now() - timedelta(hours=2),
        )
        with statements() as first:
            client.page(address_of(link))
        a_request(quote, link)
        a_further_link(quote)
        with statements() as second:
            client.page(address_of(link))
        asked.append((len(first), len(second)))
    assert asked[0] == asked[1]
    assert asked[0][1] - asked[0][0] == 1
