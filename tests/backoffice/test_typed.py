"""Texts as people type and paste them."""

import pytest

from backoffice.typed import HiddenCharacter, TextTooLong, line_of, text_of


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


def test_a_family_of_emoji_is_no_hidden_character() -> None:
    family = "👨\u200d👩\u200d👧"
    assert text_of(family, most=10) == family


def test_a_text_may_be_as_long_as_allowed_and_no_longer() -> None:
    assert text_of("é" * 160, most=160) == "é" * 160
    with pytest.raises(TextTooLong):
        text_of("é" * 161, most=160)
