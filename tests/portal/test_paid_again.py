"""What is paid every month or year is told apart wherever the client reads amounts, and agreed to by name."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import render_template
from flask_babel import force_locale

from backoffice.db import Bilingual, db
from backoffice.money import Recurrence
from backoffice.notifications.mails import compose
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.models import Signature
from tests.factories import a_line, a_member, a_seller, a_sent_quote, address_of, an_opportunity
from tests.reader import PageReader


@pytest.fixture
def client(app) -> PageReader:
    app.test_client_class = PageReader
    return app.test_client()


def a_section(name: str, **more: bool) -> OpportunityLine:
    return OpportunityLine(kind=LineKind.SECTION, name=Bilingual(name, f"{name} (en)"), **more)


def paid(line: OpportunityLine, recurrence: Recurrence) -> OpportunityLine:
    line.recurrence = recurrence
    return line


def sent(*lines: OpportunityLine) -> str:
    a_seller()
    return address_of(a_sent_quote(an_opportunity(a_member(), lines=lines))[1])


def read(client: PageReader, address: str) -> str:
    return client.page(address).text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_variant_that_is_rented_is_not_subtracted_from_one_that_is_bought(client):
    bought, rented = a_line("Achat", "1", "1000"), paid(a_line("Location", "1", "30"), Recurrence.MONTHLY)
    address = sent(a_section("Machine", one_of=True), bought, rented)
    text = read(client, address)
    assert "36,00 € par mois" in text
    assert "1 164,00 €" not in text


def test_what_it_comes_to_at_least_and_at_most_is_of_what_is_paid_once(client):
    """A rent that is dearer than the price does not make the most of what is paid once nothing."""
    bought, rented = a_line("Achat", "1", "1000"), paid(a_line("Location", "1", "2000"), Recurrence.YEARLY)
    address = sent(a_line("Pose", "1", "100"), a_section("Machine", one_of=True), bought, rented)
    assert "120,00 € – 1 320,00 €" in read(client, address)


@pytest.mark.parametrize("once", ["500", None])
def test_a_section_that_hides_prices_tells_what_comes_back_apart(client, once):
    lines = [
        a_section("Entretien", hides_prices=True),
        paid(a_line("Visite", "1", "30"), Recurrence.MONTHLY),
        paid(a_line("Pièces", "1", "12.5"), Recurrence.MONTHLY),
    ]
    if once is not None:
        lines.append(a_line("Mise en service", "1", once))
    text = read(client, sent(*lines))
    assert ("Entretien600,00 €51,00 € par mois" if once else "Entretien51,00 € par mois") in text
    assert not {"36,00", "15,00", "30,00", "12,50"} & set(text.split())


def test_the_signer_agrees_to_what_comes_back_by_name(client):
    address = sent(
        a_line("Bibliothèque", "1", "1000"),
        paid(a_line("Entretien", "1", "30"), Recurrence.MONTHLY),
        paid(a_line("Garantie", "1", "100"), Recurrence.YEARLY),
    )
    amounts = "1 200,00 €, 36,00 € par mois et 120,00 € par an"
    text = read(client, f"{address}/sign")
    assert f"d’un montant de {amounts} TTC" in text
    assert f"{amounts} TTC" in text.rpartition("J’en accepte les termes")[2]
    form = client.page(f"{address}/sign").form("/sign")
    typed = {"mention": "Bon pour accord", "consent": "y", "way": "typed"}
    assert client.post(form["action"], data=form["fields"] | typed).status_code == 303
    db.session.rollback()
    signature = db.session.scalars(sa.select(Signature).options(sa.orm.selectinload(Signature.texts))).one()
    kept = next(each.text for each in signature.texts if each.code == "consent")
    assert amounts in kept.replace("\u202f", " ").replace("\u00a0", " ")


def test_of_a_subscription_alone_nobody_agrees_to_nothing(client):
    address = sent(paid(a_line("Entretien", "1", "30"), Recurrence.MONTHLY))
    assert "d’un montant de 36,00 € par mois TTC" in read(client, f"{address}/sign")
    english = read(client, f"{address.replace('/fr/', '/en/')}/sign")
    assert "for €36.00 per month incl. VAT" in english


def test_the_bar_of_a_small_screen_and_what_is_spoken_name_what_comes_back(client):
    option = paid(a_line("Entretien", "1", "30"), Recurrence.MONTHLY)
    option.is_optional = True
    address = sent(a_line("Bibliothèque", "1", "1000"), option)
    content = client.get(address).text
    key = re.search(r'name="o" value="(\w+)"', content)
    assert key is not None
    parts = client.get(f"{address}/choice?v=1&o={key[1]}", headers={"X-Parts": "choice"}).text
    whole = client.get(f"{address}?v=1&o={key[1]}").text
    amounts = "1 200,00 € et 36,00 € par mois"
    for text in (each.replace("\u202f", " ").replace("\u00a0", " ") for each in (parts, whole)):
        assert f'id="bar-total">{amounts}<' in text
    assert parts.replace("\u202f", " ").replace("\u00a0", " ").count(amounts) == 2


def test_every_mail_about_the_quote_names_what_comes_back(client, app):
    address = sent(
        a_line("Bibliothèque", "1", "1000"), paid(a_line("Garantie", "1", "100"), Recurrence.YEARLY)
    )
    form = client.page(f"{address}/sign").form("/sign")
    typed = {"mention": "Bon pour accord", "consent": "y", "way": "typed"}
    assert client.post(form["action"], data=form["fields"] | typed).status_code == 303
    db.session.rollback()
    mails = db.session.scalars(sa.select(OutgoingMail)).all()
    assert {mail.kind.value for mail in mails} == {
        "quote_invitation",
        "quote_signed_client",
        "quote_signed_rep",
    }
    for mail in mails:
        with app.test_request_context(), force_locale("fr"):
            composed = compose(mail, address, db.session.get_one(Seller, ONLY), render)
        for words in (composed.text, composed.html):
            assert "1 200,00 € et 120,00 € par an" in words.replace("\u202f", " ").replace("\u00a0", " ")


def render(template: str, context: dict[str, Any]) -> str:
    return render_template(template, **context)
