"""The firm's own reasons for refusal and loss."""

import pytest
import sqlalchemy as sa

from backoffice.answers.models import Refusal
from backoffice.db import db
from backoffice.reasons.listing import reasons_offered
from backoffice.reasons.models import Reason
from backoffice.staff.models import Role
from tests.factories import a_member, a_seller, a_sent_quote, address_of
from tests.reader import PageReader

PAGE = "/settings/reasons"
ADD = "/settings/reasons/new"


@pytest.fixture
def admin(app, signed_in) -> PageReader:
    a_seller()
    return signed_in(a_member(Role.ADMIN))


def offered() -> list[str]:
    db.session.rollback()
    db.session.expunge_all()
    return [reason.name.fr for reason in reasons_offered(db.session())]


def id_of(name: str) -> int:
    found: int = db.session.scalars(sa.select(Reason.id).where(Reason.name_fr == name)).one()  # type: ignore[attr-defined]
    return found


def test_an_installation_begins_with_a_list_in_both_languages(app):
    reasons = reasons_offered(db.session())
    assert [str(reason.name) for reason in reasons][:2] == ["Prix", "Délai"]
    assert all(reason.name.fr and reason.name.en for reason in reasons)


def test_a_reason_is_added_at_the_end(admin):
    before = offered()
    answer = admin.submit(PAGE, {"name_fr": "Trop loin", "name_en": "Too far"}, ADD)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert offered() == [*before, "Trop loin"]
    assert "Too far" in admin.page(PAGE).text


@pytest.mark.parametrize("typed", ["", "x" * 81, "caché\u202e"])
def test_a_reason_that_nobody_could_read_is_refused_and_comes_back(admin, typed):
    before = offered()
    answer = admin.submit(PAGE, {"name_fr": typed, "name_en": "Too far"}, ADD)
    assert answer.status_code == 422
    assert "Too far" in answer.text
    assert offered() == before


def test_a_reason_moves_past_its_neighbour_and_never_over_the_edge(admin):
    first, second, *rest = offered()
    move = f"/settings/reasons/{id_of(second)}/move"
    for _click in range(2):
        assert admin.submit(PAGE, {"to": "up"}, move).status_code == 303
        assert offered() == [second, first, *rest]
    admin.submit(PAGE, {"to": "down"}, move)
    assert offered() == [first, second, *rest]


def test_a_reason_is_renamed_but_not_over_somebody_elses_change(admin):
    page = f"/settings/reasons/{id_of('Prix')}"
    opened = admin.page(page).form(page)["fields"]
    assert admin.submit(page, {"name_fr": "Prix trop élevé"}, page).status_code == 303
    late = admin.post(page, data=opened | {"name_fr": "Tarif"})
    assert late.status_code == 409
    assert "Prix trop élevé" in late.text
    assert "Tarif" in late.text
    assert offered()[0] == "Prix trop élevé"


def test_an_archived_reason_is_offered_no_more_until_it_is_restored(admin):
    number = id_of("Délai")
    admin.submit(PAGE, {}, f"/settings/reasons/{number}/archive")
    assert "Délai" not in offered()
    admin.submit(PAGE, {}, f"/settings/reasons/{number}/restore")
    assert "Délai" in offered()


def test_two_people_who_order_the_list_leave_no_reason_out(admin):
    names = set(offered())
    for number in [id_of(name) for name in offered()]:
        admin.submit(PAGE, {"to": "up"}, f"/settings/reasons/{number}/move")
    assert set(offered()) == names


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.ACCOUNTANT])
def test_the_list_is_the_administrators(app, signed_in, role):
    a_seller()
    assert signed_in(a_member(role)).get(PAGE).status_code == 404


def offered_to_clients() -> list[str]:
    db.session.rollback()
    db.session.expunge_all()
    return [reason.name.fr for reason in reasons_offered(db.session(), to_clients=True)]


def test_a_client_is_not_asked_whether_they_never_answered(app, client):
    _, link = a_sent_quote()
    assert "Sans réponse" in offered()
    assert "Sans réponse" not in offered_to_clients()
    page = client.get(f"{address_of(link)}/refuse").text
    assert "Prix" in page
    assert "Sans réponse" not in page


def test_a_client_cannot_choose_what_is_kept_for_the_firm(app, client):
    _, link = a_sent_quote()
    answer = client.submit(f"{address_of(link)}/refuse", {"reason": str(id_of("Sans réponse"))}, "/refuse")
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Refusal)) == 0


@pytest.mark.parametrize(("ticked", "there"), [("y", True), (None, False)])
def test_the_firm_says_of_each_reason_whether_clients_may_choose_it(admin, ticked, there):
    admin.submit(PAGE, {"name_fr": "Trop loin", "for_clients": ticked}, ADD)
    assert "Trop loin" in offered()
    assert ("Trop loin" in offered_to_clients()) == there
    address = f"{PAGE}/{id_of('Trop loin')}"
    admin.submit(address, {"for_clients": None if there else "y"}, address)
    assert ("Trop loin" in offered_to_clients()) != there
