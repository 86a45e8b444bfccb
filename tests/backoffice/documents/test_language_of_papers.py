"""A paper is in the language of what it shows, not in the one that the quote was given afterwards."""

import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.documents.models import Document, DocumentKind
from backoffice.quotes.queries import quote_to_act_on
from backoffice.work import unit_of_work
from tests.factories import a_sent_quote, signed


def test_the_signed_copy_speaks_the_language_of_the_version(app):
    quote, link = a_sent_quote()
    with unit_of_work() as session:
        quote_to_act_on(session, quote).language = "en"  # for the next version
    with unit_of_work() as session:
        signed(session, quote, link, clock.now())
    papers = db.session.execute(sa.select(Document.kind, Document.language, Document.file_name)).all()
    assert sorted(papers) == [
        (DocumentKind.QUOTE, "fr", "D-2026-0001-v1.pdf"),
        (DocumentKind.SIGNED_QUOTE, "fr", "D-2026-0001-v1-signe.pdf"),
    ]
