"""Everything that can be imported, and the jobs that try and import it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue import importing as catalogue
from backoffice.clients import importing as clients
from backoffice.errors import NotFound
from backoffice.imports.running import kind_of
from backoffice.imports.subjects import Subject
from backoffice.jobs.kinds import Facts, Kind

TRIAL, IMPORT = "trial", "import"


@dataclass(frozen=True, kw_only=True)
class Importable:
    """``usual``: what the rows leave unsaid. ``trying`` and ``importing``: titles of the jobs. ``listed``: endpoint."""

    subject: Subject
    usual: Callable[[Session], dict[str, Any]]
    trying: Callable[[Facts], str]
    importing: Callable[[Facts], str]
    listed: str


IMPORTABLE: Mapping[str, Importable] = {
    "products": Importable(
        subject=catalogue.Products(),
        usual=catalogue.usual,
        trying=lambda facts: gettext("Check of the products in %(name)s", name=facts["sheet"]["name"]),
        importing=lambda facts: gettext("Import of the products in %(name)s", name=facts["sheet"]["name"]),
        listed="catalogue.index",
    ),
    "clients": Importable(
        subject=clients.Clients(),
        usual=clients.usual,
        trying=lambda facts: gettext("Check of the clients in %(name)s", name=facts["sheet"]["name"]),
        importing=lambda facts: gettext("Import of the clients in %(name)s", name=facts["sheet"]["name"]),
        listed="clients.index",
    ),
}


def kinds() -> dict[str, Kind]:
    """For ``jobs.registry``."""
    return {
        f"{name}_{act}": kind_of(
            each.subject,
            write=act == IMPORT,
            usual=each.usual,
            title=each.importing if act == IMPORT else each.trying,
        )
        for name, each in IMPORTABLE.items()
        for act in (TRIAL, IMPORT)
    }


def named(kind: str) -> tuple[str, str]:
    """What a job's kind imports, and whether it tries. Raises NotFound for a job of another sort."""
    name, _line, act = kind.rpartition("_")
    if name not in IMPORTABLE or act not in {TRIAL, IMPORT}:
        raise NotFound(kind=kind)
    return name, act
