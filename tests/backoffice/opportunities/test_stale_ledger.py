"""Two people at the same lines: whoever saves second sees all that the other stored, and all that they typed."""

import pytest

from tests.factories import a_line, an_opportunity
from tests.reader import Page


@pytest.fixture
def two(signed_in, rep):
    """The same person at two windows: whoever the other is, the page is the same."""
    return signed_in(rep), signed_in(rep)


def test_what_the_other_stored_is_shown_whole(two, deal):
    """A description that one does not see, one overwrites."""
    other, me = two
    opened = me.page(f"/opportunities/{deal}").form("/lines")
    stored = {"lines-0-description": "Chêne massif,\nposé en deux jours", "lines-0-quantity": "2 forfait"}
    assert other.submit(f"/opportunities/{deal}", stored, "/lines").status_code == 303
    answer = me.post(opened["action"], data=opened["fields"] | {"lines-0-name": "Mon nom"})
    assert answer.status_code == 409
    shown = between(answer.text, "Ce qui est enregistré", 'id="lines"')
    assert "Chêne massif,\nposé en deux jours" in shown
    assert "2\u00a0forfaits" in shown.replace("&nbsp;", "\u00a0")


def test_what_was_typed_on_a_line_that_the_other_removed_is_shown_whole(two, deal):
    other, me = two
    opened = me.page(f"/opportunities/{deal}").form("/lines")
    line = opened["fields"]["lines-0-uuid"]
    assert other.submit(f"/opportunities/{deal}", {"act": f"remove:{line}"}, "/lines").status_code == 303
    typed = {
        "lines-0-name": "Bibliothèque en frêne",
        "lines-0-description": "Deux portes,\ntrois tiroirs",
        "lines-0-quantity": "2 forfait",
        "lines-0-unit_price": "1\u202f234,50",
        "lines-0-discount": "5\u202f%",
        "lines-0-vat": "S:5.5",
    }
    answer = me.post(opened["action"], data=opened["fields"] | typed)
    assert answer.status_code == 409
    gone = between(answer.text, "supprimées entre-temps", 'id="lines"')
    for words in ("Bibliothèque en frêne", "Deux portes,\ntrois tiroirs", "2 forfait", "1\u202f234,50"):
        assert words in gone
    assert "TVA\u00a05,5\u202f%" in gone or "TVA 5,5" in gone


def test_a_section_that_the_other_removed_is_told_by_its_name_alone(two, deal):
    other, me = two
    other.submit(f"/opportunities/{deal}", {"act": "section", "adding": "Salon"}, "/lines")
    opened = me.page(f"/opportunities/{deal}").form("/lines")
    section = opened["fields"]["lines-2-uuid"]
    other.submit(f"/opportunities/{deal}", {"act": f"remove:{section}"}, "/lines")
    answer = me.post(opened["action"], data=opened["fields"] | {"lines-2-name": "Grand salon"})
    gone = between(answer.text, "supprimées entre-temps", 'id="lines"')
    assert "Grand salon" in gone
    assert "TVA" not in gone


def test_the_summary_leads_to_the_very_field_of_a_wrong_line(signed_in, rep):
    """``Lines – see below`` led to a heading, two hundred lines above the mistake."""
    deal = an_opportunity(owner=rep, lines=[a_line(f"Ligne {n}") for n in range(3)])
    reader = signed_in(rep)
    typed = {"lines-1-quantity": "deux", "lines-2-name": "", "lines-2-unit_price": "-1"}
    answer = reader.submit(f"/opportunities/{deal}", typed, "/lines")
    assert answer.status_code == 422
    page = Page(answer.text)
    wrong = [link.removeprefix("#") for link in page.links if link.startswith("#lines-")]
    assert wrong == ["lines-1-quantity", "lines-2-name", "lines-2-unit_price"]
    assert set(wrong) <= set(page.ids)
    summary = between(answer.text, 'role="alert"', "</ul>")
    assert "Ligne 1, Quantité" in summary
    assert "voir ci-dessous" not in summary


def between(text: str, start: str, end: str) -> str:
    """What a page says from ``start`` to the next ``end``."""
    _, found, rest = text.partition(start)
    assert found, start
    inside, found, _ = rest.partition(end)
    assert found, end
    return inside
