"""Rows saved one by one, as a script sends them: nothing of anybody's is overwritten in silence."""

from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.opportunities.arranging import KEPT, forget_removed
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine
from backoffice.work import unit_of_work
from tests.factories import (
    a_line,
    a_list_entry,
    a_member,
    a_price_list,
    a_product,
    an_opportunity,
    everything,
)
from tests.factories import stored_deal as stored


def names(deal: int) -> list[str]:
    return [str(line.name) or str(line.description) for line in stored(deal).lines]


def test_a_row_is_saved_without_touching_the_others(script, deal):
    other = stored(deal).lines[1]
    before = (other.revision, other.quantity, other.position)
    answer = script.save(0, {"quantity": "4 h", "unit_price": "12,50", "discount": "10 %"})
    assert answer.status_code == 200
    line, other = stored(deal).lines
    assert (line.quantity, line.unit.value, line.unit_price, line.discount) == (4, "HUR", Decimal("12.5"), 10)
    assert (other.revision, other.quantity, other.position) == before
    assert "45,00" in answer.text.replace("\u202f", " ")
    assert "195,00" in answer.text


@pytest.mark.parametrize(
    ("typed", "percent", "amount", "net"),
    [("5 %", 5, 0, "190"), ("15 €", 0, 15, "185"), ("", 0, 0, "200"), ("999 €", 0, 999, "0")],
)
def test_a_line_bears_a_percentage_or_an_amount(script, deal, typed, percent, amount, net):
    assert script.save(0, {"discount": typed}).status_code == 200
    line = stored(deal).lines[0]
    assert (line.discount, line.discount_amount) == (percent, amount)
    assert line.priced.net() == Decimal(net)


def test_what_somebody_else_saved_first_comes_back_beside_what_was_typed(script, deal):
    opened = script.row(0)
    assert script.save(0, {"quantity": "7"}, opened).status_code == 200
    late = script.save(0, {"quantity": "9"}, opened)
    assert late.status_code == 409
    assert 'value="7' in late.text
    assert "data-conflict" in late.text
    assert stored(deal).lines[0].quantity == 7


def test_two_people_at_two_rows_are_in_nobodys_way(script, deal):
    first, second = script.row(0), script.row(1)
    assert script.save(0, {"quantity": "7"}, first).status_code == 200
    assert script.save(1, {"quantity": "8"}, second).status_code == 200
    assert [line.quantity for line in stored(deal).lines] == [7, 8]


def test_moving_a_line_makes_no_typed_row_stale(script, deal):
    opened = script.row(0)
    script.arrange("down", line=stored(deal).lines[0].uuid)
    key = stored(deal).lines[1].uuid
    answer = script._post(f"/lines/{key}/row", opened | {"quantity": "9"})
    assert answer.status_code == 200
    assert stored(deal).lines[1].quantity == 9


@pytest.mark.parametrize(
    ("field", "typed"), [("quantity", "beaucoup"), ("quantity", "3 coudées"), ("unit_price", "-1"), ("name", ""), ("discount", "101 %"), ("vat", "S:99")]
)  # fmt: skip
def test_a_row_that_is_wrong_says_what_to_do_and_changes_nothing(script, deal, field, typed):
    before = everything()
    answer = script.save(0, {field: typed})
    assert answer.status_code == 422
    assert f'data-field="{field}"' in answer.text
    assert everything() == before


def test_a_quantity_outside_of_what_the_client_may_choose_is_refused(script, deal):
    with unit_of_work() as session:
        line = session.scalars(
            sa.select(OpportunityLine).where(OpportunityLine.opportunity_id == deal)
        ).first()
        line.quantity_min, line.quantity_max = Decimal(1), Decimal(5)
    answer = script.save(0, {"quantity": "6"})
    assert answer.status_code == 422
    assert "de 1 à 5" in answer.text
    assert stored(deal).lines[0].quantity == 2


def test_a_row_that_somebody_removed_is_said_and_not_brought_back_by_typing(script, deal):
    opened, key = script.row(0), stored(deal).lines[0].uuid
    script.arrange("remove", line=key)
    answer = script._post(f"/lines/{key}/row", opened | {"quantity": "9"})
    assert answer.status_code == 409
    assert "supprimé" in answer.text
    assert names(deal) == ["Pose"]


def test_a_line_is_added_below_the_one_that_was_named(script, deal):
    first = stored(deal).lines[0].uuid
    product = a_product("CHENE", "Chêne")
    for kind, values in (
        ("section", {"adding": "Salon"}), ("free", {"adding": "Rabot"}), ("note", {"adding": "À voir sur place"}), ("product", {"product": product}),
    ):  # fmt: skip
        answer = script.arrange(kind, after=first, new=uuid4(), **values)
        assert answer.status_code == 200, answer.text
        assert answer.text.count("<tr ") == 1
    assert names(deal) == ["Plateau", "Chêne", "À voir sur place", "Rabot", "Salon", "Pose"]
    kinds = [line.kind for line in stored(deal).lines]
    assert kinds == [
        LineKind.ITEM,
        LineKind.ITEM,
        LineKind.NOTE,
        LineKind.ITEM,
        LineKind.SECTION,
        LineKind.ITEM,
    ]


def test_a_line_that_was_sent_twice_is_there_once(script, deal):
    key = uuid4()
    for _ in range(2):
        assert script.arrange("free", adding="Rabot", new=key).status_code == 200
    assert names(deal) == ["Plateau", "Pose", "Rabot"]
    for _ in range(2):
        script.arrange("duplicate", line=stored(deal).lines[0].uuid, new="9" * 32)
    assert names(deal) == ["Plateau", "Plateau", "Pose", "Rabot"]


def test_words_that_mean_one_product_add_it_and_others_are_told(script, deal):
    a_product("CHENE-1", "Plateau de chêne")
    a_product("CHENE-2", "Banc de chêne")
    assert script.arrange("product", adding="CHENE-2").status_code == 200
    assert names(deal)[-1] == "Banc de chêne"
    for words, said in (("chêne", "Plusieurs produits"), ("acajou", "Aucun produit"), ("", "Aucun produit")):
        answer = script.arrange("product", adding=words)
        assert (answer.status_code, said in answer.text) == (422, True)


def test_many_references_are_added_at_once_with_their_quantities(script, deal):
    a_product("CHENE", "Chêne", "10")
    a_product("POSE", "Pose", "54")
    answer = script.arrange("several", several="CHENE; 12,5\nPOSE\t3 h\n\nCHENE")
    assert answer.status_code == 200, answer.text
    added = stored(deal).lines[2:]
    assert [(str(line.name), line.quantity) for line in added] == [
        ("Chêne", Decimal("12.5")),
        ("Pose", 3),
        ("Chêne", 1),
    ]
    before = everything()
    for typed, said in (("CHENE\nHETRE; 2", "HETRE"), ("CHENE; beaucoup", "nombre"), ("", "référence")):
        answer = script.arrange("several", several=typed)
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert everything() == before


def test_a_reference_is_found_however_it_is_typed_but_never_guessed(script, deal):
    for sku in ("POSE-H", "ECH-1", "ech-1", "Vis-2", "VIS-2"):
        a_product(sku, f"Produit {sku}")
    script.arrange("several", several="pose-h; 4\nech-1")
    assert names(deal)[2:] == ["Produit POSE-H", "Produit ech-1"]
    assert script.arrange("several", several="vis-2").status_code == 422


def test_what_becomes_a_variant_or_is_one_no_longer_comes_back_with_the_answer(script, rep):
    lines = [a_line(name) for name in ("Parquet", "Finition", "Huile", "Vernis")]
    lines[1].kind, lines[1].one_of = LineKind.SECTION, True
    script.deal = an_opportunity(owner=rep, lines=lines)
    key = {str(line.name): str(line.uuid) for line in stored(script.deal).lines}

    def changed(act: str, name: str, **values: object) -> set[str]:
        answer = script.arrange(act, line=key[name], **values).text
        return {each for each in key if f'data-line="{key[each]}"' in answer}

    assert changed("to", "Parquet", before=key["Vernis"]) == {"Parquet"}
    assert changed("remove", "Huile") == {"Parquet"}
    assert changed("restore", "Huile") == {"Huile", "Parquet"}
    assert changed("option", "Vernis") == {"Huile", "Parquet", "Vernis"}
    assert changed("remove", "Finition") == {"Huile", "Parquet", "Vernis"}


def test_lines_move_and_a_section_takes_its_lines_along(script, rep, reader):
    lines = [a_line(name) for name in ("A", "S1", "B", "C", "S2", "D")]
    for line in lines:
        line.kind = LineKind.SECTION if str(line.name).startswith("S") else LineKind.ITEM
    deal = an_opportunity(owner=rep, lines=lines)
    script.deal = deal
    key = {str(line.name): line.uuid for line in stored(deal).lines}
    script.arrange("up", line=key["S2"])
    assert "".join(names(deal)) == "AS2DS1BC"
    script.arrange("to", line=key["S1"], before=key["S2"])
    assert "".join(names(deal)) == "AS1BCS2D"
    script.arrange("to", line=key["S1"], before=key["C"])
    assert "".join(names(deal)) == "AS1BCS2D"
    script.arrange("to", line=key["A"], before="")
    assert "".join(names(deal)) == "S1BCS2DA"
    script.arrange("down", line=key["B"])
    assert "".join(names(deal)) == "S1CBS2DA"


def test_a_removed_line_is_brought_back_to_its_place_for_a_month(script, deal, reader):
    key = stored(deal).lines[0].uuid
    assert script.arrange("remove", line=key).status_code == 200
    assert names(deal) == ["Pose"]
    assert "Plateau" in reader.page(f"/opportunities/{deal}").text
    reader.submit(f"/opportunities/{deal}", {}, f"/lines/{key}/restore")
    assert names(deal) == ["Plateau", "Pose"]
    script.arrange("remove", line=key)
    for days, left in ((KEPT * 0.9, 2), (KEPT * 1.1, 1)):
        with unit_of_work() as session:
            forget_removed(session, at=clock.now() + days)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OpportunityLine)) == left


def test_an_option_is_made_and_unmade_and_a_variant_chosen(script, rep):
    lines = [a_line(name) for name in ("A", "S", "B", "C")]
    lines[1].kind, lines[1].one_of = LineKind.SECTION, True
    deal = an_opportunity(owner=rep, lines=lines)
    script.deal = deal
    key = {str(line.name): line.uuid for line in stored(deal).lines}
    answer = script.arrange("option", line=key["A"])
    assert stored(deal).lines[0].is_optional
    assert answer.text.count("<tr ") == 1
    script.arrange("option", line=key["A"])
    assert not stored(deal).lines[0].is_optional
    answer = script.arrange("option", line=key["C"])
    assert answer.text.count("<tr ") == 2
    assert [line.is_taken for line in stored(deal).lines] == [False, False, False, True]


@pytest.fixture
def stepped(deal) -> int:
    """A product that costs the deal's client 100, and 80 from ten on."""
    product, tariff = a_product("CHENE", "Chêne", "100"), a_price_list()
    a_list_entry(tariff, product, price="100")
    a_list_entry(tariff, product, price="80", of="10")
    with unit_of_work() as session:
        session.get_one(
            Opportunity, deal, options=[sa.orm.joinedload(Opportunity.client)]
        ).client.price_list_id = tariff
    return product


def test_a_price_follows_the_quantity_until_somebody_types_another(script, deal, stepped):
    script.arrange("product", product=stepped)
    assert stored(deal).lines[2].unit_price == 100
    script.save(2, {"quantity": "12"})
    assert stored(deal).lines[2].unit_price == 80
    script.save(2, {"unit_price": "75"})
    script.save(2, {"quantity": "2"})
    line = stored(deal).lines[2]
    assert line.unit_price == 75
    assert "Julien Duval" in str(line.explanation)


def test_prices_follow_quantities_without_a_script_too(script, reader, deal, stepped):
    for _ in range(3):
        script.arrange("product", product=stepped)
    page = f"/opportunities/{deal}"
    reader.submit(page, {"lines-3-unit_price": "75"}, "/lines")
    typed = {"lines-2-quantity": "12", "lines-3-quantity": "12", "lines-4-name": "Chêne massif"}
    assert reader.submit(page, typed, "/lines").status_code == 303
    assert [line.unit_price for line in stored(deal).lines[2:]] == [80, 75, 100]


def test_many_references_stand_in_their_order_below_the_line_that_was_named(script, deal):
    for sku in "ABC":
        a_product(sku, sku)
    answer = script.arrange("several", several="A\nB; 2\nC", after=stored(deal).lines[0].uuid, new=uuid4())
    assert answer.status_code == 200
    assert names(deal) == ["Plateau", "A", "B", "C", "Pose"]
    assert [line.position for line in stored(deal).lines] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("act", ["up", "remove", "option", "duplicate", "to"])
def test_nobody_arranges_the_lines_of_others(script, signed_in, act):
    theirs = an_opportunity(owner=a_member(email="autre@atelier-duval.example"))
    key, before = stored(theirs).lines[0].uuid, everything()
    assert script.arrange(act, line=key).status_code == 404
    assert script._post(f"/lines/{key}/row", script.row(0) | {"quantity": "9"}).status_code == 404
    assert everything() == before


def test_there_are_no_more_lines_than_a_quote_may_have(script, deal, rep):
    full = an_opportunity(owner=rep, lines=[a_line(f"Ligne {n}") for n in range(1000)])
    script.deal = full
    for act, values in (("free", {"adding": "Encore"}), ("duplicate", {"line": stored(full).lines[0].uuid})):
        answer = script.arrange(act, **values)
        assert answer.status_code == 422
        assert "1000" in answer.text
    assert len(stored(full).lines) == 1000


@pytest.mark.parametrize("token", ["", "x"])
def test_a_script_without_the_token_of_its_page_changes_nothing(script, deal, token):
    key, row, before = stored(deal).lines[0].uuid, script.row(0), everything()
    script.token = token
    assert script.arrange("remove", line=key).status_code == 422
    assert script.arrange("free", adding="Rabot").status_code == 422
    assert script._post(f"/lines/{key}/row", row | {"quantity": "9"}).status_code == 422
    assert everything() == before
