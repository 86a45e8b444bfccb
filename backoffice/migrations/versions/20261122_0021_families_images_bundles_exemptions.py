"""Families, pictures and bundles of products; VAT rates that have a successor and say why there is no VAT."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
EXEMPTIONS = (
    # category, VATEX code, French, English; the code list of CEF/Peppol, version 2024
    ("AE", "VATEX-EU-AE", "Autoliquidation", "Reverse charge"),
)


def bundle_as() -> sa.Enum:
    return sa.Enum("one_line", "expanded", name="bundle_as", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "product_families",
        sa.Column("id", KEY, nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("name_fr", sa.Text(), nullable=False, server_default=""),
        sa.Column("name_en", sa.Text(), nullable=False, server_default=""),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("name_fr <> '' OR name_en <> ''", name=op.f("ck_product_families_family_is_named")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_product_families_family_not_in_itself")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["product_families.id"], name=op.f("fk_product_families_parent_id_product_families"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_families")),
        sa.UniqueConstraint("name_fr", "name_en", name=op.f("uq_product_families_name_fr_name_en")),
    )
    op.create_index(op.f("ix_product_families_parent_id"), "product_families", ["parent_id"])
    op.create_table(
        "product_images",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_product_images")),
    )
    with op.batch_alter_table("products") as batch:
        batch.add_column(sa.Column("family_id", KEY, nullable=True))
        batch.add_column(sa.Column("image_sha256", sa.String(64), nullable=True))
        batch.add_column(sa.Column("bundle_as", bundle_as(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_products_family_id_product_families"), "product_families", ["family_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_foreign_key(
            op.f("fk_products_image_sha256_product_images"), "product_images", ["image_sha256"], ["sha256"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_products_family_id"), ["family_id"])
        batch.create_index(op.f("ix_products_image_sha256"), ["image_sha256"])
    op.create_table(
        "product_parts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("bundle_id", KEY, nullable=False),
        sa.Column("part_id", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("bundle_id <> part_id", name=op.f("ck_product_parts_bundle_not_in_itself")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_product_parts_part_is_of_some_quantity")),
        sa.ForeignKeyConstraint(["bundle_id"], ["products.id"], name=op.f("fk_product_parts_bundle_id_products"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["part_id"], ["products.id"], name=op.f("fk_product_parts_part_id_products"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_parts")),
        sa.UniqueConstraint("bundle_id", "part_id", name=op.f("uq_product_parts_bundle_id_part_id")),
    )
    op.create_index(op.f("ix_product_parts_part_id"), "product_parts", ["part_id"])
    with op.batch_alter_table("vat_rates") as batch:
        batch.add_column(sa.Column("successor_id", KEY, nullable=True))
        batch.add_column(sa.Column("exemption_fr", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("exemption_en", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("vatex", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch.create_foreign_key(
            op.f("fk_vat_rates_successor_id_vat_rates"), "vat_rates", ["successor_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_vat_rates_successor_id"), ["successor_id"])
        batch.create_check_constraint(op.f("ck_vat_rates_ends_after_it_begins"), "valid_to >= valid_from")
        batch.create_check_constraint(op.f("ck_vat_rates_rate_not_its_own_successor"), "successor_id <> id")
        batch.create_check_constraint(
            op.f("ck_vat_rates_only_what_ends_is_succeeded"), "successor_id IS NULL OR valid_to IS NOT NULL"
        )
    rates = sa.table("vat_rates", *(sa.column(name) for name in ("category", "vatex", "exemption_fr", "exemption_en")))
    for category, code, french, english in EXEMPTIONS:
        op.execute(
            sa.update(rates).where(rates.c.category == category).values(vatex=code, exemption_fr=french, exemption_en=english)
        )


def downgrade() -> None:
    with op.batch_alter_table("vat_rates") as batch:
        for name in ("only_what_ends_is_succeeded", "rate_not_its_own_successor", "ends_after_it_begins"):
            batch.drop_constraint(op.f(f"ck_vat_rates_{name}"), type_="check")
        batch.drop_index(op.f("ix_vat_rates_successor_id"))
        batch.drop_constraint(op.f("fk_vat_rates_successor_id_vat_rates"), type_="foreignkey")
        for name in ("revision", "vatex", "exemption_en", "exemption_fr", "successor_id"):
            batch.drop_column(name)
    op.drop_table("product_parts")
    with op.batch_alter_table("products") as batch:
        batch.drop_index(op.f("ix_products_image_sha256"))
        batch.drop_index(op.f("ix_products_family_id"))
        batch.drop_constraint(op.f("fk_products_image_sha256_product_images"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_products_family_id_product_families"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_products_bundle_as"), type_="check")
        for name in ("bundle_as", "image_sha256", "family_id"):
            batch.drop_column(name)
    op.drop_table("product_images")
    op.drop_table("product_families")
