"""Texts as people type and paste them."""

import pytest

from backoffice.typed import HiddenCharacter, TextTooLong, UndrawableCharacter, line_of, note_of, text_of


def test_a_line_keeps_its_typography_and_loses_its_ends_of_line() -> None:
    assert line_of("  Chêne\r\n massif\u202f!  ", most=160) == "Chêne massif\u202f!"


def test_paragraphs_keep_their_ends_of_line() -> None:
    assert text_of("Bonjour,\r\n\r\nvoici.", most=2000) == "Bonjour,\n\nvoici."


def test_letters_are_composed() -> None:
    assert text_of("e\u0301", most=1) == "é"


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ue000", "\ud800"]
)
def test_hidden_characters_are_refused(hidden: str) -> None:
    with pytest.raises(HiddenCharacter):
        text_of(f"Total {hidden}100", most=2000)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("محمد", "م"),
        ("Ets 株式会社", "株"),
        ("Merci 😀", "😀"),
        ("👨\u200d👩\u200d👧", "👨"),
        ("כהן\u202e", "כ"),
    ],
)
@pytest.mark.parametrize("reading", [line_of, text_of])
def test_what_no_document_could_show_is_refused_and_named(reading, typed, first) -> None:
    with pytest.raises(UndrawableCharacter) as refusal:
        reading(typed, most=100)
    assert refusal.value.facts == {"character": first}
    assert f"“{first}”" in refusal.value.sentence()


def test_greek_and_cyrillic_and_every_latin_letter_are_taken() -> None:
    names = "Ελένη Παπαδοπούλου, Олександр Шевченко, Łukasz Żółć, Nguyễn, Ñuñez, Øyvind, Þór, ﬁn ♥"
    assert text_of(names, most=200) == names


def test_a_space_of_an_odd_width_becomes_one_that_documents_have() -> None:
    assert text_of("Bon\u2003pour\u3000accord\u2028suite\u2009!", most=50) == "Bon pour accord\nsuite\u2009!"


def test_the_unseen_companion_of_a_pasted_sign_is_told_by_its_number() -> None:
    with pytest.raises(HiddenCharacter):
        text_of("♥\ufe0f", most=10)


def test_a_text_may_be_as_long_as_allowed_and_no_longer() -> None:
    assert text_of("é" * 160, most=160) == "é" * 160
    with pytest.raises(TextTooLong):
        text_of("é" * 161, most=160)


@pytest.mark.parametrize(
    "text", ["Merci 😀", "👨\u200d👩\u200d👧 ♥\ufe0f", "محمد", "株式会社", "می\u200cخواهم", "\U0001fae8"]
)
def test_a_note_that_is_never_drawn_takes_every_script_and_emoji(text: str) -> None:
    assert note_of(f"  {text}\r\nsuite ", most=2000) == f"{text}\nsuite"


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ue000", "\ud800"]
)
def test_a_note_hides_nothing_either(hidden: str) -> None:
    with pytest.raises(HiddenCharacter):
        note_of(f"Total {hidden}100", most=2000)
    with pytest.raises(TextTooLong):
        note_of("é" * 161, most=160)
