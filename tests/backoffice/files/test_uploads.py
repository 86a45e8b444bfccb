"""What may be kept, under which name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.files.types import EVERY_TYPE, PICTURES, FileType
from backoffice.files.uploads import (
    LONGEST_NAME,
    LONGEST_NAME_BYTES,
    FileEmpty,
    FileTooLarge,
    FileTypeRefused,
    checked,
    clean_name,
    labels_of,
    suffixes_of,
)
from tests import files

LARGEST = 1_000_000


def taken(data, name, allowed=EVERY_TYPE):
    return checked(data, name, allowed=allowed, largest=LARGEST)


@pytest.mark.parametrize(("kind", "data"), files.WHOLE.items())
def test_a_whole_file_is_taken_as_what_it_is(kind, data) -> None:
    name = {FileType.TEXT: "note.txt", FileType.CSV: "prix.csv"}.get(kind, "plan")
    upload = taken(data, name)
    assert (upload.type, upload.media_type, upload.data, upload.size) == (kind, kind.value, data, len(data))


def test_an_empty_file_is_refused_by_name() -> None:
    with pytest.raises(FileEmpty) as refusal:
        taken(b"", r"C:\Users\anne\plan.pdf")
    assert refusal.value.facts["name"] == "plan.pdf"


def test_the_largest_file_is_taken_and_one_byte_more_is_not() -> None:
    data = b"a" * LARGEST
    assert taken(data, "a.txt").size == LARGEST
    with pytest.raises(FileTooLarge):
        taken(data + b"a", "a.txt")


def test_a_type_that_is_not_wanted_here_is_refused() -> None:
    with pytest.raises(FileTypeRefused) as refusal:
        taken(files.PDF, "logo.png", PICTURES)
    assert refusal.value.facts["allowed"] == PICTURES


def test_a_name_that_lies_gets_the_end_of_its_type() -> None:
    assert taken(files.PDF, "devis.exe").name == "devis.exe.pdf"
    assert taken(files.png(), "photo.pdf").name == "photo.pdf.png"
    assert taken(b"@echo off\n", "run.bat").name == "run.bat.txt"
    assert taken(files.JPEG, "Photo.JPEG").name == "Photo.jpeg"


def test_a_text_is_a_table_by_its_name_or_because_only_tables_are_taken() -> None:
    assert taken(b"a;b\n", "prix.CSV").type is FileType.CSV
    assert taken(b"a;b\n", "prix.txt").type is FileType.TEXT
    assert taken(b"a;b\n", "prix.txt", frozenset({FileType.CSV})).name == "prix.txt.csv"
    with pytest.raises(FileTypeRefused):
        taken(b"a;b\n", "prix.csv", PICTURES)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("/plan.pdf", "plan.pdf"),
        ("plan\x00.pdf\r\nSet-Cookie: a=b", "plan.pdf Set-Cookie_ a=b.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe.pdf"),
        ("e\u0301tude  finale .pdf", "étude finale.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("\ud800.pdf", "_.pdf"),
        ("plan 😀 株.pdf", "plan 😀 株.pdf"),
    ],
)
def test_a_name_is_only_a_name(app, given_name, kept) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert clean_name(given_name, FileType.PDF) == kept


@pytest.fixture
def database():
    return "sqlite"


@given(st.text(max_size=400), st.sampled_from(FileType))
def test_every_name_becomes_one_that_any_disk_takes(name, kind) -> None:
    kept = clean_name("x" + name, kind)
    assert 0 < len(kept) <= LONGEST_NAME
    assert len(kept.encode()) <= LONGEST_NAME_BYTES
    assert not set(kept) & set('/\\<>:"|?*\r\n\t\x00')
    assert all(unicodedata.category(each) not in {"Cc", "Cf", "Cs"} for each in kept)
    assert not kept.startswith((".", " "))
    assert kept == unicodedata.normalize("NFC", kept)
    assert clean_name(kept, kind) == kept


def test_what_is_taken_can_be_said_and_offered() -> None:
    assert labels_of(PICTURES) == "PNG, JPEG, WebP"
    assert suffixes_of(PICTURES) == ".png,.jpg,.jpeg,.jfif,.webp"
