"""The mentions of reverse charge and exemption: CGI ann. II, 242 nonies A, I 12° and 13°."""

import hashlib
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MENTIONS = (
    # code, French, English
    ("vat_reverse_charge", "Autoliquidation\u202f: TVA due par le preneur.", "Reverse charge: VAT to be accounted for by the recipient."),
    ("vat_exempt", "Opération exonérée de TVA.", "VAT-exempt supply."),
)  # fmt: skip
VALID_FROM = date(2026, 1, 1)
AFTER_ALL_OTHERS = 100

texts = sa.table(
    "legal_texts",
    sa.column("code", sa.String), sa.column("version", sa.Integer), sa.column("audience", sa.String), sa.column("place", sa.String),
    sa.column("position", sa.Integer), sa.column("text_fr", sa.Text), sa.column("text_en", sa.Text), sa.column("sha256", sa.String),
    sa.column("valid_from", sa.Date),
)  # fmt: skip
PLACES = (("quote", ""), ("invoice", "_invoice"))


def upgrade() -> None:
    op.bulk_insert(
        texts,
        [
            {
                "code": f"{code}{suffix}", "version": 1, "audience": "all", "place": place, "position": AFTER_ALL_OTHERS + position,
                "text_fr": fr, "text_en": en, "sha256": hashlib.sha256(f"{fr}\n{en}".encode()).hexdigest(), "valid_from": VALID_FROM,
            }
            for position, (code, fr, en) in enumerate(MENTIONS)
            for place, suffix in PLACES
        ],
    )  # fmt: skip


def downgrade() -> None:
    codes = [f"{code}{suffix}" for code, _fr, _en in MENTIONS for _place, suffix in PLACES]
    op.execute(texts.delete().where(texts.c.code.in_(codes)))
