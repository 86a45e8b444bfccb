"""What a backup says of itself, in its first file."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from backoffice.backup.rows import Kind

FORMAT = 1
NAME = "manifest.json"
DOCUMENT, SPOILED = "archive/{}", "spoiled/{}"
"""Members by digest: a document, or the word that the disk had spoiled it when the backup was made."""


class NotABackup(Exception):
    """The file is no backup of Accord, or one of a version to come."""


@dataclass(frozen=True, kw_only=True)
class TableTold:
    """``columns``: kinds by name, in the order of the values; ``sha256`` of its lines before they were packed."""

    name: str
    columns: dict[str, Kind]
    key: list[str]
    rows: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"tables/{self.name}.jsonl.gz"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``revision``: of the tables; ``made_at`` in ISO 8601; ``archive``: SHA-256 of each document, sorted."""

    revision: str
    made_at: str
    database: str
    tables: list[TableTold]
    archive: list[str]

    def as_bytes(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, data: bytes) -> "Manifest":
        """Raises NotABackup."""
        try:
            told: dict[str, Any] = json.loads(data)
            if told.pop("format") != FORMAT:
                raise NotABackup("this backup was made by a newer version")
            tables = [
                TableTold(**{**each, "columns": {name: Kind(kind) for name, kind in each["columns"].items()}})
                for each in told.pop("tables")
            ]
            return cls(**told, tables=tables)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotABackup("this file is no backup of Accord") from error
