"""Types of files, told by their content alone: neither the name nor what a browser says is believed.

A file that is two things at once (a picture that is a web page or an archive too) is neither.
"""

import enum
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping

LOOKED_AT = 1024
"""Bytes at either end in which another type would show itself."""
MOST_PARTS = 4096
LARGEST_TABLE = 1_000_000
"""Bytes of a container's table of contents: nobody's letter needs more, and it is unpacked in memory."""
ZIP_START, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
ZIP_END_SIZE = 22
LONGEST_COMMENT = 0xFFFF
PNG_START = b"\x89PNG\r\n\x1a\n"
MARKUP = (b"<script", b"<html", b"<svg", b"<!doctype", b"<iframe", b"<body", b"<?php")
PDF_START = b"%PDF-"
PROGRAMS = ("#!", "%!", "{\\rtf", "<")
"""What a text may not begin with: a script, PostScript, RTF, or markup of any kind."""


class FileType(enum.StrEnum):
    """A type that Accord knows; the value is its media type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    TEXT = "text/plain"
    CSV = "text/csv"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"


PICTURES = frozenset({FileType.PNG, FileType.JPEG, FileType.WEBP})
TEXTS = frozenset({FileType.TEXT, FileType.CSV})
EVERY_TYPE = frozenset(FileType)

SUFFIXES: Mapping[FileType, tuple[str, ...]] = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png",),
    FileType.JPEG: (".jpg", ".jpeg", ".jfif"),
    FileType.WEBP: (".webp",),
    FileType.TEXT: (".txt", ".text", ".log", ".md"),
    FileType.CSV: (".csv", ".tsv"),
    FileType.DOCX: (".docx",),
    FileType.XLSX: (".xlsx",),
    FileType.ODT: (".odt",),
    FileType.ODS: (".ods",),
}
"""Ends of names, the usual one first."""

LABELS: Mapping[FileType, str] = {
    FileType.PDF: "PDF",
    FileType.PNG: "PNG",
    FileType.JPEG: "JPEG",
    FileType.WEBP: "WebP",
    FileType.TEXT: "TXT",
    FileType.CSV: "CSV",
    FileType.DOCX: "Word (DOCX)",
    FileType.XLSX: "Excel (XLSX)",
    FileType.ODT: "OpenDocument (ODT)",
    FileType.ODS: "OpenDocument (ODS)",
}
OFFICE_PARTS: Mapping[FileType, tuple[str, bytes]] = {
    FileType.DOCX: ("word/document.xml", b"wordprocessingml.document.main+xml"),
    FileType.XLSX: ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
}


def type_of(data: bytes) -> FileType | None:
    """What ``data`` is; ``TEXT`` for every plain text, ``None`` for what is unknown, broken or two things at once."""
    if data.startswith(ZIP_START):
        return _container(data)
    found = next((kind for kind, is_it in _BINARY.items() if is_it(data)), None)
    if found is None:
        return FileType.TEXT if _is_text(data) else None
    return None if _is_something_else_too(data, found) else found


def text_in(data: bytes) -> str:
    """A text file in UTF-8, in UTF-16 with its mark, or as Excel writes it in France. Raises UnicodeDecodeError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _is_pdf(data: bytes) -> bool:
    return data.startswith(PDF_START) and b"%%EOF" in data[-LOOKED_AT:]


def _is_png(data: bytes) -> bool:
    """Every chunk whole, the header first, the end last and nothing behind it."""
    if not data.startswith(PNG_START + b"\x00\x00\x00\rIHDR"):
        return False
    place = len(PNG_START)
    while place + 12 <= len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        after = place + 12 + length
        if after > len(data):
            return False
        body = memoryview(data)[place + 4 : after - 4]
        if zlib.crc32(body) != int.from_bytes(data[after - 4 : after], "big"):
            return False
        if name == b"IEND":
            return after == len(data)
        place = after
    return False


def _is_jpeg(data: bytes) -> bool:
    """From its first marker to an end of image; telephones put more behind it."""
    return data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data[4:]


def _is_webp(data: bytes) -> bool:
    if data[:4] != b"RIFF" or data[8:15] != b"WEBPVP8" or data[15:16] not in {b" ", b"L", b"X"}:
        return False
    size = int.from_bytes(data[4:8], "little") + 8
    return size == len(data)


_BINARY: Mapping[FileType, Callable[[bytes], bool]] = {
    FileType.PDF: _is_pdf,
    FileType.PNG: _is_png,
    FileType.JPEG: _is_jpeg,
    FileType.WEBP: _is_webp,
}


def _is_something_else_too(data: bytes, kind: FileType) -> bool:
    start = data[:LOOKED_AT].lower()
    if any(mark in start for mark in MARKUP):
        return True
    if kind is not FileType.PDF and PDF_START.lower() in start:
        return True
    return _ends_as_zip(data)


def _ends_as_zip(data: bytes) -> bool:
    """Whether a program that looks for an archive from behind would find one."""
    place = data.rfind(ZIP_END, max(0, len(data) - ZIP_END_SIZE - LONGEST_COMMENT))
    return place != -1 and place + ZIP_END_SIZE <= len(data)


def _is_text(data: bytes) -> bool:
    try:
        text = text_in(data)
    except UnicodeDecodeError:
        return False
    if any(unicodedata.category(each) == "Cc" and each not in "\t\n\r\f" for each in set(text)):
        return False
    start = text[:LOOKED_AT].lstrip().lower()
    others = (*MARKUP, PDF_START.lower())
    return not start.startswith(PROGRAMS) and not any(mark.decode() in start for mark in others)


def _container(data: bytes) -> FileType | None:
    """An office document without programs inside; any other archive is nothing that is taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            every = archive.infolist()
            parts = {part.filename: part for part in every}
            if not every or len(parts) < len(every) or len(every) > MOST_PARTS:
                return None
            if min(part.header_offset for part in every):  # another archive stands before this one
                return None
            return _open_document(archive, parts) or _office_document(archive, parts)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
        return None


def _open_document(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> FileType | None:
    """OpenDocument 1.3, part 2, 3.3: its media type is its first part, stored as it is."""
    first = min(parts.values(), key=lambda part: part.header_offset)
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED:
        return None
    if "content.xml" not in parts or any(name.startswith(("Basic/", "Scripts/")) for name in parts):
        return None
    said = _beginning(archive, first, LOOKED_AT)
    return next((kind for kind in (FileType.ODT, FileType.ODS) if said == kind.value.encode()), None)


def _office_document(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> FileType | None:
    """Office Open XML, by its table of contents; with a macro or an embedded program it is refused."""
    table = parts.get("[Content_Types].xml")
    if table is None or any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in parts):
        return None
    contents = _beginning(archive, table, LARGEST_TABLE)
    if b"macroEnabled" in contents:
        return None
    found = (kind for kind, (part, said) in OFFICE_PARTS.items() if part in parts and said in contents)
    return next(found, None)


def _beginning(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(part) as file:
        return file.read(most)
