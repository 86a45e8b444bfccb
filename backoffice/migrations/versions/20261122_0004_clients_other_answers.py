"""The clients' other answers: reasons for refusal and loss."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNHEARD = "Sans réponse"
"""Only the firm can say that: whoever refuses has answered."""
REASONS = (
    ("Prix", "Price"),
    ("Délai", "Timing"),
    ("Autre fournisseur", "Another supplier"),
    ("Projet abandonné", "Project abandoned"),
    ("Ne convient pas", "Does not fit"),
    (UNHEARD, "No answer"),
    ("Autre raison", "Another reason"),
)


def upgrade() -> None:
    reasons = op.create_table(
        "reasons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_fr", sa.Text(), server_default="", nullable=False),
        sa.Column("name_en", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("for_clients", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("name_fr <> '' OR name_en <> ''", name=op.f("ck_reasons_reason_is_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reasons")),
    )
    op.bulk_insert(
        reasons,
        [
            {
                "name_fr": fr,
                "name_en": en,
                "position": position,
                "for_clients": fr != UNHEARD,
                "revision": 1,
            }
            for position, (fr, en) in enumerate(REASONS, start=1)
        ],
    )


def downgrade() -> None:
    op.drop_table("reasons")
