"""The page of one line: everything that can be said of it, without JavaScript."""

from decimal import Decimal

import pytest

from backoffice.opportunities.models import LineKind
from tests.factories import a_line, an_opportunity
from tests.factories import stored_deal as stored
from tests.reader import Page


def line_address(deal: int, place: int = 0) -> str:
    return f"/lines/{stored(deal).lines[place].uuid}"


def test_the_menu_of_a_row_saves_what_was_typed_and_leads_to_its_page(reader, deal):
    key = stored(deal).lines[0].uuid
    answer = reader.submit(
        f"/opportunities/{deal}", {"act": f"open:{key}", "lines-0-quantity": "5"}, "/lines"
    )
    assert answer.location == f"/lines/{key}"
    assert stored(deal).lines[0].quantity == 5
    assert "Plateau" in reader.page(answer.location).text


def test_all_that_a_line_may_say_is_saved_and_shown_again(reader, deal):
    typed = {
        "quantity": "6", "offered": "ticked", "least": "4", "most": "12", "recurrence": "monthly",
        "internal_note": "Remise déjà promise", "discount": "12,50 €",
    }  # fmt: skip
    assert reader.submit(line_address(deal), typed, line_address(deal)).status_code == 303
    line = stored(deal).lines[0]
    assert (line.is_optional, line.is_taken, line.quantity_min, line.quantity_max) == (True, True, 4, 12)
    assert (line.recurrence, line.internal_note, line.discount_amount) == (
        "monthly",
        "Remise déjà promise",
        Decimal("12.5"),
    )
    fields = reader.page(line_address(deal)).form(line_address(deal))["fields"]
    shown = {name: fields[name].strip().replace("\u202f", " ").replace("\u00a0", " ") for name in typed}
    assert shown == typed | {"quantity": "6 u"}
    page = reader.page(f"/opportunities/{deal}").text
    for said in ("Option, cochée", "4 à 12", "par mois", "Note interne"):
        assert said in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [
        ("4", "", "Saisissez les deux"),
        ("12", "4", "Échangez"),
        ("0", "4", "option"),
        ("7", "12", "de 7 à 12"),
    ],
)
def test_a_range_that_cannot_be_is_refused_in_words_and_stays_typed(reader, deal, least, most, said):
    answer = reader.submit(line_address(deal), {"least": least, "most": most}, line_address(deal))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    fields = page.form(line_address(deal))["fields"]
    assert (fields["least"], fields["most"]) == (least, most)
    assert stored(deal).lines[0].quantity_min is None


def test_a_section_offers_a_choice_or_hides_its_prices(reader, rep):
    lines = [a_line("Finition"), a_line("Huile"), a_line("Vernis")]
    lines[0].kind = LineKind.SECTION
    deal = an_opportunity(owner=rep, lines=lines)
    address = line_address(deal)
    reader.submit(address, {"one_of": "y", "hides_prices": "y"}, address)
    assert (stored(deal).lines[0].one_of, stored(deal).lines[0].hides_prices) == (True, True)
    variant = line_address(deal, 2)
    assert reader.submit(variant, {"offered": "chosen"}, variant).status_code == 303
    assert [line.is_taken for line in stored(deal).lines] == [False, False, True]
    other = line_address(deal, 1)
    assert reader.submit(other, {"offered": "chosen"}, other).status_code == 303
    assert [line.is_taken for line in stored(deal).lines] == [False, True, False]


def test_a_chosen_variant_that_is_saved_again_is_in_nobodys_way(reader, rep):
    lines = [a_line("Finition"), a_line("Huile"), a_line("Vernis")]
    lines[0].kind, lines[0].one_of, lines[1].is_taken = LineKind.SECTION, True, True
    deal = an_opportunity(owner=rep, lines=lines)
    chosen, other = line_address(deal, 1), line_address(deal, 2)
    opened = reader.page(other).form(other)
    assert reader.submit(chosen, {"internal_note": "Deux couches"}, chosen).status_code == 303
    assert reader.post(other, data=opened["fields"] | {"description": "Mat"}).status_code == 303
    assert [line.is_taken for line in stored(deal).lines] == [False, True, False]


def test_whoever_saves_second_sees_both_and_may_keep_theirs(reader, deal):
    address = line_address(deal)
    opened = reader.page(address).form(address)
    assert reader.submit(address, {"internal_note": "De Nadia", "quantity": "8"}, address).status_code == 303
    answer = reader.post(address, data=opened["fields"] | {"internal_note": "De Julien"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "De Nadia" in page.text
    again = page.form(address)["fields"]
    assert again["internal_note"].strip() == "De Julien"
    assert reader.post(address, data=again).status_code == 303
    assert stored(deal).lines[0].internal_note == "De Julien"


@pytest.mark.parametrize(
    ("act", "left"), [("down", "Pose Plateau"), ("duplicate", "Plateau Plateau Pose"), ("remove", "Pose")]
)
def test_a_line_is_arranged_by_buttons(reader, deal, act, left):
    address = line_address(deal)
    assert reader.submit(address, {}, f"{address}/{act}").status_code == 303
    assert " ".join(str(line.name) for line in stored(deal).lines) == left


def test_what_was_typed_of_a_line_that_somebody_removed_is_still_there(reader, deal):
    address = line_address(deal)
    opened = reader.page(address).form(address)
    assert reader.submit(address, {}, f"{address}/remove").status_code == 303
    answer = reader.post(address, data=opened["fields"] | {"description": "En frêne"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Rétablissez-la" in page.text
    assert page.form(address)["fields"]["description"].strip() == "En frêne"


def test_a_removed_line_has_no_page_and_an_unknown_one_neither(reader, deal):
    address = line_address(deal)
    reader.submit(address, {}, f"{address}/remove")
    assert reader.get(address).status_code == 404
    assert reader.get("/lines/00000000-0000-4000-8000-000000000000").status_code == 404
