"""Price lists, groups of clients and discounts, as those who keep the catalogue keep them."""

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from backoffice import clock
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Standing
from backoffice.db import db
from backoffice.merging.differences import TRAITS, Side
from backoffice.merging.merge import Opened, merge_clients
from backoffice.pricing.models import DEEPEST, ClientGroup, DiscountLevel, PriceList, PriceListEntry
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_discount,
    a_group,
    a_list_entry,
    a_member,
    a_price_list,
    a_product,
    a_seller,
)
from tests.reader import Page, PageReader

LISTS, GROUPS, DISCOUNTS = "/prices", "/prices/groups", "/prices/discounts"
TODAY = clock.today("Europe/Paris")


@pytest.fixture
def rep(app) -> int:
    a_seller()
    a_product()
    return a_member()


@pytest.fixture
def reader(rep, signed_in) -> PageReader:
    found: PageReader = signed_in(rep)
    return found


def sent(reader: PageReader, page: str, typed: dict[str, str], action: str):
    """The answer to the form of the page that goes exactly there, with what was typed into it."""
    form = next(form for form in reader.page(page).forms if form["action"] == action)
    return reader.post(action, data=form["fields"] | typed)


def stored(entity, key: int):
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(entity, key)


def entries(price_list: int = 1) -> list[tuple[Decimal, Decimal | None, Decimal | None]]:
    db.session.rollback()
    rows = db.session.scalars(
        sa.select(PriceListEntry)
        .where(PriceListEntry.price_list_id == price_list, PriceListEntry.archived_at.is_(None))
        .order_by(PriceListEntry.id)
    ).all()
    found = [(row.from_quantity, row.unit_price, row.discount) for row in rows]
    db.session.rollback()
    db.session.expunge_all()
    return found


def test_a_list_is_made_and_leads_to_its_first_entry(reader):
    answer = sent(reader, LISTS, {"name_fr": "Tarif chaîne", "currency": "CHF"}, "/prices/lists")
    assert (answer.status_code, answer.location) == (303, "/prices/lists/1")
    row = stored(PriceList, 1)
    assert (row.name.fr, row.currency) == ("Tarif chaîne", "CHF")
    assert "Tarif chaîne" in reader.page(LISTS).text


def test_a_list_needs_a_name(reader):
    answer = sent(reader, LISTS, {"name_fr": "", "name_en": "Chain"}, "/prices/lists")
    assert answer.status_code == 422
    assert "Chain" in answer.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"product": "POSE-H", "unit_price": "49,90", "from_quantity": "10"}, (10, Decimal("49.9"), None)),
        ({"product": "pose sur", "discount": "12,5 %"}, (0, None, Decimal("12.5"))),
        ({"product": "Pose sur site", "product_id": "1", "unit_price": "0"}, (0, 0, None)),
    ],
)
def test_an_entry_is_a_price_or_a_discount_of_the_product_that_is_meant(reader, typed, kept):
    a_price_list()
    answer = sent(reader, "/prices/lists/1", {"valid_from": str(TODAY)} | typed, "/prices/lists/1/entries")
    assert (answer.status_code, answer.location) == (303, "/prices/lists/1")
    assert entries() == [kept]


@pytest.mark.parametrize(
    "typed",
    [
        {"product": "POSE-H"},
        {"product": "POSE-H", "unit_price": "5", "discount": "5"},
        {"product": "POSE-H", "discount": "100,01"},
        {"product": "POSE-H", "unit_price": "cinq"},
        {"product": "Inconnu", "unit_price": "5"},
        {"product": "", "unit_price": "5"},
        {"product": "pose", "unit_price": "5"},
        {"product": "Inconnu", "product_id": "1", "unit_price": "5"},
        {"product": "POSE-H", "unit_price": "5", "valid_from": ""},
        {"product": "POSE-H", "unit_price": "5", "valid_to": "2001-01-01"},
    ],
)
def test_an_entry_that_says_nothing_or_too_much_is_refused_and_comes_back(reader, typed):
    a_price_list()
    a_product("POSE-J", "Pose à la journée")
    given = {"valid_from": str(TODAY), "from_quantity": "7,5"} | typed
    answer = sent(reader, "/prices/lists/1", given, "/prices/lists/1/entries")
    assert answer.status_code == 422
    fields = Page(answer.text).form("/entries")["fields"]
    assert {name: fields[name] for name in given} == given
    assert entries() == []


def test_an_entry_that_begins_where_another_does_is_refused_until_that_one_is_ended(reader):
    a_price_list()
    typed = {"product": "POSE-H", "unit_price": "49", "valid_from": "2026-01-05"}
    a_list_entry(1, 1, price="50")
    assert sent(reader, "/prices/lists/1", typed, "/prices/lists/1/entries").status_code == 422
    assert sent(reader, "/prices/lists/1", {}, "/prices/entries/1/end").status_code == 303
    assert sent(reader, "/prices/lists/1", typed, "/prices/lists/1/entries").status_code == 303
    assert entries() == [(0, 49, None)]


def test_an_entry_is_changed_but_not_over_somebody_elses_change(reader):
    a_price_list()
    a_list_entry(1, 1, price="50")
    page = "/prices/entries/1"
    opened = reader.page(page).form(page)["fields"]
    assert sent(reader, page, {"unit_price": "", "discount": "10"}, page).status_code == 303
    late = reader.post(page, data=opened | {"unit_price": "47"})
    assert late.status_code == 409
    assert "10\u202f%" in late.text
    assert "47" in Page(late.text).form(page)["fields"]["unit_price"]
    assert reader.post(page, data=Page(late.text).form(page)["fields"]).status_code == 303
    assert entries() == [(0, 47, None)]


def test_an_entry_of_a_product_that_left_the_catalogue_is_still_changed(reader):
    a_price_list()
    a_list_entry(1, 1, price="50")
    with unit_of_work() as session:
        session.get_one(Product, 1).archive(at=clock.now())
    page = "/prices/entries/1"
    assert sent(reader, page, {"unit_price": "48"}, page).status_code == 303
    assert entries() == [(0, 48, None)]


def test_an_entry_that_was_ended_is_not_found_any_more(reader):
    a_price_list()
    a_list_entry(1, 1, price="50")
    sent(reader, "/prices/lists/1", {}, "/prices/entries/1/end")
    assert reader.get("/prices/entries/1").status_code == 404


def test_a_long_list_is_shown_page_by_page_in_the_order_of_references_and_quantities(reader):
    a_price_list()
    for number in range(26):
        product = a_product(f"B-{number:02}", f"Vis {number:02}")
        for quantity in ("100", "20"):
            a_list_entry(1, product, price="1", of=quantity)
    seen, address = [], "/prices/lists/1"
    for _page in range(2):
        page = reader.page(address)
        seen += [link for link in page.links if link.startswith("/prices/entries/")]
        following = [link for link in page.links if "after=" in link]
        address = following[0] if following else ""
    assert len(seen) == len(set(seen)) == 52
    keys = [int(link.rpartition("/")[2]) for link in seen]
    assert keys[:4] == [2, 1, 4, 3]
    assert address == ""


def test_a_list_is_renamed_archived_and_restored(reader):
    a_price_list()
    page = "/prices/lists/1"
    assert sent(reader, page, {"name_fr": "Nouveau nom"}, page).status_code == 303
    assert sent(reader, page, {}, f"{page}/archive").status_code == 303
    assert not stored(PriceList, 1).is_offered
    assert sent(reader, page, {}, f"{page}/restore").status_code == 303
    row = stored(PriceList, 1)
    assert (row.name.fr, row.is_offered) == ("Nouveau nom", True)


def test_of_two_who_rename_a_list_the_second_sees_what_the_first_stored(reader):
    a_price_list()
    page = "/prices/lists/1"
    opened = next(form for form in reader.page(page).forms if form["action"] == page)["fields"]
    reader.post(page, data=opened | {"name_fr": "Premier"})
    late = reader.post(page, data=opened | {"name_fr": "Second"})
    assert late.status_code == 409
    assert "Premier" in late.text
    assert "Second" in late.text


def test_a_group_is_made_below_another(reader):
    chain, price_list = a_group("Chaîne"), a_price_list()
    typed = {"name": "Magasin", "parent": str(chain), "price_list": str(price_list)}
    assert sent(reader, GROUPS, typed, GROUPS).status_code == 303
    row = stored(ClientGroup, 2)
    assert (row.name, row.parent_id, row.price_list_id) == ("Magasin", chain, price_list)
    assert "Tarif revendeurs" in reader.page(GROUPS).text


def test_no_group_is_ever_above_itself(reader):
    chain = a_group("Chaîne")
    region = a_group("Région", parent_id=chain)
    shop = a_group("Magasin", parent_id=region)
    page = f"{GROUPS}/{chain}"
    for parent in (region, shop):
        answer = sent(reader, page, {"parent": str(parent)}, page)
        assert answer.status_code == 422
        assert f'value="{parent}"' in answer.text
    assert sent(reader, page, {"parent": str(chain)}, page).status_code == 422
    assert stored(ClientGroup, chain).parent_id is None


def test_groups_stand_above_one_another_only_so_deep(reader):
    parent = None
    for number in range(DEEPEST):
        parent = a_group(f"Groupe {number}", parent_id=parent)
    answer = sent(reader, GROUPS, {"name": "Trop profond", "parent": str(parent)}, GROUPS)
    assert answer.status_code == 422
    assert "Trop profond" in answer.text
    top = a_group("Au-dessus")
    assert sent(reader, f"{GROUPS}/1", {"parent": str(top)}, f"{GROUPS}/1").status_code == 422
    assert sent(reader, f"{GROUPS}/{top}", {"name": "Seul"}, f"{GROUPS}/{top}").status_code == 303


def test_of_two_who_change_a_group_the_second_sees_what_the_first_stored(reader):
    a_group()
    page = f"{GROUPS}/1"
    opened = reader.page(page).form(page)["fields"]
    reader.post(page, data=opened | {"name": "Premier"})
    late = reader.post(page, data=opened | {"name": "Second"})
    assert late.status_code == 409
    assert "Premier" in late.text
    assert Page(late.text).form(page)["fields"]["name"] == "Second"


def test_a_group_is_archived_only_when_nobody_is_in_it(reader, rep):
    chain = a_group("Chaîne")
    shop = a_group("Magasin", parent_id=chain)
    client = a_client(rep, Standing.PROFESSIONAL, group_id=shop)
    token = reader.page(GROUPS).form(GROUPS)["fields"]["csrf_token"]
    for group in (chain, shop):
        page, act = reader.page(GROUPS), f"{GROUPS}/{group}/archive"
        assert act not in [form["action"] for form in page.forms]
        assert reader.post(act, data={"csrf_token": token}).status_code == 409
    with unit_of_work() as session:
        session.get_one(Client, client).group_id = None
    for group in (shop, chain):
        assert sent(reader, GROUPS, {}, f"{GROUPS}/{group}/archive").status_code == 303
    assert "Magasin" not in [words for _value, words in offered_groups(reader)]
    assert sent(reader, GROUPS, {}, f"{GROUPS}/{chain}/restore").status_code == 303
    assert stored(ClientGroup, chain).archived_at is None


def test_a_group_is_restored_only_below_groups_that_are_there(reader):
    chain = a_group("Chaîne")
    shop = a_group("Magasin", parent_id=chain)
    for group in (shop, chain):
        assert sent(reader, GROUPS, {}, f"{GROUPS}/{group}/archive").status_code == 303
    assert sent(reader, GROUPS, {}, f"{GROUPS}/{shop}/restore").status_code == 409
    for group in (chain, shop):
        assert sent(reader, GROUPS, {}, f"{GROUPS}/{group}/restore").status_code == 303
    assert stored(ClientGroup, shop).archived_at is None


def test_nothing_is_put_below_an_archived_group(reader):
    former = a_group("Ancien réseau")
    form = reader.page(GROUPS).form(GROUPS)["fields"]
    with unit_of_work() as session:
        session.get_one(ClientGroup, former).archived_at = clock.now()
    answer = reader.post(GROUPS, data=form | {"name": "Magasin", "parent": str(former)})
    assert answer.status_code == 422
    assert "Magasin" in answer.text


def test_many_discounts_are_shown_page_by_page(reader):
    for number in range(53):
        a_discount(1 + number % 6, name=f"Remise-{number:02}")
    first = reader.page(DISCOUNTS)
    following = next(link for link in first.links if "after=" in link)
    seen = re.findall(r"Remise-\d\d", first.text + reader.page(following).text)
    assert len(set(seen)) == 53


def offered_groups(reader: PageReader) -> list[tuple[str, str]]:
    html = re.search(r'<select[^>]*name="parent".*?</select>', reader.get(GROUPS).text, re.DOTALL)
    return re.findall(r'<option[^>]*value="(\d+)"[^>]*>([^<]*)<', html[0] if html else "")


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"group": "1"},
        {"client": "Garage Le Goff"},
        {"product": "POSE-H"},
        {"client": "garage", "product": "pose"},
    ],
)
def test_a_discount_is_for_everybody_a_group_or_a_client_on_all_or_one_product(reader, rep, target):
    a_group()
    client = a_client(rep, Standing.PROFESSIONAL)
    typed = {"level": "3", "percent": "7,25", "name_fr": "Volume", "valid_from": str(TODAY)} | target
    assert sent(reader, DISCOUNTS, typed, DISCOUNTS).status_code == 303
    db.session.rollback()
    row = db.session.scalars(sa.select(DiscountLevel).options(selectinload(DiscountLevel.product))).one()
    assert (row.level, row.percent, row.name.fr) == (3, Decimal("7.25"), "Volume")
    assert row.client_id == (client if "client" in target else None)
    assert row.group_id == (1 if "group" in target else None)
    assert row.product_id == (1 if "product" in target else None)


@pytest.mark.parametrize(
    "wrong",
    [{"level": "7"}, {"percent": ""}, {"percent": "101"}, {"name_fr": ""}, {"client": "Personne"}, {"product": "Rien"}, {"group": "1", "client": "Garage Le Goff"}, {"valid_from": "demain"}],
)  # fmt: skip
def test_a_discount_that_means_nothing_is_refused_and_comes_back(reader, rep, wrong):
    a_group()
    a_client(rep, Standing.PROFESSIONAL)
    typed = {
        "level": "3",
        "percent": "7,25",
        "name_fr": "Volume",
        "valid_from": str(TODAY),
        "name_en": "As typed",
    }
    answer = sent(reader, DISCOUNTS, typed | wrong, DISCOUNTS)
    assert answer.status_code == 422
    assert "As typed" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(DiscountLevel.id))) == 0


def test_a_discount_is_changed_but_not_over_somebody_elses_change_and_ended(reader):
    a_discount()
    page = f"{DISCOUNTS}/1"
    opened = reader.page(page).form(page)["fields"]
    assert sent(reader, page, {"percent": "15"}, page).status_code == 303
    late = reader.post(page, data=opened | {"percent": "20"})
    assert late.status_code == 409
    assert "15\u202f%" in late.text
    assert reader.post(page, data=Page(late.text).form(page)["fields"]).status_code == 303
    assert stored(DiscountLevel, 1).percent == 20
    assert sent(reader, DISCOUNTS, {}, f"{page}/end").status_code == 303
    assert stored(DiscountLevel, 1).archived_at is not None
    assert reader.get(page).status_code == 404


def test_a_rep_sees_no_discount_of_a_colleagues_client(reader, rep, signed_in):
    nadia = a_member(email="nadia@atelier-duval.example", name="Nadia Lebrun")
    client = a_client(nadia, Standing.PROFESSIONAL, name="Café du Port")
    a_discount(name="Remise secrète", client_id=client)
    assert "secrète" not in reader.page(DISCOUNTS).text
    assert reader.get(f"{DISCOUNTS}/1").status_code == 404
    assert "secrète" in signed_in(nadia).page(DISCOUNTS).text
    assert "secrète" in signed_in(a_member(Role.MANAGER)).page(DISCOUNTS).text
    assert "secrète" in signed_in(nadia).page(f"/clients/{client}").text


def test_merging_clients_takes_discounts_group_and_list_to_the_one_that_stays(rep):
    price_list, group = a_price_list(), a_group()
    keep = a_client(rep, Standing.PROFESSIONAL, price_list_id=price_list)
    gone = a_client(
        rep, Standing.PROFESSIONAL, name="Garage Legoff", group_id=group, price_list_id=a_price_list()
    )
    a_discount(client_id=gone)
    opened = Opened(
        this_id=keep, this_revision=1, other_id=gone, other_revision=1, stays=Side.THIS,
        picks=dict.fromkeys(TRAITS, Side.THIS), notes=Side.BOTH,
    )  # fmt: skip
    with unit_of_work() as session:
        merge_clients(session, opened, known_to=None, by=rep, at=clock.now())
    assert stored(DiscountLevel, 1).client_id == keep
    row = stored(Client, keep)
    assert (row.group_id, row.price_list_id) == (group, price_list)


def test_what_begins_later_and_what_is_over_is_said(reader):
    a_price_list()
    a_list_entry(1, 1, price="50", valid_from=date(2099, 1, 1))
    a_list_entry(1, 1, price="51", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    text = reader.page("/prices/lists/1").text
    assert "2099" in text
    assert "2020" in text
