"""Which client a typed name stands for."""

import pytest
from flask import Flask

from backoffice.clients.finding import FoundClient, client_meant, clients_like
from backoffice.clients.models import Standing
from backoffice.db import db
from tests.factories import a_client, a_member

LEROY, LEGOFF, RENNES, BREST, FRERES, MERE = (
    FoundClient(number, name, city)
    for number, (name, city) in enumerate(
        [
            ("Garage Leroy", "Rennes"),
            ("Garage Le Goff", "Rennes"),
            ("Martin SARL", "Rennes"),
            ("Martin SARL", "Brest"),
            ("Martin SARL Frères", "Brest"),
            ("Crèche L’Œuf & la Mère", ""),
        ],
        start=1,
    )
)
ALL = [LEROY, LEGOFF, RENNES, BREST, FRERES, MERE]


@pytest.mark.parametrize(
    ("typed", "picked", "meant"),
    [
        ("garage leroy", None, LEROY),
        ("Leroy", None, LEROY),
        ("ler gar", None, LEROY),
        ("roy", None, None),
        ("garage", None, None),
        ("garage", LEROY.id, None),
        ("creche", None, MERE),
        ("oeuf mere", None, MERE),
        ("&", None, None),
        ("", None, None),
        ("Martin SARL", None, None),
        ("martin  sarl", BREST.id, BREST),
        ("Martin SARL", LEROY.id, None),
        ("Garage Leroy", LEGOFF.id, LEROY),
        ("Martin SARL Frères", BREST.id, FRERES),
        ("Dupont", LEROY.id, None),
    ],
)
def test_a_name_stands_for_one_client_or_for_none(
    typed: str, picked: int | None, meant: FoundClient | None
) -> None:
    assert client_meant(ALL, typed, picked=picked) == meant


def test_the_nearest_name_comes_first(app: Flask) -> None:
    rep = a_member()
    for name in ("Garage Lemartin", "Atelier Martin", "Martine", "Martin"):
        a_client(rep, Standing.PROFESSIONAL, name=name)
    found = clients_like(db.session(), "martin", rep)
    assert [each.name for each in found] == ["Martin", "Martine", "Atelier Martin", "Garage Lemartin"]
