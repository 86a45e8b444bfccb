from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.links.models import AFTER_CLOSING, Channel, ClientLink
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.quotes.canonical import canonical_bytes, digest_of
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.refusals import AlreadySigned, NoRecipient, NothingToQuote, ValidityOver
from backoffice.quotes.states import VersionState
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_line,
    a_member,
    a_quote,
    a_seller,
    a_sent_quote,
    a_signed_quote,
    an_opportunity,
    everything,
)


@pytest.fixture(autouse=True)
def _database(app):
    """All of this happens in the database."""


def only_version() -> QuoteVersion:
    db.session.remove()
    return db.session.scalars(sa.select(QuoteVersion)).one()


def test_sending_freezes_number_bytes_and_digest():
    quote, _ = a_sent_quote(at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    version = only_version()
    facts = version.read()
    assert (facts["number"], facts["version"], facts["issued_on"]) == ("D-2026-0001", 1, "2026-11-20")
    assert canonical_bytes(facts) == version.content
    assert digest_of(version.content) == version.digest
    stored = db.session.get_one(Quote, quote)
    assert (stored.number, stored.live_version_id) == ("D-2026-0001", version.id)


def test_a_quote_closes_at_the_end_of_its_last_day_where_the_seller_is():
    a_sent_quote(at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    version = only_version()
    last = version.read()["valid_until"]
    assert version.closes_at == clock.end_of(datetime.fromisoformat(last).date(), "Europe/Paris")
    assert version.read()["closes_at"] == version.closes_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_costs_are_frozen_apart_and_never_in_what_the_client_gets():
    a_sent_quote()
    version = only_version()
    assert set(version.internal["costs"].values()) == {400_000_000}
    assert b"cost" not in version.content


def test_the_next_version_supersedes_the_former_and_keeps_the_number():
    quote, _ = a_sent_quote()
    a_further_link(quote)
    db.session.remove()
    versions = db.session.scalars(sa.select(QuoteVersion).order_by(QuoteVersion.number)).all()
    assert [(each.number, each.state) for each in versions] == [
        (1, VersionState.SUPERSEDED),
        (2, VersionState.SENT),
    ]
    assert {each.read()["number"] for each in versions} == {"D-2026-0001"}


def test_numbers_follow_each_other_without_a_gap_whatever_fails_between():
    a_seller()
    rep = a_member()
    buyer = a_client(rep)
    a_sent_quote(an_opportunity(rep, buyer))
    with pytest.raises(NothingToQuote):
        a_sent_quote(an_opportunity(rep, buyer, lines=[]))
    a_sent_quote(an_opportunity(rep, buyer))
    assert sorted(number for number in db.session.scalars(sa.select(Quote.number)) if number) == [
        "D-2026-0001",
        "D-2026-0002",
    ]


@pytest.mark.parametrize("lines", [[], [OpportunityLine]])
def test_a_paper_without_a_price_is_not_sent(lines):
    deal = an_opportunity(lines=[])
    if lines:
        with unit_of_work() as session:
            line = a_line("Lot 1")
            line.kind, line.opportunity_id, line.position = LineKind.SECTION, deal, 0
            session.add(line)
    quote = a_quote(deal)
    before = everything()
    with pytest.raises(NothingToQuote):
        a_further_link(quote)
    assert everything() == before


def test_a_paper_whose_last_day_is_over_is_not_sent():
    quote = a_quote(an_opportunity(), clock.now() - timedelta(days=60))
    with pytest.raises(ValidityOver):
        a_further_link(quote)


def test_a_mail_needs_an_address_and_a_copied_link_does_not():
    a_seller()
    rep = a_member()
    quote = a_quote(an_opportunity(rep, a_client(rep, email="")))
    with pytest.raises(NoRecipient):
        a_further_link(quote, channel=Channel.MAIL)
    a_further_link(quote, channel=Channel.COPIED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 0


def test_a_signed_quote_is_not_sent_again():
    quote, _, _ = a_signed_quote()
    with pytest.raises(AlreadySigned):
        a_further_link(quote)


def test_a_link_answers_a_year_longer_than_its_quote_is_open():
    a_sent_quote()
    version = only_version()
    assert db.session.scalars(sa.select(ClientLink.expires_at)).one() == version.closes_at + AFTER_CLOSING
