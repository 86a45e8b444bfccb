"""What somebody uploads, checked before anything is kept: type by content, size, a name that is only a name.

Keep the bytes with ``current_app.extensions["accord.archive"].keep(upload.data)`` before the unit of work (they are
addressed by their content, so an orphan does no harm) and let a row hold the digest.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from backoffice.errors import Refusal
from backoffice.files.types import LABELS, SUFFIXES, TEXTS, FileType, type_of
from backoffice.language import filesize

LONGEST_NAME = 120
LONGEST_NAME_BYTES = 200
"""File systems take 255; some programs put something in front."""
FORBIDDEN = re.compile(r'[<>:"|?*]')
"""No file on Windows may have them in its name."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that may be kept. ``name`` is fit for any disk and ends as its type does."""

    name: str
    type: FileType
    data: bytes

    @property
    def media_type(self) -> str:
        return self.type.value

    @property
    def size(self) -> int:
        return len(self.data)


class FileRefused(Refusal):
    """``name``: as it would have been kept, for the sentence."""


class FileEmpty(FileRefused):
    def sentence(self) -> str:
        return gettext("“%(name)s” is empty. Choose another file.", name=self.facts["name"])


class FileTooLarge(FileRefused):
    """``largest`` in bytes."""

    def sentence(self) -> str:
        return gettext(
            "“%(name)s” is larger than %(most)s. Choose a smaller file.",
            name=self.facts["name"],
            most=filesize(self.facts["largest"]),
        )


class FileTypeRefused(FileRefused):
    """``allowed``: the types that would have been taken."""

    def sentence(self) -> str:
        return gettext(
            "“%(name)s” cannot be taken: its content is none of %(types)s.",
            name=self.facts["name"],
            types=labels_of(self.facts["allowed"]),
        )


def checked(data: bytes, name: str, *, allowed: frozenset[FileType], largest: int) -> Upload:
    """The file, if it may be kept. ``largest`` in bytes. Raises FileEmpty, FileTooLarge, FileTypeRefused."""
    if not data:
        raise FileEmpty(name=clean_name(name))
    if len(data) > largest:
        raise FileTooLarge(name=clean_name(name), size=len(data), largest=largest)
    kind = _taken(type_of(data), name, allowed)
    if kind is None:
        raise FileTypeRefused(name=clean_name(name), allowed=allowed)
    return Upload(name=clean_name(name, kind), type=kind, data=data)


def labels_of(types: Iterable[FileType]) -> str:
    """``PDF, PNG, JPEG``: what is taken, for a hint, in the order of the types."""
    taken = frozenset(types)
    return ", ".join(label for kind, label in LABELS.items() if kind in taken)


def suffixes_of(types: Iterable[FileType]) -> str:
    """The ``accept`` of a file field. It only helps to choose: the content decides."""
    taken = frozenset(types)
    return ",".join(suffix for kind, suffixes in SUFFIXES.items() if kind in taken for suffix in suffixes)


def clean_name(name: str, kind: FileType | None = None) -> str:
    """A name without folders, hidden or forbidden characters, of a bounded length; ``kind`` gives it its end."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode(errors="replace").decode()))[-1]
    shown = "".join(" " if each.isspace() else each for each in last if not _is_hidden(each))
    tidy = re.sub(" +", " ", FORBIDDEN.sub("_", shown)).strip(". ")
    end = _end_of(tidy, kind)
    stem = tidy[: len(tidy) - len(end)] if tidy.lower().endswith(end) else tidy
    return _shortened(stem.rstrip(". ") or gettext("file"), end)


def _taken(found: FileType | None, name: str, allowed: frozenset[FileType]) -> FileType | None:
    """Which text it is cannot be told from within: its name tells, as far as it may."""
    if found is not FileType.TEXT:
        return found if found in allowed else None
    named = FileType.CSV if name.lower().endswith(SUFFIXES[FileType.CSV]) else FileType.TEXT
    return named if named in allowed else next(iter(TEXTS & allowed), None)


def _end_of(tidy: str, kind: FileType | None) -> str:
    """The end that the name has, when it is one of its type's; else the type's usual one."""
    if kind is None:
        return ""
    known = SUFFIXES[kind]
    return next((suffix for suffix in known if tidy.lower().endswith(suffix)), known[0])


def _shortened(stem: str, end: str) -> str:
    stem = stem[: LONGEST_NAME - len(end)]
    while len((stem + end).encode()) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + end


def _is_hidden(character: str) -> bool:
    """Control, formatting (an override that shows ``exe.pdf`` for ``fdp.exe``), private, unassigned, half."""
    return not character.isspace() and unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs"}
