"""Why no VAT is charged: the words and the code that a paper must give (EN 16931, BT-120 and BT-121)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backoffice.catalogue.models import VatCategory
from backoffice.db import Bilingual, scaled
from backoffice.legal.models import VatRate
from backoffice.money import Vat

CODE = re.compile(r"VATEX-[A-Z]{2}-[A-Z0-9][A-Z0-9-]*")
LONGEST_CODE = 40
LONGEST_REASON = 300
KNOWN_CODES = (
    "VATEX-EU-79-C", "VATEX-EU-132", "VATEX-EU-143", "VATEX-EU-148", "VATEX-EU-151", "VATEX-EU-309",
    "VATEX-EU-AE", "VATEX-EU-IC", "VATEX-EU-G", "VATEX-EU-O", "VATEX-EU-D", "VATEX-EU-F", "VATEX-EU-I", "VATEX-EU-J",
    "VATEX-FR-FRANCHISE", "VATEX-FR-CNWVAT", "VATEX-FR-CGI261-4", "VATEX-FR-CGI261-7",
)  # fmt: skip
"""Codes of the list that a form offers while typing; others of the same shape are taken too."""


@dataclass(frozen=True)
class Exemption:
    """``code``: of the VATEX list, "" when no code is known."""

    reason: Bilingual
    code: str

    def as_content(self, vat: Vat) -> dict[str, Any]:
        """As papers freeze it, with the VAT that it explains."""
        return {
            "category": vat.category,
            "rate": scaled(vat.rate, 2),
            "reason": self.reason.as_content(),
            "code": self.code,
        }


USUAL: Mapping[VatCategory, Exemption] = {
    VatCategory.EXEMPT: Exemption(Bilingual("Exonéré de TVA", "Exempt from VAT"), ""),
    VatCategory.REVERSE_CHARGE: Exemption(Bilingual("Autoliquidation", "Reverse charge"), "VATEX-EU-AE"),
    VatCategory.INTRA_COMMUNITY: Exemption(
        Bilingual("Livraison intracommunautaire", "Intra-Community supply"), "VATEX-EU-IC"
    ),
    VatCategory.EXPORT: Exemption(
        Bilingual("Exportation hors de l’Union", "Export outside the EU"), "VATEX-EU-G"
    ),
    VatCategory.OUTSIDE_SCOPE: Exemption(
        Bilingual("Hors du champ de la TVA", "Not subject to VAT"), "VATEX-EU-O"
    ),
}
"""What a category says by itself: BR-E-10, BR-AE-10, BR-IC-10, BR-G-10 and BR-O-10 want a reason or a code."""
FRANCHISE = Exemption(
    Bilingual(
        "TVA non applicable, article\u00a0293\u00a0B du code général des impôts",
        "VAT not applicable, art.\u00a0293\u00a0B of the French Tax Code (small-business exemption)",
    ),
    "VATEX-FR-FRANCHISE",
)
"""Of a seller under the small-business exemption, whatever the rate is called."""


def exemption_of(rate: VatRate) -> Exemption | None:
    """Why nothing is charged at this rate: its own words and code, or the usual ones of its category.

    None for a category that needs no reason: VAT is charged, or at the zero rate.
    """
    usual = USUAL.get(rate.category)
    if usual is None:
        return None
    return Exemption(rate.exemption or usual.reason, rate.vatex or ("" if rate.exemption else usual.code))
