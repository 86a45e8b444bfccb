"""What a signer reads and agrees to, in their language, and what is kept of it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backoffice.clients.models import Standing
from backoffice.language import longdate, sums
from backoffice.legal.models import Place
from backoffice.legal.texts import filled, for_standing, texts_in_force
from backoffice.quotes.canonical import canonical_bytes, digest_of
from backoffice.quotes.reading import QuoteReading
from backoffice.signatures.models import AgreedText

SIREN_DIGITS = 9


@dataclass(frozen=True)
class Ceremony:
    """Wordings by code: consent, authority (professionals only), process, button, mention; ``amount``: agreed to."""

    company: str
    amount: str
    texts: dict[str, AgreedText]

    def __getitem__(self, code: str) -> str:
        return self.texts[code].text

    @property
    def wants_authority(self) -> bool:
        """A professional's signer declares that they may bind the company that the quote is for."""
        return "authority" in self.texts

    @property
    def digest(self) -> str:
        """SHA-256 of every wording: the form carries it back, so that what is kept is what was shown."""
        return digest_of(canonical_bytes({code: each.text for code, each in self.texts.items()}))

    @property
    def agreed(self) -> tuple[AgreedText, ...]:
        return tuple(self.texts.values())


def ceremony_of(session: Session, reading: QuoteReading, *, on: date) -> Ceremony:
    """The wordings in force, filled with what this reader sees of the quote. ``reading.language`` is the page's."""
    client, totals = reading.client, reading.totals
    facts = {
        "number": reading.number,
        "version": str(reading.version),
        "date": longdate(reading.issued_on),
        "gross": sums(totals.gross, totals.again, reading.currency),
        "company": f"{client.name}, SIREN {spaced(client.siren)}," if client.siren else client.name,
    }
    texts = {}
    for row in for_standing(texts_in_force(session, Place.CEREMONY, on), Standing(client.standing)):
        words = filled(row, facts)
        code = row.code.removesuffix("_consumer")
        texts[code] = AgreedText(
            code=code,
            version=row.version,
            sha256=row.sha256,
            language=reading.language,
            text=words.text.text(reading.language),
        )
    return Ceremony("" if reading.is_consumer else client.name, facts["gross"], texts)


def spaced(number: str) -> str:
    """A SIREN as people read it: 813 420 650."""
    if len(number) != SIREN_DIGITS:
        return number
    return "\u00a0".join(number[start : start + 3] for start in range(0, SIREN_DIGITS, 3))
