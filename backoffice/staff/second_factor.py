"""The second factor: codes of an authenticator app (RFC 6238) and recovery codes, made and kept by Flask-Security.

Secrets and recovery codes are stored encrypted, with keys derived from SECRET_KEY: newest first, older ones still read.
"""

import base64
import hashlib
import hmac
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import segno
from flask import Flask, current_app
from flask_security import Security
from flask_security.totp import Totp
from passlib.exc import TokenError
from passlib.totp import TOTP, AppWallet

from backoffice.settings import Settings
from backoffice.staff.models import StaffMember
from backoffice.staff.refusals import CodeNotRight

ISSUER = "Accord"
DRIFT = 30
"""Seconds by which a telephone's clock may be wrong: one step before and one after."""
RECOVERY_CODES = 10
DIGITS = 6


def derived(key: str, purpose: str) -> bytes:
    """32 bytes of their own for each purpose."""
    return hmac.new(key.encode(), f"accord.{purpose}".encode(), hashlib.sha256).digest()


class Codes(Totp):
    """Flask-Security's codes, with a key per SECRET_KEY and no code taken twice."""

    def __init__(self, keys: Sequence[str], issuer: str) -> None:
        secrets = {_name(key): derived(key, "totp").hex() for key in keys}
        super().__init__(secrets, issuer)
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=_name(keys[0])))

    def counter_of(self, code: str, secret: str, last: int | None) -> int | None:
        """The step of a right code that is later than ``last``; None for any other. Slow: not inside a unit."""
        try:
            match = self._totp.verify(code, secret, window=DRIFT, last_counter=last)
        except TokenError:
            return None
        counter: int = match.counter
        # The library refuses the very last one; one before it was passed over, and is as good as used.
        return counter if last is None or counter > last else None

    def renewed(self, secret: str) -> str | None:
        """The same secret under the newest key, when it is under an older one."""
        kept = self._totp.from_source(secret)
        return kept.to_json(encrypt=True) if kept.changed else None


def _name(key: str) -> str:
    """What a stored secret says of the key it is under: nothing that helps to guess it."""
    return f"k{derived(key, 'name-of-key').hex()[:12]}"


def init_app(app: Flask, security: Security) -> None:
    """Only the library's codes: its pages and its own second step stay out."""
    settings: Settings = app.extensions["accord"]
    app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES_N"] = RECOVERY_CODES
    security._totp_factory = Codes(settings.secret_keys, ISSUER)  # noqa: SLF001 - made by the library only with its pages
    security.mf_recovery_codes_util.setup_cryptor(
        [base64.urlsafe_b64encode(derived(key, "recovery-codes")) for key in settings.secret_keys]
    )


def codes() -> Codes:
    found: Codes = current_app.extensions["security"].totp_factory
    return found


def new_secret() -> str:
    """Encrypted, as it is stored. Slow."""
    secret: str = codes().generate_totp_secret()
    return secret


def readable(secret: str) -> str:
    """For typing it in, in groups of four."""
    text: str = codes().get_totp_pretty_key(secret)
    return text.replace("-", " ")


def address_for_app(secret: str, email: str) -> str:
    """The otpauth:// address that an authenticator app reads."""
    uri: str = codes().get_totp_uri(email, secret)
    return uri


@dataclass(frozen=True)
class Kept:
    """What is stored of a second factor, under the newest key; ``codes``: by what is stored of them now."""

    secret: str
    codes: dict[str, str]


@dataclass(frozen=True)
class Picture:
    """A QR code to be drawn as an SVG path; ``box`` is its viewBox, one unit per module, the quiet zone included."""

    box: str
    path: str


def picture(address: str) -> Picture:
    """``address`` for a telephone's camera."""
    written = io.BytesIO()
    segno.make(address, error="m").save(written, kind="svg", border=4, svgns=False, omitsize=True)
    drawn = ET.fromstring(written.getvalue())  # noqa: S314 - written by ourselves a line above
    (line,) = drawn.iter("path")
    return Picture(box=drawn.attrib["viewBox"], path=line.attrib["d"])


def right_counter(member: StaffMember, code: str) -> int | None:
    """The step of a right code of that person; None for a wrong or a used one. Slow."""
    digits = "".join(code.split())
    if member.tf_totp_secret is None or len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    return codes().counter_of(digits, member.tf_totp_secret, member.tf_last_counter)


def first_counter(secret: str, code: str) -> int:
    """The step of the code that shows that an app has the secret. Slow. Raises CodeNotRight."""
    counter = right_counter(StaffMember(tf_totp_secret=secret), code)
    if counter is None:
        raise CodeNotRight
    return counter


def give_recovery_codes(member: StaffMember) -> list[str]:
    """Ten new ones in the place of all before; to be shown once."""
    given: list[str] = _recovery().create_recovery_codes(member)
    return given


def recovery_codes(member: StaffMember) -> list[str]:
    """Those left, in clear."""
    left: list[str] = _recovery().get_recovery_codes(member)
    return left


def use_recovery_code(member: StaffMember, typed: str) -> bool:
    """Whether it was one of those left; it is not, any more. ``member`` is locked by the caller."""
    signs = "".join(each for each in typed.lower() if each.isalnum())
    code = "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))
    if not _recovery().check_recovery_code(member, code):
        return False
    member.mf_recovery_codes = list(
        member.mf_recovery_codes
    )  # taken out of a copy: a change within is not seen
    return bool(_recovery().delete_recovery_code(member, code))


def under_newest_key(member: StaffMember) -> Kept | None:
    """Secret and recovery codes as they should be stored now; None when they already are. Slow."""
    secret = member.tf_totp_secret and codes().renewed(member.tf_totp_secret)
    if not secret:
        return None
    cryptor = _recovery().cryptor
    return Kept(secret, {each: cryptor.rotate(each.encode()).decode() for each in member.mf_recovery_codes})


def _recovery() -> Any:
    return current_app.extensions["security"].mf_recovery_codes_util
