"""A file is what its content says, and one thing only."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backoffice.files.types import TEXTS, FileType, type_of
from tests import files

BINARY = {kind: data for kind, data in files.WHOLE.items() if kind not in TEXTS}
ARCHIVE = files.archive({"run.js": b"alert(1)"})


@pytest.mark.parametrize(("kind", "data"), BINARY.items())
def test_each_type_is_known_by_its_content(kind, data) -> None:
    assert type_of(data) is kind


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "PDF"])
def test_pictures_and_papers_as_a_program_writes_them(form) -> None:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "#2f6f4f").save(written, form)
    assert type_of(written.getvalue()) is FileType[form]


@pytest.mark.parametrize(
    "data",
    [
        "Bonjour, à demain\n".encode(),
        "Bonjour, à demain\r\n".encode("cp1252"),
        "Bonjour, à demain\n".encode("utf-16"),
        "\ufeffnom;prix\n".encode(),
        "Prix < 10 €\n".encode(),
        "😀\n".encode(),
    ],
)
def test_text_in_the_encodings_that_people_have(data) -> None:
    assert type_of(data) is FileType.TEXT


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"  \n<!DOCTYPE html><title>x</title>",
        b"\xef\xbb\xbf<html>",
        "<html><script>alert(1)</script>".encode("utf-16"),
        b"hello <script>alert(1)</script>",
        b"<?php system($_GET['c']);",
        b"#!/bin/sh\nrm -rf /\n",
        b"%!PS-Adobe-3.0\n",
        b"{\\rtf1\\ansi hello}",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"text with \x00 inside",
        b"text with \x1b[31m colour",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
        b"7z\xbc\xaf\x27\x1c\x00\x04",
        ARCHIVE,
        files.archive({"word/document.xml": b"<x/>"}),
        files.archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        files.archive(
            {"mimetype": b"application/vnd.oasis.opendocument.graphics", "content.xml": b""},
            stored=("mimetype",),
        ),
        b"PK\x05\x06" + bytes(18),
        b"PK\x03\x04" + bytes(40),
    ],
)
def test_what_is_not_taken_has_no_type(data) -> None:
    assert type_of(data) is None


@pytest.mark.parametrize(
    "data",
    [
        files.docx(word__vbaProject=b"", **{"word__vbaProject.bin": b"macro"}),
        files.office("word/document.xml", "ms-word.document.macroEnabled.main+xml"),
        files.docx(**{"word__embeddings__tool.exe": b"MZ"}),
        files.open_document(FileType.ODT, **{"Basic__Standard__Module1.xml": b"<x/>"}),
    ],
)
def test_an_office_document_with_a_program_inside_is_refused(data) -> None:
    assert type_of(data) is None


@pytest.mark.parametrize(
    "data",
    [
        files.PDF + ARCHIVE,
        files.JPEG + ARCHIVE,
        files.png(extra=ARCHIVE),
        files.png(extra=b"<script>alert(1)</script>"),
        files.JPEG[:20] + b"<script>alert(1)</script>" + files.JPEG[20:],
        files.JPEG[:20] + files.PDF + files.JPEG[20:],
        files.PDF[:9] + b"<html><script>" + files.PDF[9:],
        files.WEBP + b"<html>",
        ARCHIVE + files.docx(),
        b"GIF89a/*" + files.PDF,
    ],
)
def test_a_file_that_is_two_things_at_once_is_neither(data) -> None:
    assert type_of(data) is None


@pytest.mark.parametrize(("kind", "data"), BINARY.items())
def test_a_file_cut_short_is_refused(kind, data) -> None:
    assert type_of(data[: len(data) // 2]) is None


def test_a_telephone_may_put_its_own_data_behind_the_picture() -> None:
    assert type_of(files.JPEG + b"SEFH" + bytes(200) + b"SEFT") is FileType.JPEG


def test_a_container_that_would_unpack_to_gigabytes_is_looked_at_without_unpacking_it() -> None:
    bomb = files.archive({"[Content_Types].xml": bytes(50_000_000), "word/document.xml": b"<x/>"})
    assert type_of(bomb) is None


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data) -> None:
    assert type_of(data) in {None, FileType.TEXT}


@given(st.sampled_from(list(BINARY.values())), st.data())
def test_a_damaged_file_gets_an_answer(data, drawn) -> None:
    place = drawn.draw(st.integers(0, len(data) - 1))
    type_of(data[:place] + drawn.draw(st.binary(max_size=8)) + data[place + 1 :])
