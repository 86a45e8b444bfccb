"""The act itself: what is refused, what comes back, what is stored."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Standing
from backoffice.db import db
from backoffice.documents.models import Document, DocumentKind
from backoffice.links.models import ClientLink
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.orders.models import Order
from backoffice.quotes.choice import selection_of
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature, SignatureText
from tests.factories import (
    a_client,
    a_further_link,
    a_member,
    a_seller,
    a_sent_quote,
    address_of,
    an_opportunity,
    everything,
)
from tests.house import revoked
from tests.reader import Page

GOOD = {"mention": "Agreed", "consent": "y"}


def sign(client, link, headers=None, **changes):
    return client.submit(f"{address_of(link, 'en')}/sign", GOOD | changes, "/sign", headers=headers)


@pytest.fixture
def firm_link(app) -> ClientLink:
    a_seller()
    rep = a_member()
    return a_sent_quote(an_opportunity(rep, a_client(rep, Standing.PROFESSIONAL)))[1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"consent": None}, "Tick this box to agree to the quote."),
        ({"mention": ""}, "Type “Agreed” yourself."),
        ({"mention": "Disagreed"}, "Type exactly “Agreed”."),
        ({"name": ""}, "Enter your first and last name."),
        ({"name": "   "}, "Enter your first and last name."),
        ({"name": "x" * 121}, "Shorten this to 120 characters at most."),
        ({"name": "Claire\u202eeriaM"}, "characters that cannot be shown"),
        ({"name": "Claire\x00Moreau"}, "characters that cannot be shown"),
        ({"name": "Claire\nMoreau"}, "characters that cannot be shown"),
        ({"name": "Claire محمد"}, "cannot show “م”. Write it in Latin letters."),
        ({"name": "株式会社"}, "cannot show “株”. Write it in Latin letters."),
        ({"name": "Claire 😀"}, "cannot show “😀”. Write it in Latin letters."),
        ({"email": "claire@株式会社.jp"}, "cannot show “株”. Write it in Latin letters."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "claire"}, "This is not an e-mail address."),
        ({"email": f"{'a' * 250}@example.com"}, "This is not an e-mail address."),
        ({"token": ""}, "open for too long or comes from elsewhere"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, link, changes, sentence):
    before = everything()
    answer = sign(client, link, **changes)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert sentence in page.text
    kept = page.form("/sign")["fields"]
    typed = {
        name: value
        for name, value in ({"name": "Claire Moreau", **GOOD} | changes).items()
        if name not in {"token", "consent"} and value
    }
    assert {name: kept[name].strip() for name in typed if "\x00" not in typed[name]} == {
        name: value.strip() for name, value in typed.items() if "\x00" not in value
    }
    assert ("consent" in kept) == (changes.get("consent", "y") is not None)
    assert everything() == before


@pytest.mark.parametrize("name", ["Ελένη Παπαδοπούλου", "Олександр Шевченко", "Łukasz Żółć"])
def test_a_name_that_documents_can_show_is_signed_as_it_was_typed(client, link, name):
    assert sign(client, link, name=name).status_code == 303
    assert db.session.scalars(sa.select(Signature.written_name)).one() == name


def test_a_job_title_that_no_document_could_show_is_refused(client, firm_link):
    answer = sign(client, firm_link, authority="y", function="Gérant 董事")
    assert (answer.status_code, "cannot show “董”" in Page(answer.text).text) == (422, True)


def test_the_mention_is_kept_without_spaces_that_documents_lack(client, link):
    assert (
        client.submit(
            f"{address_of(link)}/sign", GOOD | {"mention": "Bon\u2003pour\u3000accord"}, "/sign"
        ).status_code
        == 303
    )
    assert db.session.scalars(sa.select(Signature.mention)).one() == "Bon pour accord"


def test_a_wording_that_changed_is_told_as_such_and_read_again(client, link):
    answer = sign(client, link, words="0" * 64)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "The wording of the agreement was updated. Read it again before you sign." in page.text
    assert "A newer version" not in page.text
    again = page.form("/sign")["fields"]
    assert "consent" not in again
    assert client.post(page.form("/sign")["action"], data={**again, "consent": "y"}).status_code == 303


@pytest.mark.parametrize(
    ("environment", "origin", "status"),
    [
        ("testing", "http://localhost", 303),
        ("testing", "http://quotes.example", 303),
        ("production", "http://quotes.example", 303),
        ("production", "http://localhost", 403),
        ("testing", "https://elsewhere.example", 403),
    ],
)
def test_a_form_is_taken_from_our_own_address_only(app, client, link, environment, origin, status):
    settings = app.extensions["accord"]
    app.extensions["accord"] = replace(settings, environment=environment, public_url="http://quotes.example")
    try:
        answer = sign(client, link, headers={"Origin": origin})
    finally:
        app.extensions["accord"] = settings
    assert answer.status_code == status
    if status == 403:
        page = Page(answer.text)
        assert page.headings == ["This form came from elsewhere"]
        assert "sent from another site. Open the link you received and try again." in page.text
        assert address_of(link, "en") in page.links


@pytest.mark.parametrize("mention", ["Agreed", "agreed", " AGREED. ", "“Agreed”", "agreed\N{NO-BREAK SPACE}"])
def test_the_mention_may_be_written_as_people_write(client, link, mention):
    assert sign(client, link, mention=mention).status_code == 303


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"authority": None}, "Tick this box to confirm that you may sign for the company."),
        ({"function": ""}, "Enter your job title."),
        ({"function": "x" * 121}, "Shorten this to 120 characters at most."),
    ],
)
def test_a_professional_says_for_whom_and_by_what_right(client, firm_link, changes, sentence):
    answer = sign(client, firm_link, **({"authority": "y"} | changes))
    assert (answer.status_code, sentence in Page(answer.text).text) == (422, True)


def test_a_consumer_is_not_asked_for_a_job_title(client, link):
    fields = client.page(f"{address_of(link)}/sign").form("/sign")["fields"]
    assert set(fields) == {"token", "name", "email", "mention", "way", "strokes", "seen_as", "words"}


def test_the_form_comes_filled_with_what_is_known(client, firm_link):
    fields = client.page(f"{address_of(firm_link)}/sign").form("/sign")["fields"]
    assert {name: fields[name] for name in ("name", "email", "function", "mention")} == {
        "name": "Yann Le Goff", "email": "yann@garage-legoff.example", "function": "Gérant", "mention": "",
    }  # fmt: skip


def test_a_signature_stores_who_what_in_which_words_and_from_where(client, firm_link):
    answer = client.submit(
        f"{address_of(firm_link, 'en')}/sign", GOOD | {"authority": "y", "name": "  Yann  Le Goff "}, "/sign",
        headers={"User-Agent": "A browser\u200e/1.0"}, environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )  # fmt: skip
    assert answer.status_code == 303
    signature = db.session.scalars(sa.select(Signature)).one()
    version = db.session.get_one(QuoteVersion, signature.version_id)
    assert (signature.name, signature.email, signature.company, signature.function) == (
        "Yann  Le Goff", "yann@garage-legoff.example", "Garage Le Goff", "Gérant",
    )  # fmt: skip
    assert (signature.mention, signature.language, signature.address, signature.user_agent[:9]) == (
        "Agreed",
        "en",
        "192.0.2.7",
        "A browser",
    )
    assert signature.content_digest == version.digest
    assert (
        signature.combined_digest
        == version.choose(selection_of(version.read(), json.loads(signature.selection))).digest
    )
    assert json.loads(signature.totals) == version.read()["totals"]
    texts = {text.code: text.text for text in db.session.scalars(sa.select(SignatureText))}
    assert {"consent", "authority", "process", "mention", "button"} <= set(texts)
    assert "Garage Le Goff" in texts["authority"]
    assert version.read()["number"] in texts["consent"]


def test_a_signature_closes_the_quote_and_makes_its_consequences_in_the_same_breath(client, link):
    assert sign(client, link).status_code == 303
    db.session.remove()
    quote, version = (
        db.session.scalars(sa.select(Quote)).one(),
        db.session.scalars(sa.select(QuoteVersion)).one(),
    )
    order = db.session.scalars(sa.select(Order)).one()
    assert (version.state, quote.closed_at is not None) == (VersionState.SIGNED, True)
    assert (order.quote_number, order.gross) == (quote.number, order.net + order.vat)
    kinds = sorted(db.session.scalars(sa.select(OutgoingMail.kind)))
    assert kinds == sorted(
        [MailKind.QUOTE_INVITATION, MailKind.QUOTE_SIGNED_CLIENT, MailKind.QUOTE_SIGNED_REP]
    )
    assert DocumentKind.SIGNED_QUOTE in db.session.scalars(sa.select(Document.kind)).all()
    stored = db.session.get_one(ClientLink, link.id)
    assert stored.expires_at.year >= quote.closed_at.year + 10


def test_a_version_that_changed_under_the_reader_is_shown_anew_before_it_can_be_signed(app, client):
    quote, link = a_sent_quote()
    form = client.page(f"{address_of(link, 'en')}/sign").form("/sign")
    a_further_link(quote)
    typed = {**form["fields"], **GOOD, "name": "Claire M. Moreau"}
    answer = client.post(form["action"], data=typed)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "A newer version replaced the one that you were reading" in page.text
    assert "(version 2)" in page.text
    assert "(version 1)" not in page.text
    again = page.form("/sign")["fields"]
    assert (again["name"], again["mention"], "consent" in again) == ("Claire M. Moreau", "Agreed", False)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0
    assert client.post(form["action"], data={**again, "consent": "y"}).status_code == 303
    db.session.remove()  # what this test has read before is of another moment
    signature = db.session.scalars(sa.select(Signature)).one()
    assert db.session.get_one(QuoteVersion, signature.version_id).number == 2


@pytest.mark.parametrize("digest", ["", "0" * 64, "é", "x" * 10_000])
def test_a_forged_digest_signs_nothing(client, link, digest):
    db.session.remove()
    assert sign(client, link, seen_as=digest).status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


def test_a_link_revoked_meanwhile_signs_nothing(client, link):
    form = client.page(f"{address_of(link)}/sign").form("/sign")
    revoked(link)
    assert (
        client.post(
            form["action"], data={**form["fields"], "mention": "Bon pour accord", "consent": "y"}
        ).status_code
        == 410
    )


def test_a_text_of_law_replaced_while_it_was_read_is_read_again_and_then_stored(client, link, new_wording):
    form = client.page(f"{address_of(link, 'en')}/sign").form("/sign")
    version = new_wording()
    typed = {**form["fields"], **GOOD, "name": "Claire M. Moreau"}
    answer = client.post(form["action"], data=typed)
    page = Page(answer.text)
    assert (answer.status_code, "(new word)" in page.text) == (409, True)
    assert "The wording of the agreement was updated." in page.text
    assert db.session.scalars(sa.select(SignatureText)).all() == []
    again = page.form("/sign")["fields"]
    assert (again["name"], "consent" in again) == ("Claire M. Moreau", False)
    assert client.post(form["action"], data={**again, "consent": "y"}).status_code == 303
    db.session.rollback()
    texts = {text.code: text for text in db.session.scalars(sa.select(SignatureText))}
    stored = texts["consent"]
    assert (stored.version, stored.language) == (version, "en")
    assert stored.text.endswith("(new word)")
    assert all(len(text.sha256) == 64 and text.version >= 1 for text in texts.values())
