"""A new installation, from its empty tables to its first deal."""

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.opportunities.models import PhaseTrigger, Pipeline
from backoffice.seller.models import ONLY, Seller
from tests.factories import a_client, a_member, a_seller

FIRST = {
    "--name": "Menuiserie Le Bris", "--siren": "552 100 554", "--street": "4 quai de la Prévalaye",
    "--postcode": "35000", "--city": "Rennes",
}  # fmt: skip
PAGES = ["/opportunities", "/quotes", "/orders", "/invoices", "/outgoing"]


def set_seller(app, options: dict[str, str]):
    db.session.remove()
    words = [word for pair in options.items() for word in pair]
    return app.test_cli_runner().invoke(args=["seller", "set", *words])


def the_seller() -> Seller:
    db.session.remove()
    found = db.session.get_one(Seller, ONLY)
    db.session.rollback()
    return found


def test_until_then_pages_say_what_is_to_be_done(app, signed_in):
    reader = signed_in(a_member(language="en"))
    answers = {address: reader.get(address) for address in PAGES}
    told = {address: answer for address, answer in answers.items() if answer.status_code == 503}
    assert set(told) >= {"/opportunities", "/quotes", "/orders"}
    assert all("not set up yet" in answer.text for answer in told.values())
    assert all("flask --app wsgi seller set" in answer.text for answer in told.values())
    assert {answer.status_code for answer in answers.values()} <= {200, 404, 503}


def test_one_command_makes_an_installation_that_can_begin(app, signed_in):
    result = set_seller(app, FIRST)
    assert result.exit_code == 0, result.output
    assert result.output == "Menuiserie Le Bris, SIREN 552100554, 35000 Rennes sells here.\n"
    assert the_seller().address.street == "4 quai de la Prévalaye"
    assert db.session.scalar(sa.select(sa.func.count(PhaseTrigger.id))) == 5
    db.session.rollback()
    rep = a_member()
    reader, client = signed_in(rep), a_client(rep)
    assert {reader.get(address).status_code for address in PAGES} <= {200, 404}
    fields = {"client_id": str(client), "client": "Mme Claire Moreau", "title": "Escalier"}
    assert reader.submit("/opportunities/new", fields, "/opportunities").status_code == 303


def test_given_again_it_changes_what_is_given_and_nothing_else(app):
    set_seller(app, FIRST)
    more = {"--city": "Bruz", "--capital": "20000", "--iban": "FR76 3000 6000 0112 3456 7890 189", "--email": "a@lebris.example",
            "--vat-number": "FR 96 552100554", "--bic": "agrifrpp"}  # fmt: skip
    result = set_seller(app, more)
    assert result.exit_code == 0, result.output
    seller = the_seller()
    assert (seller.name, seller.address.city, seller.address.postcode) == (
        "Menuiserie Le Bris",
        "Bruz",
        "35000",
    )
    assert (str(seller.capital), seller.iban) == ("20000.00", "FR7630006000011234567890189")
    assert (seller.vat_number, seller.bic, seller.email) == ("FR96552100554", "AGRIFRPP", "a@lebris.example")
    set_seller(app, {"--capital": "", "--iban": ""})
    assert (the_seller().capital, the_seller().iban) == (None, "")
    assert db.session.scalar(sa.select(sa.func.count(Pipeline.id))) == 1
    db.session.rollback()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"--siren": ""}, "needs --siren."),
        ({"--siren": "552100555"}, "not a SIREN number"),
        ({"--vat-number": "FR00000000000"}, "not a VAT number"),
        ({"--vat-number": "FR79813420650"}, "does not belong to the SIREN"),
        ({"--iban": "FR7630006000011234567890188"}, "'--iban'"),
        ({"--bic": "A"}, "'--bic'"),
        ({"--email": "a@"}, "'--email'"),
        ({"--capital": "much"}, "'--capital'"),
        ({"--name": "Menuiserie 木"}, "'--name'"),
        ({"--name": "x" * 121}, "'--name'"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"])
def test_what_is_wrong_is_refused_in_english_and_nothing_is_made(app, changes, sentence):
    result = set_seller(app, FIRST | changes)
    assert result.exit_code != 0
    assert sentence in result.output
    db.session.remove()
    assert db.session.get(Seller, ONLY) is None
    assert db.session.scalar(sa.select(sa.func.count(Pipeline.id))) == 0
    db.session.rollback()


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("option", FIRST)
def test_what_no_paper_can_do_without_is_not_removed(app, option):
    a_seller()
    assert f"needs {option}." in set_seller(app, {option: ""}).output
    assert the_seller().name == "Atelier Duval"


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_new_siren_is_held_against_the_vat_number_that_is_there(app):
    a_seller()
    result = set_seller(app, {"--siren": "552100554"})
    assert "does not belong to the SIREN" in result.output
    assert the_seller().siren == "813420650"
