"""Away from the seller's premises a consumer pays nothing for seven days (C. conso. L221-10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backoffice import clock
from backoffice.clients.models import Standing
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.invoices.refusals import TooEarlyToAsk
from backoffice.invoices.seven_days import payable_from
from backoffice.links.models import Channel, ClientLink, Venue
from backoffice.numbering.models import Counter, Series
from backoffice.quotes.deposit import DepositKind
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.signing import sign_quote
from backoffice.signatures.models import Signature
from backoffice.staff.sessions import begin
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_member,
    a_signing,
    an_invoice,
    an_opportunity,
    issue,
    order_of,
    with_deposit,
)

SIGNED = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
"""In Paris it is the 2nd."""
FIRST_DAY = date(2026, 11, 10)


def signature(venue: Venue | None) -> Signature:
    return Signature(signed_at=SIGNED, venue=venue)


@pytest.mark.parametrize(
    ("venue", "standing", "first"),
    [
        (Venue.AT_CLIENT, Standing.CONSUMER, FIRST_DAY),
        (Venue.ELSEWHERE, Standing.CONSUMER, FIRST_DAY),
        (Venue.ON_PREMISES, Standing.CONSUMER, None),
        (Venue.AT_FAIR, Standing.CONSUMER, None),
        (None, Standing.CONSUMER, None),
        (Venue.AT_CLIENT, Standing.PROFESSIONAL, None),
    ],
)
def test_who_waits_and_until_when(venue, standing, first):
    assert payable_from(signature(venue), standing, "Europe/Paris") == first


def signed_at_home(standing: Standing = Standing.CONSUMER) -> int:
    """The order, with a deposit, of somebody who signed a minute ago in their kitchen."""
    owner = a_member()
    deal = an_opportunity(owner, a_client(owner, standing))
    quote = with_deposit(deal, DepositKind.ACOMPTE)
    link = a_further_link(quote)
    with unit_of_work() as session:
        held = session.get_one(ClientLink, link.id)
        held.channel, held.venue, held.place = Channel.IN_PERSON, Venue.AT_CLIENT, "Rennes"
        tablet = begin(session, staff_id=owner, user_agent="tests", at=clock.now())
        tablet.lent_at, tablet.lent_link_id = clock.now(), link.id
    signing = replace(a_signing(link), channel=Channel.IN_PERSON)
    with unit_of_work() as session:
        version = quote_to_act_on(session, quote).versions[-1]
        choice = version.choose(version.usual_selection())
        made = sign_quote(session, quote, signing, choice.selection, at=clock.now(), seen_as=choice.digest)
    return order_of(made.id)


def today() -> date:
    return clock.today("Europe/Paris")


def test_a_deposit_is_not_asked_for_before_the_day_and_no_number_is_used_up(app):
    draft = an_invoice(signed_at_home())
    with pytest.raises(TooEarlyToAsk) as refused:
        issue(draft, today() + timedelta(days=7))
    assert refused.value.facts["day"] == today() + timedelta(days=8)
    db.session.rollback()
    assert db.session.get_one(Counter, Series.INVOICE).last == 0
    assert issue(draft, today() + timedelta(days=8))


def test_a_firm_that_signs_in_its_kitchen_is_asked_at_once(app):
    assert issue(an_invoice(signed_at_home(Standing.PROFESSIONAL)), today())


def test_the_page_of_the_draft_says_from_which_day_on_and_offers_no_button(app, signed_in):
    draft = an_invoice(signed_at_home())
    owner = db.session.get_one(Invoice, draft).created_by
    db.session.rollback()
    page = signed_in(owner).page(f"/invoices/{draft}")
    assert "L221-10" in page.text
    assert not any(form["action"].endswith("/issue") for form in page.forms)


def test_whoever_sends_the_form_all_the_same_is_told(app, signed_in):
    draft = an_invoice(signed_at_home())
    row = db.session.get_one(Invoice, draft)
    owner, fields = row.created_by, {"revision": row.revision, "client_revision": 1}
    db.session.rollback()
    reader = signed_in(owner)
    fields["csrf_token"] = reader.page(f"/invoices/{draft}").form("/discard")["fields"]["csrf_token"]
    answer = reader.post(f"/invoices/{draft}/issue", data=fields)
    assert answer.status_code == TooEarlyToAsk.status
    assert "L221-10" in answer.text
