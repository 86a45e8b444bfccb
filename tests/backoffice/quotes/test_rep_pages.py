"""A rep makes a quote, words it, previews it and sends it."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.db import Bilingual, db
from backoffice.notifications.models import OutgoingMail
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_member,
    a_quote,
    a_sent_quote,
    a_signed_quote,
    an_opportunity,
    everything,
    signed,
)


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(email="rep@atelier-duval.example")


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)


@pytest.fixture
def deal(rep: int) -> int:
    return an_opportunity(owner=rep)


def count(entity: type) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(entity)) or 0


def quote_of(deal: int) -> Quote:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.scalars(sa.select(Quote).where(Quote.opportunity_id == deal)).one()


def test_two_clicks_make_one_quote(reader, deal):
    form = reader.page(f"/opportunities/{deal}").form("/quote")
    for _ in range(2):
        assert reader.post(form["action"], data=form["fields"]).status_code == 303
    assert count(Quote) == 1


@pytest.mark.parametrize(
    ("typed", "percent", "amount"),
    [("2,5 %", "2.5", "0"), ("0", "0", "0"), ("150 €", "0", "150"), ("99,90 EUR", "0", "99.9")],
)
def test_a_discount_on_the_whole_is_a_percentage_or_an_amount(reader, deal, typed, percent, amount):
    quote = a_quote(deal)
    assert reader.submit(f"/opportunities/{deal}", {"discount": typed}, f"/quotes/{quote}").status_code == 303
    stored = db.session.get_one(Quote, quote)
    assert (stored.discount, stored.discount_amount) == (Decimal(percent), Decimal(amount))
    assert reader.submit(f"/opportunities/{deal}", {}, f"/quotes/{quote}").status_code == 303
    db.session.expire_all()
    assert (stored.discount, stored.discount_amount) == (Decimal(percent), Decimal(amount))


def test_a_quote_has_a_currency_of_its_own_and_no_decimals_where_that_has_none(reader, deal):
    quote = a_quote(deal)
    reader.submit(f"/opportunities/{deal}", {"currency": "JPY"}, f"/quotes/{quote}")
    assert db.session.get_one(Quote, quote).currency == "JPY"
    page = reader.get(f"/opportunities/{deal}").text
    assert "JPY" in page
    refused = reader.submit(f"/opportunities/{deal}", {"currency": "TND"}, f"/quotes/{quote}")
    assert refused.status_code == 422


def test_the_wording_is_saved_in_the_language_it_was_shown_in(reader, deal):
    quote = a_quote(deal)
    typed = {
        "title": "Votre bibliothèque",
        "introduction": "Bonjour,\nvoici.",
        "valid_until": "31/12/2026",
        "discount": "2,5",
        "payment_days": "45",
        "language": "en",
    }
    assert reader.submit(f"/opportunities/{deal}", typed, f"/quotes/{quote}").status_code == 303
    stored = quote_of(deal)
    assert (stored.title.fr, stored.title.en, stored.language) == ("Votre bibliothèque", "", "en")
    assert (str(stored.discount), stored.payment_days, stored.valid_until.isoformat()) == (
        "2.50",
        45,
        "2026-12-31",
    )


def test_an_introduction_that_is_cleared_stays_cleared(reader, deal):
    quote = a_quote(deal)
    with unit_of_work() as session:
        session.get_one(Quote, quote).introduction = Bilingual("Bonjour", "Hello")
    typed = {"introduction": ""}
    assert reader.submit(f"/opportunities/{deal}", typed, f"/quotes/{quote}").status_code == 303
    assert quote_of(deal).introduction == Bilingual()
    page = reader.page(f"/opportunities/{deal}")
    assert page.form(f"/quotes/{quote}")["fields"]["introduction"].strip() == ""


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("valid_until", "demain"),
        ("valid_until", "9999-12-31"),
        ("payment_days", "-1"),
        ("payment_days", "1,5"),
        ("discount", "nan"),
        ("title", "x" * 161),
        ("title", ""),
        ("payment_days", ""),
        ("discount", ""),
        ("title", None),
        ("payment_days", None),
        ("discount", None),
        ("language", None),
        ("language", "xx"),
    ],
)
def test_a_wording_that_cannot_be_comes_back_with_all_that_was_typed(reader, deal, field, typed):
    quote = a_quote(deal)
    before = everything(["quotes"])
    answer = reader.submit(
        f"/opportunities/{deal}", {"introduction": "Chère Madame", field: typed}, f"/quotes/{quote}"
    )
    assert answer.status_code == 422
    assert "Chère Madame" in answer.text
    assert typed is None or field == "language" or typed in answer.text
    assert "Not a valid" not in answer.text
    assert "is required" not in answer.text
    assert everything(["quotes"]) == before


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("payment_days", "", "par exemple 30"),
        ("payment_days", "trente", "nombre entier"),
        ("discount", "beaucoup", "par exemple 12,5"),
        ("language", "xx", "Choisissez dans la liste"),
        ("title", "", "Donnez un titre"),
    ],
)
def test_a_wrong_entry_is_answered_by_what_the_field_would_take(reader, deal, field, typed, said):
    quote = a_quote(deal)
    answer = reader.submit(f"/opportunities/{deal}", {field: typed}, f"/quotes/{quote}")
    assert said in answer.text


def test_a_wording_changed_by_another_is_shown_beside_what_was_typed(reader, deal):
    quote = a_quote(deal)
    form = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")
    reader.post(form["action"], data=form["fields"] | {"title": "Premier"})
    answer = reader.post(form["action"], data=form["fields"] | {"title": "Second"})
    assert answer.status_code == 409
    assert "Premier" in answer.text
    assert "Second" in answer.text
    assert "enregistrez de nouveau" in answer.text
    assert "Rouvrez" not in answer.text
    assert quote_of(deal).title.fr == "Premier"


def sign_now(quote: int, link) -> None:
    with unit_of_work() as session:
        signed(session, quote, link, clock.now())


def test_a_paper_or_a_version_worked_on_while_the_client_signs_is_answered_by_that(reader, deal):
    quote, link = a_sent_quote(deal)
    paper = reader.page(f"/opportunities/{deal}").form(f"/quotes/{quote}")
    sending = reader.page(f"/quotes/{quote}/send").form("/send")
    sign_now(quote, link)
    for form, pressed in ((paper, {"title": "Autre"}), (sending, {"act": "mail"})):
        answer = reader.post(form["action"], data=form["fields"] | pressed)
        assert answer.status_code == 409
        assert "Ce devis est déjà signé" in answer.text
        assert "Quelqu’un" not in answer.text
        assert "/send" not in answer.text
    assert count(QuoteVersion) == 1


def test_a_form_sent_twice_sends_one_version_and_leads_to_it(reader, deal):
    quote, _ = a_sent_quote(deal)
    form = reader.page(f"/quotes/{quote}/send").form("/send")
    answers = [reader.post(form["action"], data=form["fields"] | {"act": "mail"}) for _ in range(3)]
    assert [(each.status_code, each.location) for each in answers] == [(303, f"/quotes/{quote}/sent")] * 3
    assert count(QuoteVersion) == 2


@pytest.mark.parametrize("changed", [{"act": "link"}, {"name": "Mme M."}, {"email": "m@example.com"}])
def test_a_second_wish_on_the_same_form_sends_nothing_and_offers_no_second_click(reader, deal, changed):
    quote = a_quote(deal)
    form = reader.page(f"/quotes/{quote}/send").form("/send")
    reader.post(form["action"], data=form["fields"] | {"act": "mail"})
    answer = reader.post(form["action"], data=form["fields"] | {"act": "mail"} | changed)
    assert answer.status_code == 409
    assert "La version 1 est déjà envoyée" in answer.text
    assert "/send" not in answer.text
    assert count(QuoteVersion) == 1


def test_a_version_that_somebody_else_sent_meanwhile_is_not_sent_again(reader, signed_in, deal):
    quote = a_quote(deal)
    form = reader.page(f"/quotes/{quote}/send").form("/send")
    manager = signed_in(a_member(Role.MANAGER))
    assert manager.submit(f"/quotes/{quote}/send", {"act": "mail"}, "/send").status_code == 303
    answer = reader.post(form["action"], data=form["fields"] | {"act": "mail"})
    assert answer.status_code == 409
    assert "La version 1 est déjà envoyée" in answer.text
    assert "/send" not in answer.text
    assert count(QuoteVersion) == 1


def test_a_quote_without_a_title_is_not_sent(reader, deal):
    quote = a_quote(deal)
    with unit_of_work() as session:
        session.get_one(Quote, quote).title = Bilingual()
    answer = reader.submit(f"/quotes/{quote}/send", {"act": "mail"}, "/send")
    assert answer.status_code == 422
    assert "n’a pas de titre" in answer.text
    assert count(QuoteVersion) == 0


def test_the_preview_is_the_document_and_stores_nothing(reader, deal):
    quote = a_quote(deal)
    before = everything()
    page = reader.page(f"/quotes/{quote}/preview")
    assert "Bibliothèque" in page.text
    assert "Parquet" in page.text
    assert "400" not in page.text, "cost is never shown"
    assert everything() == before


def test_sent_by_mail_the_version_is_frozen_and_a_letter_waits(reader, deal):
    quote = a_quote(deal)
    answer = reader.submit(f"/quotes/{quote}/send", {"act": "mail"}, "/send")
    assert (answer.status_code, answer.location) == (303, f"/quotes/{quote}/sent")
    assert (count(QuoteVersion), count(OutgoingMail)) == (1, 1)
    page = reader.page(f"/quotes/{quote}/sent")
    assert "claire.moreau@example.com" in page.text
    assert "/p/fr/" in reader.get(f"/quotes/{quote}/sent").text


def test_a_link_to_copy_needs_no_address_and_sends_no_letter(reader, deal):
    quote = a_quote(deal)
    assert reader.submit(f"/quotes/{quote}/send", {"act": "link", "email": ""}, "/send").status_code == 303
    assert (count(QuoteVersion), count(OutgoingMail)) == (1, 0)


def test_nothing_is_sent_by_mail_without_an_address_and_what_was_typed_stays(reader, deal):
    quote = a_quote(deal)
    answer = reader.submit(f"/quotes/{quote}/send", {"act": "mail", "email": "", "name": "Mme M."}, "/send")
    assert answer.status_code == 422
    assert "Mme M." in answer.text
    assert count(QuoteVersion) == 0


def test_an_empty_paper_is_not_sent(signed_in, app):
    rep = a_member(language="en")
    quote = a_quote(an_opportunity(owner=rep, lines=[]))
    answer = signed_in(rep).submit(f"/quotes/{quote}/send", {"act": "mail"}, "/send")
    assert answer.status_code == 422
    assert "There is no priced line yet. Add a product, then send the quote." in answer.text
    assert count(QuoteVersion) == 0


def test_what_was_changed_after_it_was_read_is_not_sent(reader, deal):
    quote = a_quote(deal)
    form = reader.page(f"/quotes/{quote}/send").form("/send")
    reader.submit(f"/opportunities/{deal}", {"lines-0-quantity": "7"}, "/lines")
    answer = reader.post(form["action"], data=form["fields"] | {"act": "mail", "name": "Mme M."})
    assert answer.status_code == 409
    assert "Mme M." in answer.text
    assert count(QuoteVersion) == 0


def test_the_page_counts_the_lines_that_differ_from_what_the_client_has(reader, deal):
    a_sent_quote(deal)
    before = reader.page(f"/opportunities/{deal}").text
    reader.submit(f"/opportunities/{deal}", {"lines-0-quantity": "7"}, "/lines")
    after = reader.page(f"/opportunities/{deal}").text
    assert before != after
    assert "1 line" in after or "1 ligne" in after


def test_a_signed_quote_is_invoiced_and_not_sent_again(reader, rep):
    deal = an_opportunity(owner=rep)
    quote, _, _ = a_signed_quote(deal)
    page = reader.page(f"/opportunities/{deal}")
    assert any("/orders/" in form["action"] for form in page.forms)
    assert "Claire Moreau" in page.text
    assert reader.get(f"/quotes/{quote}/send").status_code == 409


def test_a_foreign_quote_is_not_found(signed_in, deal):
    quote = a_quote(deal)
    stranger = signed_in(a_member(email="other@atelier-duval.example"))
    for path in (
        f"/quotes/{quote}",
        f"/quotes/{quote}/preview",
        f"/quotes/{quote}/send",
        f"/quotes/{quote}/sent",
    ):
        assert stranger.get(path).status_code == 404


def test_the_list_tells_number_state_and_amount(reader, deal):
    a_sent_quote(deal)
    page = reader.page("/quotes")
    assert "-0001" in page.text
    assert "3 512,00" in page.text
