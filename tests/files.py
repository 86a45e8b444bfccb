"""Small whole files of each type, as programs write them."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from backoffice.files.types import FileType

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"picture" + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<I", 4 + 8 + 10) + b"WEBPVP8L" + struct.pack("<I", 10) + b"\x2f" + bytes(9)


def png(*, extra: bytes = b"") -> bytes:
    """A white point."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\xff")),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body + extra


def photograph(width: int = 40, height: int = 20, form: str = "JPEG", **more: object) -> bytes:
    """Red on the left and blue on the right; ``more``: what else the file holds."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    written = io.BytesIO()
    picture.save(written, form, **more)
    return written.getvalue()


def archive(parts: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP file; ``stored`` names parts that are not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data, zipfile.ZIP_STORED if name in stored else None)
    return file.getvalue()


def office(part: str, said: str, **more: bytes) -> bytes:
    types = f'<Types><Override PartName="/{part}" ContentType="application/vnd.{said}"/></Types>'
    return archive(
        {"[Content_Types].xml": types.encode(), part: b"<x/>"}
        | {name.replace("__", "/"): data for name, data in more.items()}
    )


def docx(**more: bytes) -> bytes:
    return office(
        "word/document.xml", "openxmlformats-officedocument.wordprocessingml.document.main+xml", **more
    )


def xlsx() -> bytes:
    return office("xl/workbook.xml", "openxmlformats-officedocument.spreadsheetml.sheet.main+xml")


def open_document(kind: FileType, **more: bytes) -> bytes:
    parts = {"mimetype": kind.value.encode(), "content.xml": b"<x/>"}
    return archive(
        parts | {name.replace("__", "/"): data for name, data in more.items()}, stored=("mimetype",)
    )


WHOLE: dict[FileType, bytes] = {
    FileType.PDF: PDF,
    FileType.PNG: png(),
    FileType.JPEG: JPEG,
    FileType.WEBP: WEBP,
    FileType.TEXT: "Appeler après 18 h : portail à refaire.\n".encode(),
    FileType.CSV: "Réf.;Prix\nA1;12,50\n".encode(),
    FileType.DOCX: docx(),
    FileType.XLSX: xlsx(),
    FileType.ODT: open_document(FileType.ODT),
    FileType.ODS: open_document(FileType.ODS),
}
