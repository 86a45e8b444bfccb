"""Signing by drawing: of the same value as typing, refused with a sentence, lost by no mistake elsewhere."""

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from backoffice.db import db
from backoffice.links.models import ClientLink
from backoffice.signatures.models import Signature, Way
from tests.factories import a_sent_quote, address_of, everything
from tests.reader import Page

GOOD = {"mention": "Agreed", "consent": "y", "way": "drawn"}
WAVE = "[[100,400,50,400,200,50,800,600,50,1200,300,50]]"


@pytest.fixture
def link(app) -> ClientLink:
    return a_sent_quote()[1]


def sign(client, link, **changes):
    return client.submit(f"{address_of(link, 'en')}/sign", GOOD | changes, "/sign")


def test_what_was_drawn_is_kept_with_the_signature_and_shown_on_the_confirmation(client, link):
    answer = sign(client, link, strokes=WAVE)
    assert answer.status_code == 303
    signature = db.session.scalars(sa.select(Signature)).one()
    assert (signature.way, signature.name) == (Way.DRAWN, "Claire Moreau")
    assert json.loads(signature.strokes) == {"box": [2000, 800, 100], "strokes": json.loads(WAVE)}
    confirmation = client.get(answer.location)
    assert 'd="M200 800Q200 800 500 600Q800 400 1200 800Q1600 1200 2000 900L2400 600"' in confirmation.text


def test_the_drawing_is_frozen_with_its_signature(client, link):
    sign(client, link, strokes=WAVE)
    with pytest.raises(DatabaseError, match="frozen"), db.engine.begin() as connection:
        connection.execute(sa.update(Signature).values(strokes=b"{}"))


def test_a_drawing_without_strokes_can_not_be_stored(client, link):
    sign(client, link, way="typed")
    row = {
        c.name: getattr(db.session.scalars(sa.select(Signature)).one(), c.name)
        for c in Signature.__table__.columns
    }
    db.session.rollback()
    with pytest.raises(DatabaseError, match="what_is_drawn_is_kept"), db.engine.begin() as connection:
        connection.execute(
            sa.insert(Signature).values(row | {"id": 99, "version_id": row["version_id"], "way": "drawn"})
        )


@pytest.mark.parametrize(
    ("strokes", "sentence"),
    [
        ("", "Draw your signature in the box, or choose “Type my name”."),
        ("[[900,400,50]]", "This is too small to be a signature."),
        ("[[900,400,50,905,401,50]]", "This is too small to be a signature."),
        ("[[900,400,50,99999,0,1]]", "The drawing did not arrive whole."),
        ('{"strokes": "<script>"}', "The drawing did not arrive whole."),
        ("[" * 60_000, "The drawing did not arrive whole."),
        ("9" * 300_000, "This drawing is too long."),
        ("\x00\ud83e", "The drawing did not arrive whole."),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_what_is_no_signature_is_refused_with_a_sentence_and_nothing_typed_is_lost(
    client, link, strokes, sentence
):
    before = everything()
    answer = sign(client, link, strokes=strokes.encode("utf-8", "replace").decode(), name="Claire  M.")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert sentence in page.text
    kept = page.form("/sign")["fields"]
    assert (kept["mention"], kept["name"], kept["way"], kept["consent"]) == (
        "Agreed",
        "Claire  M.",
        "drawn",
        "y",
    )
    assert everything() == before


def test_another_mistake_brings_the_drawing_back(client, link):
    answer = sign(client, link, strokes=WAVE, consent=None)
    assert answer.status_code == 422
    assert Page(answer.text).form("/sign")["fields"]["strokes"] == WAVE
    assert 'd="M200 800Q' in answer.text


def test_who_types_their_name_is_not_asked_what_the_box_holds(client, link):
    assert sign(client, link, way="typed", strokes="[[900,400,50]]").status_code == 303
    signature = db.session.scalars(sa.select(Signature)).one()
    assert (signature.way, signature.strokes) == (Way.TYPED, None)


def test_a_page_without_the_choice_means_the_typed_name(client, link):
    assert sign(client, link, way=None, strokes=None).status_code == 303
    assert db.session.scalars(sa.select(Signature.way)).one() is Way.TYPED


def test_a_third_way_is_refused(client, link):
    answer = sign(client, link, way="stamped")
    assert (answer.status_code, "Choose how you want to sign." in Page(answer.text).text) == (422, True)


def test_the_choice_is_typed_before_anything_runs(client, link):
    form = client.page(f"{address_of(link, 'en')}/sign").form("/sign")
    assert (form["fields"]["way"], form["fields"]["strokes"]) == ("typed", "")
