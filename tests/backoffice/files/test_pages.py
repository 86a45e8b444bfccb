"""Files of a deal: uploaded, taken away, hidden, shown again."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from backoffice.db import db
from backoffice.files.limits import LARGEST, MOST
from backoffice.files.models import StoredFile
from backoffice.timeline.models import EntryKind, TimelineEntry
from tests import files
from tests.factories import a_file, a_member, everything


def upload(reader, deal, *given):
    form = reader.page(f"/opportunities/{deal}").form("/files")
    chosen = [(BytesIO(data), name) for data, name in given]
    answer = reader.post(form["action"], data=form["fields"] | {"files": chosen})
    answer.request.environ["wsgi.input"].close()  # a large body is a temporary file of the test's
    return answer


def stored() -> list[StoredFile]:
    db.session.rollback()
    db.session.expunge_all()
    return list(db.session.scalars(sa.select(StoredFile).order_by(StoredFile.id)))


def test_files_are_kept_listed_and_given_back_byte_for_byte(reader, deal):
    answer = upload(reader, deal, (files.PDF, "Plan étage.pdf"), (files.docx(), "../notes.docx"))
    assert answer.status_code == 303
    plan, notes = stored()
    assert [plan.name, notes.name] == ["Plan étage.pdf", "notes.docx"]
    page = reader.page(f"/opportunities/{deal}")
    assert "Plan étage.pdf" in page.text
    assert "Julien Duval" in page.text
    given = reader.get(f"/files/{plan.id}")
    assert given.data == files.PDF
    assert given.mimetype == "application/pdf"
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert "Fichier ajouté" in page.text


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "plan.pdf", "est vide"),
        (b"a" * (LARGEST + 1), "journal.txt", "dépasse"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "ne peut pas être pris"),
        (b"<html>", "page.pdf", "ne peut pas être pris"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_kept(reader, deal, data, name, sentence):
    before = everything()
    answer = upload(reader, deal, (files.PDF, "bon.pdf"), (data, name))
    assert answer.status_code == 422
    assert name in answer.text
    assert sentence in answer.text
    assert everything() == before


def test_nothing_chosen_and_too_many_are_said(reader, deal):
    assert "Choisissez d’abord un fichier" in upload(reader, deal).text
    many = [(files.PDF, f"{number}.pdf") for number in range(MOST + 1)]
    assert upload(reader, deal, *many).status_code == 422
    assert stored() == []


def test_a_hidden_file_comes_back(reader, rep, deal):
    file = a_file(deal, rep)
    assert reader.submit(f"/opportunities/{deal}", {}, f"/files/{file}/archive").status_code == 303
    assert stored()[0].archived_by_id == rep
    assert "Archivés (1)" in reader.page(f"/opportunities/{deal}").text
    assert reader.submit(f"/opportunities/{deal}", {}, f"/files/{file}/restore").status_code == 303
    assert stored()[0].archived_at is None
    kinds = db.session.scalars(sa.select(TimelineEntry.kind).order_by(TimelineEntry.id)).all()
    assert kinds == [EntryKind.FILE_ADDED, EntryKind.FILE_ARCHIVED, EntryKind.FILE_RESTORED]


def test_a_second_archiving_is_a_conflict(reader, rep, deal):
    file = a_file(deal, rep)
    form = reader.page(f"/opportunities/{deal}").form(f"/files/{file}/archive")
    assert [reader.post(form["action"], data=form["fields"]).status_code for _ in range(2)] == [303, 409]


def test_a_stranger_finds_no_file(signed_in, rep, deal):
    file = a_file(deal, rep)
    stranger = signed_in(a_member(email="other@atelier-duval.example"))
    assert stranger.get(f"/files/{file}").status_code == 404
    assert stranger.get("/files/99999").status_code == 404


@pytest.mark.parametrize("change", ["name = 'x'", "sha256 = 'x'", "size = 1"])
def test_the_table_refuses_to_change_what_was_kept(rep, deal, change):
    a_file(deal, rep)
    with pytest.raises(DatabaseError, match="frozen"), db.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE stored_files SET {change}"))  # noqa: S608
