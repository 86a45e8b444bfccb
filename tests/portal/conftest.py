from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import Bilingual, db
from backoffice.legal.models import LegalText
from backoffice.links.models import ClientLink
from backoffice.work import unit_of_work
from tests.factories import a_sent_quote


@pytest.fixture
def link(app) -> ClientLink:
    return a_sent_quote()[1]


@pytest.fixture
def new_wording(app) -> Iterator[Callable[[], int]]:
    """Called, it puts a wording of the consent in force today; gives its version."""
    made: list[int] = []

    def replace_it() -> int:
        with unit_of_work() as session:
            query = sa.select(LegalText).where(LegalText.code.like("consent%")).order_by(LegalText.version)
            for old in {text.code: text for text in session.scalars(query)}.values():
                fr, en = f"{old.text.fr} (mot neuf)", f"{old.text.en} (new word)"
                new = LegalText(
                    id=900 + len(made), code=old.code, version=old.version + 1, audience=old.audience, place=old.place,
                    position=old.position, text=Bilingual(fr, en), sha256=sha256(fr.encode()).hexdigest(),
                    valid_from=clock.today("Europe/Paris"),
                )  # fmt: skip
                session.add(new)
                made.append(new.id)
            return new.version

    yield replace_it
    db.session.remove()
    if db.engine.name == "postgresql":  # texts of law outlive a test there, and a trigger keeps them
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(sa.delete(LegalText).where(LegalText.id.in_(made)))
