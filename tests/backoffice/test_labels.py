"""What a field says of itself: what is wrong with it, and whether it may stay empty."""

import cssselect2
import pytest
import tinyhtml5
from flask import Flask

from tests.factories import a_member, a_pipeline, a_seller


@pytest.fixture
def rep(app: Flask) -> int:
    a_seller()
    a_pipeline()
    return a_member()


def parsed(source: str) -> cssselect2.ElementWrapper:
    return cssselect2.ElementWrapper.from_html_root(tinyhtml5.parse(source, namespace_html_elements=False))


def words(page: cssselect2.ElementWrapper, selector: str) -> str:
    return "".join(page.query(selector).etree_element.itertext())


def test_a_client_that_is_not_found_is_said_to_whoever_listens_to_the_field(signed_in, rep):
    typed = {"title": "Cuisine", "client": "Personne de ce nom"}
    answer = signed_in(rep).submit("/opportunities/new", typed, "/opportunities")
    assert answer.status_code == 422
    page = parsed(answer.text)
    control = page.query("#client").etree_element
    assert control.get("aria-invalid") == "true"
    hint, error = (words(page, f"#{name}") for name in control.get("aria-describedby").split())
    assert "premières lettres" in hint
    assert "Erreur" in error


def test_every_field_of_a_client_that_may_stay_empty_says_so(signed_in, rep):
    """The address is asked for when an invoice needs it, not before."""
    page = parsed(signed_in(rep).get("/clients/new").text)
    typed = {control.etree_element.get("name") for control in page.query_all("main form input.input")}
    assert {"name", "siren", "email", "street", "postcode", "city", "contact_name"} <= typed
    assert {name for name in typed if "(facultatif)" not in words(page, f"label[for={name}]")} == {"name"}
