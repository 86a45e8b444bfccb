import time

import pytest

from backoffice.documents.characters import (
    LONGEST_FIELD,
    LONGEST_WORD,
    ZERO_WIDTH_SPACE,
    bounded_text,
    drawable,
    drawable_characters,
    drawable_text,
)

EUROPE = "Ça, où ? « L’œuf » – 1\u202f234,50\u00a0€ ; ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ ŁódźŠŽĐđĦħŒœÆæß Ğğİı Ŵŵ Ýý Ħ ĲĳŔŕ ŐőŰű Ñ¿¡ Αθήνα Київ Сърбия m² m³ ½ × − ≤ № … • ← →"


def test_every_letter_of_europe_can_be_drawn():
    assert drawable_text(EUROPE) == EUROPE


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("漢字", "??"),
        ("a\x01b\x0c", "ab"),
        ("x\ue123y", "xy"),
        ("ok 😀", "ok ?"),
        ("\u202egnp.exe", "gnp.exe"),
        ("e\u0301", "é"),
        ("\ud800x", "x"),
    ],
)
def test_what_no_face_has_is_replaced_or_dropped(typed, drawn):
    assert drawable_text(typed) == drawn


def test_a_long_field_is_cut_and_says_so():
    cut = bounded_text("mot " * 5000)
    assert len(cut) == LONGEST_FIELD
    assert cut.endswith("…")


def test_an_endless_word_is_opened_without_losing_a_letter():
    word = "x" * 1000
    opened = bounded_text(word)
    assert opened.replace(ZERO_WIDTH_SPACE, "") == word
    assert max(map(len, opened.split(ZERO_WIDTH_SPACE))) == LONGEST_WORD


def test_facts_keep_their_shape_and_numbers():
    facts = {"name": {"fr": "a\x00", "en": ""}, "lines": [{"net": 12, "rate": None}], "bytes": b"\x00"}
    assert drawable(facts) == {
        "name": {"fr": "a", "en": ""},
        "lines": [{"net": 12, "rate": None}],
        "bytes": b"\x00",
    }


def test_the_faces_have_the_spaces_of_french():
    assert {"\u00a0", "\u202f", "\u2009", "’", "«", "»"} <= drawable_characters()


def test_a_hostile_word_is_drawn_quickly(renderer, quote):
    started = time.monotonic()
    renderer.pdf(*quote(title={"fr": "W" * 10_000, "en": ""}, introduction={"fr": "é" * 50_000, "en": ""}))
    assert time.monotonic() - started < 10
