"""Long work with progress, and what it finds; the words by which products are found, part by part."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNDER_WAY = sa.text("state IN ('queued', 'running')")


LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'", "²": "2", "³": "3"})
PIECE = 500

products = sa.table(
    "products", sa.column("id", sa.BigInteger), sa.column("sku", sa.String), sa.column("name_fr", sa.Text), sa.column("name_en", sa.Text), sa.column("search_text", sa.Text)
)


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold().translate(LIGATURES))
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def rewritten(words) -> None:
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(sa.select(products).where(products.c.id > last).order_by(products.c.id).limit(PIECE)).all():
        for row in rows:
            connection.execute(products.update().where(products.c.id == row.id).values(search_text=words(row)))
        last = rows[-1].id


def upgrade() -> None:
    rewritten(lambda row: "\n" + "".join(f"{folded(part)}\n" for part in (row.sku, row.name_fr, row.name_en) if part))
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "running", "done", "failed", "cancelled", name="job_state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("input_sha256", sa.String(64), nullable=True),
        sa.Column("result_sha256", sa.String(64), nullable=True),
        sa.Column("result_name", sa.String(120), nullable=False),
        sa.Column("result_type", sa.String(80), nullable=False),
        sa.Column("last_error", sa.String(400), nullable=False),
        sa.Column("started_by", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done >= 0", name=op.f("ck_jobs_done_not_negative")),
        sa.CheckConstraint("(state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)", name=op.f("ck_jobs_over_with_time")),
        sa.CheckConstraint("(result_sha256 IS NULL) = (result_name = '')", name=op.f("ck_jobs_result_with_name")),
        sa.ForeignKeyConstraint(["started_by"], ["staff_members.id"], name=op.f("fk_jobs_started_by_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_wanted", "jobs", ["available_at"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)
    op.create_index("ix_jobs_started_by_id", "jobs", ["started_by", "id"])
    op.create_table(
        "job_findings",
        sa.Column("job_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_findings_job_id_jobs"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_job_findings")),
    )


def downgrade() -> None:
    op.drop_table("job_findings")
    op.drop_table("jobs")
    rewritten(lambda row: folded(f"{row.sku} {row.name_fr} {row.name_en}"))
