"""*Today*: what waits, each thing once, with its next act, until it is dealt with."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.agenda.models import Task, TaskKind
from backoffice.answers.answering import ask_for_renewal, refuse_quote, reply_to_request
from backoffice.clients.models import Contact, Standing
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.queries import quote_to_act_on
from backoffice.staff.models import Role
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.billing import an_issued_invoice, an_order
from tests.factories import (
    a_client,
    a_further_link,
    a_line,
    a_member,
    a_payment,
    a_request,
    a_seller,
    a_sent_quote,
    a_signed_quote,
    an_invoice,
    an_opportunity,
    answering,
    order_of,
)

LONG_AGO = timedelta(days=12)


@pytest.fixture
def firm(rep) -> int:
    return a_client(rep, Standing.PROFESSIONAL)


def deal(rep: int, firm: int, title: str) -> int:
    return an_opportunity(rep, firm, [a_line()], title=title)


def entry(text: str, title: str) -> str:
    """What is said between this title and the next line of its kind."""
    return text.partition(title)[2][:200]


def a_task(opportunity: int, assignee: int, title: str, days: int = 0) -> int:
    with unit_of_work() as session:
        task = Task(
            kind=TaskKind.TASK, title=title, opportunity_id=opportunity, assignee_id=assignee, created_at=clock.now(),
            due_on=clock.today("Europe/Paris") + timedelta(days=days),
        )  # fmt: skip
        session.add(task)
        session.flush()
        return task.id


def refused(quote: int, link) -> None:
    with unit_of_work() as session:
        digest = quote_to_act_on(session, quote).versions[-1].digest
        refuse_quote(session, quote, answering(link), None, "Trop long", at=clock.now(), seen_as=digest)


def lapsed(quote: int) -> None:
    with unit_of_work() as session:
        quote_to_act_on(session, quote).lapse(clock.now() + timedelta(days=90))


def of_ours(opportunity: int, by: int, kind: EntryKind = EntryKind.NOTE) -> None:
    with unit_of_work() as session:
        session.add(
            TimelineEntry(
                opportunity_id=opportunity, at=clock.now(), kind=kind, staff_id=by, facts={"text": "Rappelé"}
            )
        )


def test_an_empty_day_is_friendly(reader):
    page = reader.page("/today")
    assert "Rien ne vous attend" in page.text
    assert "/opportunities/new" in page.links


def test_home_is_today_but_for_accountants(signed_in, app):
    a_seller()
    for role in Role:
        place = "/invoices" if role is Role.ACCOUNTANT else "/today"
        reader = signed_in(a_member(role))
        assert reader.get("/").location == place
        assert reader.get("/today").status_code == (404 if role is Role.ACCOUNTANT else 200)


def test_a_signature_waits_until_it_is_invoiced(reader, rep, firm):
    _, _, signature = a_signed_quote(deal(rep, firm, "Comptoir"))
    order = order_of(signature)
    page = reader.page("/today")
    assert "Comptoir" in page.text
    assert f"/orders/{order}/invoice" in [form["action"] for form in page.forms]
    answer = reader.submit("/today", {}, f"/orders/{order}/invoice")
    assert answer.status_code == 303
    again = reader.page("/today")
    assert f"/orders/{order}/invoice" not in [form["action"] for form in again.forms]
    assert answer.location in again.links  # now it is a draft to issue


def test_a_request_waits_until_it_is_answered(reader, rep, firm):
    quote, link = a_sent_quote(deal(rep, firm, "Enseigne"))
    a_request(quote, link, "En chêne")
    read = a_request(quote, link, "Et en deux parties")
    page = reader.page("/today")
    assert page.text.count("Enseigne") == 1
    assert "Et en deux parties" in page.text
    assert "En chêne" not in page.text
    assert f"/quotes/{quote}/reply" in page.links
    with unit_of_work() as session:
        reply_to_request(session, quote, "Bien sûr", read=read, by=rep, at=clock.now())
    assert "Enseigne" not in reader.page("/today").text


@pytest.mark.parametrize("dealt_with", ["a note", "a new version"])
def test_a_refusal_waits_until_one_of_ours_does_something(reader, rep, firm, dealt_with):
    opportunity = deal(rep, firm, "Vestiaires")
    quote, link = a_sent_quote(opportunity)
    refused(quote, link)
    assert "Trop long" in reader.page("/today").text
    of_ours(opportunity, rep, EntryKind.HANDED_OVER)
    assert "Trop long" in reader.page("/today").text, "handing over answers nobody"
    if dealt_with == "a note":
        of_ours(opportunity, rep)
    else:
        a_further_link(quote, at=clock.now())
    assert "Vestiaires" not in reader.page("/today").text


def test_a_wish_for_more_time_waits_until_a_version_is_sent(reader, rep, firm):
    quote, link = a_sent_quote(deal(rep, firm, "Véranda"))
    lapsed(quote)
    with unit_of_work() as session:
        ask_for_renewal(session, quote, link.id, at=clock.now() + timedelta(days=91))
    page = reader.page("/today")
    assert page.text.count("Véranda") == 1
    assert f"/quotes/{quote}/send" in page.links
    a_further_link(quote, at=clock.now())
    assert "Véranda" not in reader.page("/today").text


def test_a_lost_mail_waits_until_the_client_is_reached_otherwise(reader, rep, firm):
    opportunity = deal(rep, firm, "Vitrine")
    quote, _link = a_sent_quote(opportunity, at=clock.now() - LONG_AGO)
    with unit_of_work() as session:
        mail = session.scalars(
            sa.select(OutgoingMail).where(OutgoingMail.kind == MailKind.QUOTE_INVITATION)
        ).one()
        mail.state, mail.last_error = MailState.FAILED, "unreachable: refused"
        mail_id, number = mail.id, mail.id
    page = reader.page("/today")
    assert page.text.count("Vitrine") == 1, "its quote is unanswered too, and that is said once"
    assert f"/mail/{mail_id}/send-again" in [form["action"] for form in page.forms]
    of_ours(opportunity, rep)
    assert "Vitrine" in reader.page("/today").text, f"a note delivers no mail {number}"
    with unit_of_work() as session:
        session.get_one(OutgoingMail, mail_id).last_error = "refused: 550 unknown"
    page = reader.page("/today")
    assert f"/quotes/{quote}/links" in page.links
    assert "550 unknown" in page.text, "the sentence that ends in “it says” goes on"
    a_further_link(quote, at=clock.now())
    assert "Vitrine" not in reader.page("/today").text


def test_unanswered_quotes_show_after_a_week_or_before_they_end(reader, rep, firm):
    a_sent_quote(deal(rep, firm, "Récent"))
    a_sent_quote(deal(rep, firm, "Ancien"), at=clock.now() - LONG_AGO)
    ending, _ = a_sent_quote(deal(rep, firm, "Finissant"))
    over, _ = a_sent_quote(deal(rep, firm, "Fini"), at=clock.now() - LONG_AGO)
    with db.engine.begin() as connection:
        for quote, closes in ((ending, timedelta(hours=20)), (over, timedelta(hours=-1))):
            moved = sa.update(QuoteVersion).where(QuoteVersion.quote_id == quote)
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("DROP TRIGGER IF EXISTS frozen_quote_versions_update")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(moved.values(closes_at=clock.now() + closes))
    text = reader.page("/today").text
    assert ("Ancien" in text, "Finissant" in text) == (True, True)
    assert ("Récent" in text, "Fini " in text) == (False, False)
    assert text.index("Finissant") < text.index("Ancien"), "what ends first comes first"


def test_a_quote_with_a_task_due_shows_as_the_task_only(reader, rep, firm):
    opportunity = deal(rep, firm, "Pergola")
    a_sent_quote(opportunity, at=clock.now() - LONG_AGO)
    assert reader.page("/today").text.count("Pergola") == 1
    task = a_task(opportunity, rep, "Rappeler", days=-1)
    page = reader.page("/today")
    assert page.text.count("Pergola") == 1
    ticked = reader.submit(
        "/today", {}, f"/tasks/{task}/done", headers={"Referer": "http://localhost/today?whose=mine"}
    )
    assert ticked.location == "/today?whose=mine"
    assert db.session.get_one(Task, task).done_at is not None
    assert "Rappeler" not in reader.page("/today").text


def test_today_comes_before_what_is_late_and_tomorrow_not_at_all(reader, rep, firm):
    opportunity = deal(rep, firm, "Bardage")
    for title, days in (("Envoyer le plan", -3), ("Visiter", 0), ("Plus tard", 1)):
        a_task(opportunity, rep, title, days)
    text = reader.page("/today").text
    assert text.index("Visiter") < text.index("Envoyer le plan")
    assert "Plus tard" not in text


def test_overdue_invoices_show_until_they_are_paid(reader, rep, firm):
    today = clock.today("Europe/Paris")
    invoice = an_issued_invoice(an_order(deal(rep, firm, "Terrasse")), on=today - timedelta(days=34))
    in_time = an_issued_invoice(an_order(deal(rep, firm, "Vitrine")), on=today - timedelta(days=30))
    number, other = (db.session.get_one(Invoice, key).number for key in (invoice, in_time))
    text = reader.page("/today").text
    assert number in text
    assert other not in text
    assert "4 jours de retard" in text
    owed = db.session.get_one(Invoice, invoice).gross
    db.session.rollback()
    a_payment(invoice, str(owed))
    assert number not in reader.page("/today").text


def test_a_rep_sees_the_own_day_and_a_manager_everybodys_with_whose(signed_in, rep, firm):
    other = a_member(email="autre@example.com", name="Bruno Autre")
    manager = a_member(Role.MANAGER)
    quote, link = a_sent_quote(deal(rep, firm, "Enseigne"))
    a_request(quote, link)
    a_task(deal(rep, firm, "Façade"), rep, "Mesurer")
    assert "Enseigne" in signed_in(rep).page("/today").text
    assert "Bruno Autre" not in signed_in(rep).page("/today").text
    foreign = signed_in(other).page("/today").text
    assert ("Enseigne" in foreign, "Mesurer" in foreign) == (False, False)
    for address, sees in (("/today", True), ("/today?whose=mine", False)):
        text = signed_in(manager).page(address).text
        assert ("Enseigne" in text, "Mesurer" in text) == (sees, sees), address
    assert "Enseigne" not in signed_in(other).page("/today?whose=all").text


def test_sections_are_limited_and_their_own_pages_leaf_through_all(reader, rep, firm, monkeypatch):
    titles = [f"Porte {number:02d}x" for number in range(10)]
    for title in titles:
        quote, link = a_sent_quote(deal(rep, firm, title))
        a_request(quote, link)
    page = reader.page("/today")
    assert sum(title in page.text for title in titles) == 8
    assert titles[-1] in page.text, "the newest first"
    assert "/today/clients" in page.links
    assert all(title in reader.page("/today/clients").text for title in titles)
    monkeypatch.setattr("backoffice.today.views.SIZE", 6)
    first = reader.page("/today/clients")
    (onward,) = [link for link in first.links if "after=" in link]
    rest = reader.page(onward).text
    assert [title in first.text for title in titles] == [title not in rest for title in titles]


def test_every_section_has_its_page(reader, rep, firm):
    opportunity = deal(rep, firm, "Pergola")
    a_sent_quote(opportunity, at=clock.now() - LONG_AGO)
    assert "Pergola" in reader.page("/today/quiet").text
    a_task(opportunity, rep, "Rappeler")
    assert "Rappeler" in reader.page("/today/tasks").text
    _, _, signature = a_signed_quote(deal(rep, firm, "Terrasse"))
    invoice = an_invoice(order_of(signature))
    assert f"/invoices/{invoice}" in reader.page("/today/drafts").links
    assert reader.page("/today/overdue")
    assert reader.get("/today/nonsense").status_code == 404


def test_a_call_is_one_tap(reader, rep, firm):
    opportunity = deal(rep, firm, "Pergola")
    a_sent_quote(opportunity, at=clock.now() - LONG_AGO)
    with unit_of_work() as session:
        contact = session.scalars(sa.select(Contact).where(Contact.client_id == firm)).first()
        contact.phone = "02 99 12 34 56"
    assert "tel:0299123456" in reader.page("/today").links


@pytest.mark.slow
def test_the_number_of_statements_does_not_grow(reader, rep, firm, statements):
    def one_of_each(number: int) -> None:
        quote, link = a_sent_quote(deal(rep, firm, f"Enseigne {number}"))
        a_request(quote, link)
        a_sent_quote(deal(rep, firm, f"Pergola {number}"), at=clock.now() - LONG_AGO)
        _, _, signature = a_signed_quote(deal(rep, firm, f"Terrasse {number}"))
        _, _, other = a_signed_quote(deal(rep, firm, f"Porte {number}"))
        an_invoice(order_of(signature))
        a_task(deal(rep, firm, f"Bar {number}"), rep, "Appeler")
        assert order_of(other)

    one_of_each(1)
    reader.page("/today")
    with statements() as few:
        reader.page("/today")
    for number in range(2, 8):
        one_of_each(number)
    with statements() as many:
        reader.page("/today")
    assert len(many) == len(few) <= 14
