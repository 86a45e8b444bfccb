"""Which wording is in force."""

from datetime import date

from backoffice.db import Bilingual, db
from backoffice.legal.models import Audience, LegalText, Place
from backoffice.legal.texts import texts_in_force

DAY = date(2026, 11, 20)


def wording(code: str, version: int, position: int, since: date = date(2026, 1, 1)) -> LegalText:
    return LegalText(
        code=code, version=version, audience=Audience.ALL, place=Place.CEREMONY, position=position,
        text=Bilingual(f"{code} {version}", ""), sha256="0" * 64, valid_from=since,
    )  # fmt: skip


def test_the_latest_version_is_in_force_wherever_it_stands(app):
    tomorrow = date(2026, 11, 21)
    db.session.add_all(
        [
            wording("oath", 1, 50),
            wording("oath", 2, 40),
            wording("oath", 3, 30, tomorrow),
            wording("seal", 1, 45),
        ]
    )
    db.session.flush()
    found = [
        each.text.fr
        for each in texts_in_force(db.session(), Place.CEREMONY, DAY)
        if each.code in {"oath", "seal"}
    ]
    db.session.rollback()
    assert found == ["oath 2", "seal 1"]
