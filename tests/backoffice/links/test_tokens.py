"""One link, one spelling of its address."""

from base64 import urlsafe_b64encode

from hypothesis import assume, given
from hypothesis import strategies as st

from backoffice.links.models import NONCE_BYTES
from backoffice.links.tokens import nonce_of, token_of

KEYS = ("the newest key of the house", "an older one, still read")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
nonces = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)


@given(nonces, st.sampled_from(KEYS))
def test_a_token_of_any_of_our_keys_gives_its_nonce_back(nonce, key):
    assert nonce_of(token_of(nonce, (key,)), KEYS) == nonce


@given(nonces, st.sampled_from("=!.+/ \n\0é") | st.characters(), st.integers(1, 4))
def test_nothing_may_follow_a_token(nonce, tail, times):
    assert nonce_of(token_of(nonce, KEYS) + tail * times, KEYS) is None


@given(nonces, st.data())
def test_no_character_of_a_token_may_be_another(nonce, data):
    token = token_of(nonce, KEYS)
    position = data.draw(st.sampled_from([len(token) - 1, token.index(".") - 1, *range(len(token))]))
    other = data.draw(st.sampled_from(ALPHABET + "=!+/."))
    assume(other != token[position])
    assert nonce_of(token[:position] + other + token[position + 1 :], KEYS) is None


@given(nonces)
def test_a_nonce_that_is_padded_opens_nothing(nonce):
    text, _, signature = token_of(nonce, KEYS).partition(".")
    assert urlsafe_b64encode(nonce).decode() == f"{text}=="
    assert nonce_of(f"{text}==.{signature}", KEYS) is None


@given(st.text())
def test_any_other_text_opens_nothing(text):
    assert nonce_of(text, KEYS) is None
