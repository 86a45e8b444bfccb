import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.quotes.canonical import canonical_bytes, digest_of, read

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS.map(lambda text: unicodedata.normalize("NFC", text)), inner, max_size=4)
    ),
    max_leaves=15,
)


def shuffled(value):
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


@given(FACTS)
def test_the_same_facts_give_the_same_bytes_in_whatever_order(facts):
    assert canonical_bytes(facts) == canonical_bytes(shuffled(facts))


@given(FACTS)
def test_what_is_read_back_gives_the_same_bytes(facts):
    assert canonical_bytes(read(canonical_bytes(facts))) == canonical_bytes(facts)


@given(TEXTS)
def test_texts_that_look_the_same_are_the_same(text):
    forms = {canonical_bytes({"name": unicodedata.normalize(form, text)}) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@given(st.dictionaries(st.integers(0, 99).map(str), st.integers(), min_size=1))
def test_keys_are_sorted_and_nothing_is_padded(facts):
    text = canonical_bytes(facts).decode()
    assert [key for key, _value in json.loads(text, object_pairs_hook=list)] == sorted(facts)
    assert " " not in text


@pytest.mark.parametrize("value", [1.0, float("nan"), Decimal(1), b"x", {1: "x"}, {"a": [0.5]}, object()])
def test_anything_without_one_spelling_is_refused(value):
    with pytest.raises(TypeError):
        canonical_bytes(value)


def test_french_is_written_as_it_is_read():
    assert (
        canonical_bytes({"b": "Bibliothèque – chêne", "a": 2000})
        == '{"a":2000,"b":"Bibliothèque – chêne"}'.encode()
    )


def test_the_digest_is_the_sha_256_of_the_bytes():
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
