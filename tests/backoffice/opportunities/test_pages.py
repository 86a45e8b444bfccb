"""The rep's pages of a deal, walked without JavaScript."""

from cProfile import Profile
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import selectinload

from backoffice.db import db
from backoffice.opportunities.models import Opportunity, Phase
from backoffice.staff.models import Role
from tests.factories import (
    a_client,
    a_line,
    a_member,
    a_pipeline,
    a_product,
    a_seller,
    a_sent_quote,
    an_opportunity,
    everything,
)


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(email="rep@atelier-duval.example")


@pytest.fixture
def deal(rep: int) -> int:
    return an_opportunity(owner=rep)


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)


def stored(deal: int) -> Opportunity:
    db.session.rollback()
    db.session.expunge_all()
    query = sa.select(Opportunity).where(Opportunity.id == deal).options(selectinload(Opportunity.lines))
    return db.session.scalars(query).one()


def address(deal: int) -> str:
    return f"/opportunities/{deal}"


def test_home_leads_everybody_to_their_work(signed_in, app):
    assert signed_in(a_member()).get("/").location == "/opportunities"
    assert signed_in(a_member(Role.ACCOUNTANT)).get("/").location == "/invoices"


def test_the_board_shows_own_deals_with_their_sum(reader, deal):
    other = a_member(email="other@atelier-duval.example")
    page = reader.page("/opportunities")
    assert "Bibliothèque sur mesure" in page.text
    assert "3 512,00" in page.text
    assert other


def test_a_foreign_deal_and_an_unknown_one_look_the_same(signed_in, deal):
    stranger = signed_in(a_member(email="other@atelier-duval.example"))
    foreign, unknown = stranger.get(address(deal)), stranger.get(address(99_999))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.data == unknown.data
    assert "Bibliothèque sur mesure" not in stranger.page("/opportunities").text


def test_a_manager_sees_every_deal(signed_in, deal):
    manager = signed_in(a_member(Role.MANAGER))
    assert "Bibliothèque sur mesure" in manager.page("/opportunities").text
    assert manager.get(address(deal)).status_code == 200


def test_lines_are_saved_as_typed_in_french(reader, deal):
    typed = {
        "lines-0-name": "Étagères",
        "lines-0-quantity": "2,5 m²",
        "lines-0-unit_price": "1\u202f234,50",
        "lines-0-discount": "5 %",
    }
    before = stored(deal)
    first, revision = before.lines[0].uuid, before.revision
    answer = reader.submit(address(deal), typed, "/lines")
    assert (answer.status_code, answer.location) == (303, f"{address(deal)}#lines")
    after = stored(deal)
    line = after.lines[0]
    assert (line.name.fr, line.name.en, line.quantity, line.unit.value) == (
        "Étagères",
        "Bibliothèque (en)",
        Decimal("2.5"),
        "MTK",
    )
    assert (line.unit_price, line.discount, line.uuid) == (Decimal("1234.5"), Decimal(5), first)
    assert after.revision == revision + 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("unit_price", "1e309"),
        ("unit_price", "-1"),
        ("quantity", "nan"),
        ("quantity", "0,00001"),
        ("quantity", "10000000"),
        ("discount", "101"),
        ("name", ""),
        ("name", "x" * 161),
        ("name", "Total \u202e100"),
        ("description", "y" * 2001),
        ("vat", "S:99"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_everything_typed_is_kept(reader, deal, field, typed):
    before = everything(["opportunities", "opportunity_lines"])
    answer = reader.submit(
        address(deal), {f"lines-0-{field}": typed, "lines-1-name": "Parquet d’Orient"}, "/lines"
    )
    assert answer.status_code == 422
    assert "Parquet d’Orient" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "Not a valid" not in answer.text
    if field != "vat":
        assert typed in answer.text
    assert everything(["opportunities", "opportunity_lines"]) == before


def test_a_stale_form_shows_what_was_typed_and_what_is_stored_and_can_then_be_saved(reader, deal):
    form = reader.page(address(deal)).form("/lines")
    reader.submit(address(deal), {"lines-0-quantity": "7"}, "/lines")
    answer = reader.post(
        form["action"], data=form["fields"] | {"lines-0-quantity": "3", "lines-0-name": "Mon nom"}
    )
    assert answer.status_code == 409
    assert "Mon nom" in answer.text
    assert 'role="alert"' in answer.text
    assert "enregistrez de nouveau" in answer.text
    assert "Rouvrez" not in answer.text
    assert stored(deal).lines[0].quantity == 7
    page = type(reader.page(address(deal)))(answer.text)
    assert reader.post(form["action"], data=page.form("/lines")["fields"]).status_code == 303
    assert (stored(deal).lines[0].quantity, stored(deal).lines[0].name.fr) == (3, "Mon nom")


def test_without_its_token_nothing_is_saved_and_nothing_typed_is_lost(reader, deal):
    form = reader.page(address(deal)).form("/lines")
    answer = reader.post(form["action"], data=form["fields"] | {"csrf_token": "", "lines-0-name": "Mon nom"})
    assert answer.status_code == 422
    assert "Mon nom" in answer.text
    assert stored(deal).lines[0].name.fr == "Bibliothèque"


def test_a_product_is_added_by_typing_its_name(reader, deal):
    product = a_product(name="Éclairage")
    assert reader.submit(address(deal), {"adding": "eclairage"}, "/lines").status_code == 303
    line = stored(deal).lines[-1]
    assert (line.product_id, line.name.fr, line.cost) == (product, "Éclairage", Decimal(31))


def test_several_matches_are_offered_and_what_was_typed_waits(reader, deal):
    first, second = a_product("A1", "Pose de parquet"), a_product("A2", "Pose de cuisine")
    answer = reader.submit(address(deal), {"adding": "pose", "lines-0-quantity": "9"}, "/lines")
    assert answer.status_code == 422
    page = type(reader.page(address(deal)))(answer.text)
    form = page.form("/lines")
    assert {value for name, value in form["buttons"] if name == "match"} == {str(first), str(second)}
    reader.post(form["action"], data=form["fields"] | {"match": str(second)})
    assert (stored(deal).lines[-1].product_id, stored(deal).lines[0].quantity) == (second, 9)


def test_a_product_that_left_the_catalogue_meanwhile_costs_nothing_that_was_typed(reader, deal):
    a_product(name="Éclairage")
    typed = {"adding": "Éclairage", "product": "99999", "lines-0-quantity": "9"}
    answer = reader.submit(address(deal), typed, "/lines")
    assert answer.status_code == 422
    assert "n’est plus au catalogue" in answer.text
    form = type(reader.page(address(deal)))(answer.text).form("/lines")
    assert (form["fields"]["lines-0-quantity"], form["fields"]["adding"]) == ("9", "Éclairage")
    assert reader.post(form["action"], data=form["fields"]).status_code == 303
    assert (stored(deal).lines[-1].name.fr, stored(deal).lines[0].quantity) == ("Éclairage", 9)


def test_a_point_that_may_group_thousands_is_asked_about(reader, deal):
    answer = reader.submit(address(deal), {"lines-0-unit_price": "1.000"}, "/lines")
    assert answer.status_code == 422
    assert "Écrivez 1000 ou 1,000." in answer.text
    assert stored(deal).lines[0].unit_price == 1000


@pytest.mark.parametrize("act", ["free", "section"])
def test_a_free_line_or_a_section_needs_a_name(reader, deal, act):
    assert reader.submit(address(deal), {"act": act}, "/lines").status_code == 422
    assert reader.submit(address(deal), {"act": act, "adding": "Salon"}, "/lines").status_code == 303
    assert stored(deal).lines[-1].name.fr == "Salon"


def test_lines_are_moved_and_removed_by_buttons_that_save_the_rest(reader, deal):
    first, second = (str(line.uuid) for line in stored(deal).lines)
    reader.submit(address(deal), {"act": f"down:{first}", "lines-0-quantity": "4"}, "/lines")
    assert [str(line.uuid) for line in stored(deal).lines] == [second, first]
    reader.submit(address(deal), {"act": f"remove:{second}"}, "/lines")
    assert [(str(line.uuid), line.quantity) for line in stored(deal).lines] == [(first, 4)]


def test_a_deal_moves_to_a_phase_by_a_click_and_its_history_says_so(reader, deal):
    phase = db.session.scalars(sa.select(Phase.id).order_by(Phase.position.desc()).limit(1)).one()
    assert reader.submit(address(deal), {"phase": str(phase)}, "/phase").status_code == 303
    assert stored(deal).phase_id == phase
    assert (
        "« Devis signé »" in reader.page(address(deal)).text
        or "“Devis signé”" in reader.page(address(deal)).text
    )
    assert reader.submit(address(deal), {"phase": "99999"}, "/phase").status_code == 404


def test_a_deal_is_opened_for_a_client_whose_name_is_typed(reader, rep):
    a_seller()
    a_pipeline()
    client = a_client(rep)
    answer = reader.submit(
        "/opportunities/new", {"title": "Cuisine", "client": "claire moreau"}, "/opportunities"
    )
    assert answer.status_code == 303
    made = stored(int(answer.location.rpartition("/")[2]))
    assert (made.client_id, made.owner_id, made.title) == (client, rep, "Cuisine")
    assert made.contact_id is not None


def test_a_client_of_somebody_else_is_not_found_by_name(reader, rep):
    a_seller()
    a_client(a_member(email="other@atelier-duval.example"))
    answer = reader.submit(
        "/opportunities/new", {"title": "Cuisine", "client": "Claire Moreau"}, "/opportunities"
    )
    assert answer.status_code == 422
    assert "Cuisine" in answer.text


def test_details_changed_by_another_are_shown_beside_what_was_typed(reader, deal):
    form = reader.page(f"{address(deal)}/details").form("/details")
    reader.post(form["action"], data=form["fields"] | {"title": "Premier"})
    answer = reader.post(form["action"], data=form["fields"] | {"title": "Second"})
    assert answer.status_code == 409
    assert "Premier" in answer.text
    assert "Second" in answer.text
    assert "enregistrez de nouveau" in answer.text
    assert "Rouvrez" not in answer.text
    assert stored(deal).title == "Premier"


@pytest.mark.parametrize("typed", ["abc", "99999"])
def test_a_contact_that_is_not_offered_is_answered_in_our_words(reader, deal, typed):
    answer = reader.submit(f"{address(deal)}/details", {"contact_id": typed}, "/details")
    assert answer.status_code == 422
    assert "Choisissez dans la liste" in answer.text


def test_a_phase_must_be_chosen(reader, deal):
    answer = reader.submit(address(deal), {"phase": None}, "/phase")
    assert answer.status_code == 422
    assert "Faites un choix" in answer.text


def test_reading_changes_nothing(reader, rep):
    _, link = a_sent_quote(an_opportunity(owner=rep))
    deal = db.session.scalars(sa.select(Opportunity.id)).one()
    quote = link.quote_id
    before = everything()
    for path in (
        "/opportunities",
        address(deal),
        f"{address(deal)}/details",
        "/quotes",
        f"/quotes/{quote}/preview",
        f"/quotes/{quote}/send",
        "/clients",
    ):
        assert reader.get(path).status_code == 200, path
    assert everything() == before


@pytest.mark.parametrize("count", [1, 40])
def test_the_number_of_statements_does_not_grow_with_the_lines(reader, rep, count):
    deal = an_opportunity(owner=rep, lines=[a_line(f"Ligne {n}") for n in range(count)])
    statements = []
    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    reader.get(address(deal))
    assert len(statements) <= 20, statements


@pytest.mark.parametrize("database", ["sqlite"])  # it makes a page, whatever the database
def test_a_page_of_as_many_lines_as_a_quote_may_have_is_made_at_once(reader, rep):
    """Counted in calls, since a second is longer on a busy machine: WTForms's own widgets took over two million."""
    deal = an_opportunity(owner=rep, lines=[a_line(f"Ligne {n}") for n in range(300)])
    reader.get(address(deal))
    with Profile() as profile:
        answer = FlaskClient.open(reader, address(deal))
    assert answer.text.count("<textarea") >= 600
    assert sum(each.callcount for each in profile.getstats()) < 1_000_000


def test_a_deal_is_opened_from_where_deals_are_listed(reader, deal):
    for path in ("/opportunities", "/quotes"):
        assert "/opportunities/new" in reader.page(path).links
