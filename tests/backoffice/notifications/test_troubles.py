"""Why a mail did not leave, in the reader's language; a server's own words stand apart, as it said them."""

import smtplib

import pytest
from flask_babel import force_locale

from backoffice.db import db
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.notifications.smtp import RefusedForGood, Unsendable
from backoffice.notifications.troubles import LinkWithdrawn, Told, kept, told_to_reader
from backoffice.work import unit_of_work
from tests.factories import a_member, a_sent_quote, an_opportunity

ERRORS = [
    (
        Unsendable("the address has letters that mail cannot carry"),
        "Une adresse ou un nom contient des caractères qu’un e-mail ne peut pas porter.",
        "",
    ),
    (LinkWithdrawn(), "Le lien a été retiré avant le départ de l’e-mail.", ""),
    (
        RefusedForGood("550 no such person"),
        "Le serveur de messagerie refuse définitivement cet e-mail. Sa réponse\u202f:",
        "550 no such person",
    ),
    (
        smtplib.SMTPDataError(450, b"later"),
        "Le serveur de messagerie demande de réessayer plus tard. Sa réponse\u202f:",
        "450 later",
    ),
    (
        smtplib.SMTPRecipientsRefused({"a@b": (451, b"greylisted: wait")}),
        "Le serveur de messagerie demande de réessayer plus tard. Sa réponse\u202f:",
        "451 greylisted: wait",
    ),
    (
        smtplib.SMTPAuthenticationError(535, b"no"),
        "Le serveur de messagerie n’accepte pas l’identifiant et le mot de passe configurés. Sa réponse\u202f:",
        "535 no",
    ),
    (
        smtplib.SMTPServerDisconnected("gone"),
        "Le serveur de messagerie ne répond pas. L’erreur\u202f:",
        "gone",
    ),
    (TimeoutError(), "Le serveur de messagerie ne répond pas. L’erreur\u202f:", "TimeoutError"),
    (ValueError("secret"), "Accord n’a pas pu écrire cet e-mail. L’erreur\u202f:", "ValueError"),
]


@pytest.mark.parametrize("database", ["sqlite"])  # words do not depend on it
@pytest.mark.parametrize(("error", "sentence", "quoted"), ERRORS)
def test_a_trouble_is_told_in_french_with_what_the_server_said(app, error, sentence, quoted):
    with force_locale("fr"):
        assert told_to_reader(kept(error)) == Told(sentence, quoted)


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("state", [MailState.FAILED, MailState.QUEUED])
def test_the_french_page_of_a_mail_says_why_in_french(app, signed_in, state):
    rep = a_member()
    a_sent_quote(an_opportunity(rep))
    mail = db.session.scalars(db.select(OutgoingMail)).one().id
    db.session.rollback()
    reader = signed_in(rep)
    for error, sentence, quoted in ERRORS:
        with unit_of_work() as session:
            row = session.get_one(OutgoingMail, mail)
            row.state, row.last_error = state, kept(error)
        text = reader.page(f"/mail/{mail}").text
        for words in (sentence, quoted):
            assert " ".join(words.split()) in text  # the reader makes any space a plain one
