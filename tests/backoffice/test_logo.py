"""The seller's logo, for anybody who knows what it looks like."""

import pytest

from backoffice.db import db
from backoffice.demonstration.loading import LOGO
from backoffice.pages import logo_address
from backoffice.seller.models import ONLY, Seller
from backoffice.work import unit_of_work
from tests.factories import a_seller, a_sent_quote, address_of


def logo_of(**facts) -> str | None:
    a_seller()
    with unit_of_work() as session:
        seller = session.get_one(Seller, ONLY)
        for name, value in facts.items():
            setattr(seller, name, value)
    return logo_address(db.session.get_one(Seller, ONLY))


@pytest.mark.parametrize(("kind", "ending"), [("image/png", ".png"), ("image/jpeg", ".jpg")])
def test_the_logo_is_served_once_and_for_ever_without_signing_in(client, kind, ending):
    picture = LOGO.read_bytes()
    address = logo_of(logo=picture, logo_type=kind)
    assert address.endswith(ending)
    answer = client.get(address)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, picture, kind)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert client.post(address).status_code == 405


def test_only_the_logo_in_use_has_an_address(client):
    old = logo_of(logo=b"old", logo_type="image/png")
    new = logo_of(logo=b"new")
    assert old != new
    assert [client.get(each).status_code for each in (old, new)] == [404, 200]
    assert client.get(new.replace(".png", ".jpg")).status_code == 404


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/webp", "text/html", ""])
def test_a_picture_that_might_hold_a_script_is_not_served(client, kind):
    shown = logo_of(logo=b"<svg/>", logo_type="image/png")
    assert logo_of(logo_type=kind) is None
    assert client.get(shown).status_code == 404


def test_the_client_sees_the_logo_beside_the_name_and_two_letters_without_one(app, client):
    _, link = a_sent_quote()
    assert 'class="mark"' in client.get(address_of(link)).text
    address = logo_of(logo=LOGO.read_bytes(), logo_type="image/png")
    for path in ("", "/sign"):
        text = client.get(address_of(link) + path).text
        assert f'<img class="logo" src="{address}" alt=""' in text
        assert 'class="mark"' not in text
        assert "<strong>Atelier Duval</strong>" in text
