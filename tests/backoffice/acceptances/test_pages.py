"""The form on which a rep records an acceptance, what its pages tell afterwards, and who may see the proof."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from backoffice import clock, delivery
from backoffice.acceptances.models import WRITTEN, Acceptance, AcceptanceProof
from backoffice.answers.answering import withdraw_quote
from backoffice.clients.models import Standing
from backoffice.db import db
from backoffice.files.limits import LARGEST
from backoffice.files.models import StoredFile
from backoffice.invoices.models import Invoice
from backoffice.language import longdate
from backoffice.links.models import ClientLink
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.orders.models import Order
from backoffice.quotes.deposit import DepositKind
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests import files
from tests.factories import (
    a_client,
    a_further_link,
    a_member,
    a_quote,
    a_sent_quote,
    accepted,
    accepting,
    address_of,
    an_accepted_quote,
    an_invoice,
    an_opportunity,
    everything,
    kept_file,
    signed,
    with_deposit,
)
from tests.reader import Page

PROOF = ("devis-signe.pdf", files.PDF)


def rows(entity, *conditions):
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(entity).where(*conditions).order_by(entity.id)))


class Desk:
    """A deal whose client has a quote, and its rep at a browser."""

    def __init__(self, signed_in, standing: Standing) -> None:
        self.owner = a_member()
        self.deal = an_opportunity(self.owner, a_client(self.owner, standing))
        self.quote, self.link = a_sent_quote(self.deal)
        self.portal, self.portal_en = address_of(self.link), address_of(self.link, "en")
        self.rep = signed_in(self.owner)
        self.address = f"/quotes/{self.quote}/acceptance"

    def fields(self, **typed: str) -> dict[str, str]:
        """The form as it came, with a few things typed."""
        form = self.rep.page(self.address).form("/acceptance")
        return form["fields"] | {"method": "paper", "checked": "y"} | typed

    def post(self, fields: dict[str, str], *proofs: tuple[str, bytes]):
        pairs: list[tuple[str, object]] = [each for each in fields.items() if each[0] != "files"]
        pairs += [("files", FileStorage(BytesIO(data), filename=name)) for name, data in proofs]
        boundary, body = encode_multipart(MultiPairs(pairs))
        return self.rep.post(
            self.address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"'
        )

    def records(self, *proofs: tuple[str, bytes], **typed: str):
        return self.post(self.fields(**typed), *proofs)


class MultiPairs(list):
    """Name and value pairs, a name as often as it comes."""

    def items(self, multi: bool = False):  # noqa: FBT001, FBT002 - as werkzeug calls it
        return iter(self)


@pytest.fixture
def garage(app, signed_in) -> Desk:
    return Desk(signed_in, Standing.PROFESSIONAL)


@pytest.fixture
def family(app, signed_in) -> Desk:
    return Desk(signed_in, Standing.CONSUMER)


def test_the_deal_leads_to_the_form_and_the_form_proposes_what_is_known(garage):
    assert garage.address in garage.rep.page(f"/opportunities/{garage.deal}").links
    page = garage.rep.page(garage.address)
    fields = page.form("/acceptance")["fields"]
    assert (fields["name"], fields["function"], fields["email"]) == (
        "Yann Le Goff", "Gérant", "yann@garage-legoff.example"
    )  # fmt: skip
    assert fields["accepted_on"] == clock.today("Europe/Paris").isoformat()
    assert "method" not in fields  # nothing is chosen for them
    assert "pas une signature électronique" in page.text


def test_a_signed_paper_with_its_scan_places_the_order(client, garage):
    answer = garage.records(PROOF, function="Gérant", note="Reçu par la poste")
    assert (answer.status_code, answer.location) == (303, f"/opportunities/{garage.deal}#quote")
    (acceptance,) = rows(Acceptance)
    assert (acceptance.name, acceptance.function, acceptance.recorded_by) == (
        "Yann Le Goff", "Gérant", garage.owner
    )  # fmt: skip
    (order,), (proof,) = rows(Order), rows(AcceptanceProof)
    deal = garage.rep.page(f"/opportunities/{garage.deal}")
    assert "Accepté sur papier par Yann Le Goff" in deal.text
    assert "noté par Julien Duval" in deal.text
    assert "Yann Le Goff a accepté la version 1 sur papier" in deal.text
    assert "Reçu par la poste" in deal.text
    assert f"/proofs/{proof.id}" in deal.links
    assert garage.address not in deal.links
    sheet = garage.rep.page(f"/orders/{order.id}")
    assert "sans signature électronique" in sheet.text
    assert rows(StoredFile)[0].sha256 in sheet.text
    assert f"/proofs/{proof.id}" in sheet.links
    assert "Signature" not in sheet.text.replace("sans signature", "")


@pytest.mark.parametrize(("method", "told"), [("telephone", "par téléphone"), ("in_person", "de vive voix")])
def test_what_a_professional_said_needs_no_file(garage, method, told):
    assert garage.records(method=method).status_code == 303
    assert rows(StoredFile) == []
    (order,) = rows(Order)
    assert f"Accepté {told} par Yann Le Goff" in garage.rep.page(f"/orders/{order.id}").text


def test_a_consumer_is_offered_what_is_written_only_and_the_law_is_named(family):
    page = family.rep.page(family.address)
    assert "L. 221-16" in page.text.replace("\xa0", " ")
    assert family.rep.get(family.address).text.count('name="method"') == len(WRITTEN)
    assert "function" not in page.form("/acceptance")["fields"]
    for method in ("telephone", "in_person"):
        answer = family.records(PROOF, method=method)
        assert answer.status_code == 422
        assert "ne s’engage que par écrit" in Page(answer.text).text
    assert rows(Acceptance) == []
    assert family.records(PROOF).status_code == 303


WRONG = {
    "no method": ({"method": ""}, "Choisissez comment"),
    "forged method": ({"method": "fax"}, "Choisissez comment"),
    "nobody": ({"name": " "}, "Indiquez qui"),
    "no address": ({"email": "nobody at all"}, "e-mail"),
    "no day": ({"accepted_on": "  "}, "Indiquez le jour"),
    "no such day": ({"accepted_on": "31/02/2026"}, "Saisissez une date"),
    "a day to come": ({"accepted_on": "2099-01-01"}, "pas encore venu"),
    "before it was sent": ({"accepted_on": "2026-01-02"}, "pas pu être acceptée avant"),
    "not compared": ({"checked": ""}, "Comparez d’abord"),
    "hidden characters": ({"name": "Claire\u202egro"}, "caractère"),
    "too long": ({"note": "x" * 2001}, "Raccourcissez"),
}


@pytest.mark.parametrize(("typed", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(garage, typed, sentence):
    fields = garage.fields(**({"note": "Mes mots"} | typed))
    if fields["checked"] == "":
        del fields["checked"]
    answer = garage.post(fields, PROOF)
    page = Page(answer.text)
    assert (answer.status_code, sentence in page.text) == (422, True), page.text
    shown = page.form("/acceptance")["fields"]
    for name, value in fields.items():
        if name not in {"files", "csrf_token", "method", "checked", "posted_as"}:
            assert shown[name].strip() == value.strip(), name
    assert "Choisissez de nouveau vos fichiers" in page.text  # a browser does not bring a file back
    assert rows(Acceptance) == []


def test_paper_without_its_scan_is_asked_for_it(garage):
    answer = garage.records()
    assert (answer.status_code, "c’est la preuve" in Page(answer.text).text) == (422, True)
    assert rows(QuoteVersion)[0].state is VersionState.SENT


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("devis.pdf", b"MZ\x90\x00 a program"),
        ("devis.docx", files.docx()),
        ("devis.html", b"<!doctype html><script>alert(1)</script>"),
        ("devis.pdf", b""),
        ("devis.zip", files.archive({"a": b"b"})),
    ],
)
def test_a_proof_is_what_a_scanner_or_a_mail_program_makes(garage, name, data):
    before = everything()
    answer = garage.records((name, data))
    assert answer.status_code == 422
    assert "alert(1)" not in answer.text
    assert everything() == before


def test_a_proof_that_is_too_large_is_refused_with_a_sentence(garage):
    huge = files.PDF[:-6] + b" " * LARGEST + files.PDF[-6:]
    answer = garage.records(("devis.pdf", huge))
    assert (answer.status_code, "choisissez un fichier plus petit" in Page(answer.text).text.lower()) == (
        422,
        True,
    )
    assert rows(Acceptance) == []


def test_several_pages_may_be_handed_in_and_no_more_than_five(garage):
    pages = [(f"page-{number}.png", files.png()) for number in range(6)]
    assert garage.records(*pages).status_code == 422
    assert garage.records(*pages[:5]).status_code == 303
    assert [file.name for file in rows(StoredFile)] == [name for name, _ in pages[:5]]


def test_a_page_that_is_sent_twice_records_once(garage):
    fields = garage.fields()
    answers = [garage.post(fields, PROOF) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(rows(Order)) == 1


def test_what_was_meant_for_another_version_is_asked_again(garage):
    fields = garage.fields(note="Mes mots")
    a_further_link(garage.quote)
    late = garage.post(fields, PROOF)
    page = Page(late.text)
    again = page.form("/acceptance")["fields"]
    assert (late.status_code, again["note"].strip(), "checked" in again) == (409, "Mes mots", False)
    assert "Une autre version est partie entre-temps" in page.text
    assert rows(Acceptance) == []
    assert garage.post(again | {"method": "paper", "checked": "y"}, PROOF).status_code == 303
    assert [each.state for each in rows(QuoteVersion)] == [VersionState.SUPERSEDED, VersionState.ACCEPTED]


def test_a_client_who_signs_meanwhile_wins_and_the_words_are_given_back(garage):
    fields = garage.fields(note="Mes mots")
    with unit_of_work() as session:
        signed(session, garage.quote, session.get_one(ClientLink, 1), clock.now())
    late = garage.post(fields, PROOF)
    page = Page(late.text)
    assert (late.status_code, page.headings) == (409, ["Ce devis est déjà signé"])
    assert "Le client l’a signé sur sa page" in page.text
    assert "Mes mots" in page.text
    assert rows(Acceptance) == []
    assert garage.rep.get(garage.address).status_code == 409


def test_what_was_withdrawn_meanwhile_is_not_accepted(garage):
    fields = garage.fields(note="Mes mots")
    (version,) = rows(QuoteVersion)
    with unit_of_work() as session:
        withdraw_quote(session, garage.quote, "", seen_as=version.digest, by=garage.owner, at=clock.now())
    late = garage.post(fields, PROOF)
    assert (late.status_code, "Mes mots" in Page(late.text).text) == (409, True)
    assert "Envoyez d’abord une nouvelle version" in Page(late.text).text
    assert garage.address not in garage.rep.page(f"/opportunities/{garage.deal}").links


def test_a_quote_that_was_never_sent_has_nothing_to_accept(app, signed_in):
    owner = a_member()
    quote = a_quote(an_opportunity(owner))
    rep = signed_in(owner)
    assert rep.get(f"/quotes/{quote}/acceptance").status_code == 409
    assert rep.post(f"/quotes/{quote}/acceptance").status_code == 409


def test_an_expired_quote_offers_it_with_its_last_day_and_says_why_a_later_one_is_none(app, signed_in):
    owner = a_member()
    deal = an_opportunity(owner)
    quote, _ = a_sent_quote(deal, at=clock.now() - timedelta(days=45))
    rep = signed_in(owner)
    assert f"/quotes/{quote}/acceptance" in rep.page(f"/opportunities/{deal}").links
    fields = rep.page(f"/quotes/{quote}/acceptance").form("/acceptance")["fields"]
    (version,) = rows(QuoteVersion)
    assert fields["accepted_on"] == version.read()["valid_until"]
    today = clock.today("Europe/Paris").isoformat()
    filled = fields | {"method": "paper", "checked": "y", "accepted_on": today}
    answer = rep.post(
        f"/quotes/{quote}/acceptance", data=filled | {"files": (BytesIO(files.PDF), "devis.pdf")}
    )
    assert (answer.status_code, "venu plus tard ne vaut rien" in Page(answer.text).text) == (422, True)


def test_a_colleagues_quote_does_not_exist_and_a_manager_may_record(app, signed_in, garage):
    stranger = signed_in(a_member(email="autre@atelier-duval.example"))
    fields = garage.fields()
    for answer in (stranger.get(garage.address), stranger.post(garage.address, data=fields)):
        assert answer.status_code == 404
    assert signed_in(a_member(Role.ACCOUNTANT)).get(garage.address).status_code == 404
    manager = signed_in(a_member(Role.MANAGER))
    form = manager.page(garage.address).form("/acceptance")["fields"]
    answer = manager.post(garage.address, data=form | {"method": "telephone", "checked": "y"})
    assert answer.status_code == 303


def test_a_form_without_its_token_records_nothing(garage):
    fields = garage.fields()
    before = everything()
    answer = garage.post({name: value for name, value in fields.items() if name != "csrf_token"}, PROOF)
    assert (answer.status_code, everything() == before) == (422, True)


def test_the_proof_is_taken_away_by_whoever_may_see_the_order(app, signed_in):
    owner = a_member()
    an_accepted_quote(an_opportunity(owner))
    (proof,) = rows(AcceptanceProof)
    address = f"/proofs/{proof.id}"
    for member in (owner, a_member(Role.ACCOUNTANT), a_member(Role.ADMIN)):
        answer = signed_in(member).get(address)
        assert (answer.status_code, answer.data) == (200, files.PDF)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    stranger = signed_in(a_member(email="autre@atelier-duval.example"))
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/proofs/{proof.id + 1}").status_code == 404


def test_the_client_reads_how_it_was_accepted_and_can_sign_no_more(client, garage):
    late = client.page(f"{garage.portal_en}/sign").form("/sign")
    change = client.page(f"{garage.portal_en}/changes").form("/changes")
    assert garage.records(method="telephone").status_code == 303
    (order,) = rows(Order)
    page = client.page(garage.portal_en)
    assert "Accepted by telephone by Yann Le Goff on" in page.text
    assert "recorded by Julien Duval on" in page.text
    assert "It was not signed on this page." in page.text
    assert order.number in page.text
    assert "withdraw within fourteen days" not in page.text
    assert not any(each.endswith(("/sign", "/changes", "/refuse", "/signed")) for each in page.links)
    for part in ("sign", "signed", "changes", "refuse"):
        assert client.get(f"{garage.portal_en}/{part}").location == garage.portal_en
    assert client.get(f"{garage.portal_en}/signed.pdf").status_code == 404
    fields = late["fields"] | {"mention": "Agreed", "consent": "y", "function": "Manager", "authority": "y"}
    answer = client.post(late["action"], data=fields)
    assert (answer.status_code, Page(answer.text).headings) == (409, ["This quote is already accepted"])
    assert "nothing is left to sign" in Page(answer.text).text
    asked = client.post(change["action"], data=change["fields"] | {"text": "In oak"})
    assert (asked.status_code, "In oak" in Page(asked.text).text) == (409, True)


def test_a_consumer_reads_that_they_may_still_withdraw(client, family):
    assert family.records(PROOF).status_code == 303
    assert "Vous pouvez vous rétracter sans motif" in client.page(family.portal).text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mail_says_how_it_was_accepted_and_what_to_do_if_that_is_wrong(family, language):
    assert family.records(PROOF, method="email").status_code == 303
    with unit_of_work() as session:
        mail = session.scalars(
            sa.select(OutgoingMail).where(OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_CLIENT)
        ).one()
        mail.language = language
    link = db.session.get_one(ClientLink, mail.link_id)
    words = delivery.composed(mail, db.session.get_one(Seller, ONLY), link)
    (order,) = rows(Order)
    expected = {
        "fr": ("accepté par e-mail", "Julien Duval", "Quelque chose n’est pas exact", "rétracter sans motif dans les quatorze jours", "Le devis est joint"),
        "en": ("accepted by e-mail", "Julien Duval", "Is anything of this not right?", "withdraw within fourteen days", "The quote is attached"),
    }[language]  # fmt: skip
    for body in (words.text, words.html):
        readable = body.replace("\xa0", " ").replace("\u202f", " ")
        for part in (*expected, order.number):
            assert part in readable, part
        assert "sign" not in readable.replace("signature", "").lower() or language == "fr"
    assert address_of(link, language) in words.text


def test_a_mail_to_a_professional_does_not_speak_of_withdrawing(garage):
    assert garage.records(method="telephone").status_code == 303
    (mail,) = rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_CLIENT)
    link = db.session.get_one(ClientLink, mail.link_id)
    words = delivery.composed(mail, db.session.get_one(Seller, ONLY), link)
    assert "rétracter" not in words.text
    assert "par téléphone" in words.text


def test_lists_tell_accepted_from_signed(garage):
    assert garage.records(method="telephone").status_code == 303
    found = garage.rep.page("/quotes?standing=accepted").text
    assert "Garage Le Goff" in found
    assert "Accepté" in found
    assert "Garage Le Goff" not in garage.rep.page("/quotes?standing=signed").text.split("Signé", 1)[-1]
    today = garage.rep.page("/today").text
    assert "Accepté" in today
    assert "Signé" not in today


def test_the_list_of_links_tells_whose_holder_accepted(garage):
    assert garage.records(method="telephone", email="achats@garage-legoff.example").status_code == 303
    page = garage.rep.page(f"/quotes/{garage.quote}/links").text
    assert page.count("Accepté") == 1
    assert page.count("Pas encore de réponse") == 1
    assert "achats@garage-legoff.example" in page


def test_the_deal_of_an_accepted_quote_is_not_given_up(garage):
    assert garage.records(method="telephone").status_code == 303
    assert garage.rep.get(f"/opportunities/{garage.deal}/end").status_code == 303


@pytest.mark.parametrize("kind", DepositKind)
def test_the_deposit_invoice_says_accepted_and_on_which_day(app, kind):
    quote = with_deposit(an_opportunity(), kind)
    a_further_link(quote, clock.now() - timedelta(days=3))
    (version,) = rows(QuoteVersion)
    day = clock.today("Europe/Paris") - timedelta(days=2)
    proof = kept_file()
    with unit_of_work() as session:
        accepted(session, quote, accepting(version.frozen_by, accepted_on=day), [proof])
    (order,) = rows(Order)
    invoice = an_invoice(order.id, issued=True)
    texts = [each["text"] for each in rows(Invoice, Invoice.id == invoice)[0].read()["texts"]]
    for language, words in (("fr", "accepté le {}"), ("en", "accepted on {}")):
        with force_locale(language):
            wanted = words.format(longdate(day))
        assert any(wanted in text[language] for text in texts), texts
        assert not any(
            signed_on in text[language] for text in texts for signed_on in ("signé le", "signed on")
        )
