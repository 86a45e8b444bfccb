"""The lines of a deal, worked on without JavaScript."""

import re
from cProfile import Profile
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from backoffice.db import Bilingual, db
from backoffice.staff.models import StaffMember
from tests.factories import (
    a_client,
    a_line,
    a_member,
    a_product,
    an_opportunity,
    everything,
)
from tests.factories import stored_deal as stored
from tests.reader import Page


def address(deal: int) -> str:
    return f"/opportunities/{deal}"


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
        "",
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
    assert 'role="alert"' in answer.text
    assert "enregistrez de nouveau" in answer.text
    assert "Rouvrez" not in answer.text
    page = Page(answer.text)
    typed = page.form("/lines")["fields"]
    assert (typed["lines-0-name"], typed["lines-0-quantity"]) == ("Mon nom", "3")
    beside = re.search(r'<section[^>]*aria-labelledby="stored">(.*?)</section>', answer.text, re.DOTALL)[1]
    assert "Bibliothèque" in beside
    assert ">7&nbsp;u<" in beside
    assert "Mon nom" not in beside
    assert reader.post(form["action"], data=typed).status_code == 303
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
    page = Page(answer.text)
    form = page.form("/lines")
    assert {value for name, value in form["buttons"] if name == "match"} == {str(first), str(second)}
    reader.post(form["action"], data=form["fields"] | {"match": str(second)})
    assert (stored(deal).lines[-1].product_id, stored(deal).lines[0].quantity) == (second, 9)


def test_a_list_of_products_that_is_cut_says_so(signed_in, app):
    reader = signed_in(a_member(language="en"))
    deal = an_opportunity(owner=db.session.scalars(sa.select(StaffMember.id)).one())
    for number in range(13):
        a_product(f"M-{number:02}", f"Pose de meuble {number}")
    answer = reader.submit(address(deal), {"adding": "pose"}, "/lines")
    form = Page(answer.text).form("/lines")
    assert len([name for name, _ in form["buttons"] if name == "match"]) == 12
    assert "More products match: type more letters." in answer.text
    answer = reader.submit(address(deal), {"adding": "meuble 12 pose m-1"}, "/lines")
    assert answer.status_code == 303


def test_a_product_that_left_the_catalogue_meanwhile_costs_nothing_that_was_typed(reader, deal):
    a_product(name="Éclairage")
    typed = {"adding": "Éclairage", "product": "99999", "lines-0-quantity": "9"}
    answer = reader.submit(address(deal), typed, "/lines")
    assert answer.status_code == 422
    assert "n’est plus au catalogue" in answer.text
    form = Page(answer.text).form("/lines")
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


@pytest.mark.parametrize(("language", "words"), [("fr", ("Étagères", "")), ("en", ("", "Étagères"))])
def test_the_words_of_a_ledger_go_into_the_language_it_was_shown_in(reader, rep, language, words):
    """The client's, whatever language the rep reads pages in."""
    deal = an_opportunity(owner=rep, client=a_client(rep, language=language))
    form = reader.page(address(deal)).form("/lines")
    shown = "Bibliothèque (en)" if language == "en" else "Bibliothèque"
    assert (form["fields"]["language"], form["fields"]["lines-0-name"]) == (language, shown)
    typed = {"lines-0-name": "Étagères", "act": "free", "adding": "Pose"}
    assert reader.post(form["action"], data=form["fields"] | typed).status_code == 303
    edited, untouched, added = stored(deal).lines
    assert (edited.name.fr, edited.name.en) == words
    assert (untouched.name.fr, untouched.name.en) == ("Parquet", "Parquet (en)")
    assert added.name == (Bilingual("", "Pose") if language == "en" else Bilingual("Pose", ""))


@pytest.mark.slow
@pytest.mark.parametrize("act", ["free", "section", "product"])
def test_a_full_ledger_takes_no_further_line_and_keeps_what_was_typed(signed_in, app, act):
    rep = a_member(language="en")
    reader = signed_in(rep)
    deal = an_opportunity(owner=rep, lines=[a_line(f"Ligne {n}") for n in range(1000)])
    a_product(name="Pose")
    answer = reader.submit(address(deal), {"lines-0-name": "Mon nom", "act": act, "adding": "Pose"}, "/lines")
    assert answer.status_code == 422
    assert "A quote can have at most 1000 lines. Remove some before you add others." in answer.text
    assert "Mon nom" in answer.text
    assert (len(stored(deal).lines), stored(deal).lines[0].name.fr) == (1000, "Ligne 0")


def test_more_lines_posted_than_a_quote_may_have_are_refused_in_words(signed_in, app):
    rep = a_member(language="en")
    reader, deal = signed_in(rep), an_opportunity(owner=rep)
    fields = reader.page(address(deal)).form("/lines")["fields"]
    many = {
        f"lines-{n}-{name}": value
        for n in range(1010)
        for name, value in (("uuid", str(uuid4())), ("kind", "section"), ("name", "Encore"))
    }
    answer = reader.post(f"{address(deal)}/lines", data=fields | many)
    assert answer.status_code == 422
    assert "A quote can have at most 1000 lines." in Page(answer.text).text
    assert stored(deal).lines[0].name.fr == "Bibliothèque"


def test_lines_are_moved_and_removed_by_buttons_that_save_the_rest(reader, deal):
    first, second = (str(line.uuid) for line in stored(deal).lines)
    reader.submit(address(deal), {"act": f"down:{first}", "lines-0-quantity": "4"}, "/lines")
    assert [str(line.uuid) for line in stored(deal).lines] == [second, first]
    reader.submit(address(deal), {"act": f"remove:{second}"}, "/lines")
    assert [(str(line.uuid), line.quantity) for line in stored(deal).lines] == [(first, 4)]


def test_the_number_of_statements_does_not_grow_with_the_lines(reader, rep, statements):
    owner = {"owner": rep, "client": a_client(rep)}
    deals = [an_opportunity(**owner, lines=[a_line(f"Ligne {n}") for n in range(count)]) for count in (1, 40)]
    reader.get(address(deals[0]))
    counts = []
    for deal in deals:
        with statements() as asked:
            reader.page(address(deal))
        counts.append(len(asked))
    assert counts == [counts[0]] * 2


@pytest.mark.parametrize("database", ["sqlite"])  # it makes a page, whatever the database
@pytest.mark.slow
def test_a_page_of_as_many_lines_as_a_quote_may_have_is_made_at_once(reader, rep):
    """Counted in calls, since a second is longer on a busy machine: WTForms's own widgets took over two million."""
    deal = an_opportunity(owner=rep, lines=[a_line(f"Ligne {n}") for n in range(1000)])
    reader.get(address(deal))
    with Profile() as profile:
        answer = FlaskClient.open(reader, address(deal))
    assert answer.text.count("<textarea") >= 2000
    assert sum(each.callcount for each in profile.getstats()) < 2_400_000
