"""A Message-ID fits in its column whatever the rep's e-mail is: no mail is worth a signature."""

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.links.models import Channel
from backoffice.notifications.mails import new_message_id
from backoffice.notifications.models import OutgoingMail
from backoffice.notifications.queueing import domain_of
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_sent_quote, an_opportunity, signed

LONG = f"{'a' * 60}.{'b' * 60}.example"


def test_a_quote_of_a_rep_with_a_long_domain_is_sent_and_signed(app: Flask):
    rep = a_member(Role.REP, email=f"julien@{LONG}")
    quote, link = a_sent_quote(an_opportunity(owner=rep), channel=Channel.MAIL)
    with unit_of_work() as session:
        signed(session, quote, link, clock.now())
    with unit_of_work() as session:
        identifiers = session.scalars(sa.select(OutgoingMail.message_id)).all()
    assert len(identifiers) == 3
    assert all(each.endswith("@localhost>") for each in identifiers)


@pytest.mark.parametrize(
    ("domain", "kept"),
    [
        ("duval.example", "duval.example"),
        ("menuiserie-château.example", "xn--menuiserie-chteau-1pb.example"),
        (f"{'a' * 60}.{'b' * 11}.example", f"{'a' * 60}.{'b' * 11}.example"),
        (f"{'a' * 60}.{'b' * 12}.example", "localhost"),
        (LONG, "localhost"),
        (f"{'a' * 70}.example", "localhost"),
        ("", "localhost"),
    ],
)
def test_the_domain_of_a_message_id(domain: str, kept: str):
    assert domain_of(f"lea@{domain}") == kept
    assert len(new_message_id(kept)) <= OutgoingMail.message_id.type.length
