"""What a signer agreed to once is not carried over to what changed meanwhile; what they sign is shown in full."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Standing
from backoffice.db import db
from backoffice.quotes.queries import quote_to_act_on
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_line,
    a_member,
    a_quote,
    a_seller,
    a_sent_quote,
    address_of,
    an_opportunity,
)
from tests.reader import Page


def a_firms_link():
    a_seller()
    rep = a_member()
    return a_sent_quote(an_opportunity(rep, a_client(rep, Standing.PROFESSIONAL)))[1]


def test_authority_is_declared_anew_when_the_wording_changed(client, app):
    link = a_firms_link()
    typed = {"function": "Gérant", "mention": "Bon pour accord", "consent": "y", "authority": "y"}
    answer = client.submit(f"{address_of(link)}/sign", typed | {"words": "0" * 64}, "/sign")
    fields = Page(answer.text).form("/sign")["fields"]
    assert answer.status_code == 409
    assert ("authority" in fields, "consent" in fields) == (False, False)
    assert (fields["function"], fields["mention"]) == ("Gérant", "Bon pour accord")


def test_a_mention_is_not_longer_than_what_is_kept(client, app):
    _, link = a_sent_quote()
    typed = {"mention": f"Bon pour accord{'.' * 300}", "consent": "y"}
    answer = client.submit(f"{address_of(link)}/sign", typed, "/sign")
    assert answer.status_code == 422
    assert "120" in Page(answer.text).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


@pytest.mark.parametrize(
    ("sent", "kept"), [("192.0.2.7", "192.0.2.7"), ("[2001:db8::1]:40122", ""), ("x" * 60, "")]
)
def test_only_an_address_is_kept_as_address(client, app, sent, kept):
    _, link = a_sent_quote()
    typed = {"mention": "Bon pour accord", "consent": "y"}
    answer = client.submit(
        f"{address_of(link)}/sign", typed, "/sign", environ_overrides={"REMOTE_ADDR": sent}
    )
    assert answer.status_code == 303
    assert db.session.scalars(sa.select(Signature.address)).one() == kept


def test_the_discount_is_shown_above_the_button_and_on_the_confirmation(client, app):
    a_seller()
    rep = a_member()
    deal = an_opportunity(rep, a_client(rep), [a_line(price="1000"), a_line("Pose", price="500", vat="10")])
    quote = a_quote(deal)
    with unit_of_work() as session:
        quote_to_act_on(session, quote).discount = Decimal(20)
    link = a_further_link(quote)
    sums = ("Sous-total HT", "1 500,00 €", "Remise 20 %", "− 300,00 €", "1 200,00 €", "TVA 10 %")
    signing = Page(client.get(f"{address_of(link)}/sign").text).text
    assert [words for words in sums if words not in signing] == []
    client.submit(f"{address_of(link)}/sign", {"mention": "Bon pour accord", "consent": "y"}, "/sign")
    signed = Page(client.get(f"{address_of(link)}/signed").text).text
    assert [words for words in sums if words not in signed] == []
