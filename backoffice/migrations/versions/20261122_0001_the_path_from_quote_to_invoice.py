"""the path from quote to invoice."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# Quotes and their versions point at each other. SQLite takes the forward reference when the table is made
# (and could only add it later by copying the table); PostgreSQL wants it added afterwards.
LIVE_VERSION = "fk_quotes_live_version_id_quote_versions"


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.create_table('counters',
    sa.Column('series', sa.Enum('quote', 'order', 'invoice', name='series', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('prefix', sa.String(length=8), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('series', name=op.f('pk_counters'))
    )
    op.create_table('failure_counters',
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('purpose', 'subject', name=op.f('pk_failure_counters'))
    )
    op.create_table('legal_texts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('audience', sa.Enum('all', 'consumer', 'professional', name='audience', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('place', sa.Enum('quote', 'invoice', 'ceremony', name='place', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('text_en', sa.Text(), server_default='', nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_texts')),
    sa.UniqueConstraint('code', 'version', name=op.f('uq_legal_texts_code_version'))
    )
    op.create_table('pipelines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('name_en', sa.Text(), server_default='', nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pipelines'))
    )
    op.create_table('products',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sku', sa.String(length=40), nullable=False),
    sa.Column('name_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('name_en', sa.Text(), server_default='', nullable=False),
    sa.Column('description_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('description_en', sa.Text(), server_default='', nullable=False),
    sa.Column('nature', sa.Enum('goods', 'service', name='nature', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit', sa.Enum('C62', 'HUR', 'DAY', 'MTR', 'MTK', 'MTQ', 'KGM', 'LTR', 'MON', 'LS', name='unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('vat_category', sa.Enum('S', 'Z', 'E', 'AE', 'K', 'G', 'O', name='vat_category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('vat_rate', sa.BigInteger(), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('unit_price >= 0', name=op.f('ck_products_price_not_negative')),
    sa.CheckConstraint('vat_rate >= 0', name=op.f('ck_products_vat_rate_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_products')),
    sa.UniqueConstraint('sku', name=op.f('uq_products_sku'))
    )
    op.create_table('seller',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('trading_name', sa.String(length=120), nullable=False),
    sa.Column('legal_form', sa.String(length=80), nullable=False),
    sa.Column('capital', sa.BigInteger(), nullable=True),
    sa.Column('siren', sa.String(length=9), nullable=False),
    sa.Column('rcs', sa.String(length=80), nullable=False),
    sa.Column('vat_number', sa.String(length=20), nullable=False),
    sa.Column('street', sa.Text(), server_default='', nullable=False),
    sa.Column('postcode', sa.Text(), server_default='', nullable=False),
    sa.Column('city', sa.Text(), server_default='', nullable=False),
    sa.Column('country', sa.String(length=2), server_default='FR', nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('website', sa.String(length=200), nullable=False),
    sa.Column('tagline_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('tagline_en', sa.Text(), server_default='', nullable=False),
    sa.Column('insurance_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('insurance_en', sa.Text(), server_default='', nullable=False),
    sa.Column('mediator_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('mediator_en', sa.Text(), server_default='', nullable=False),
    sa.Column('iban', sa.String(length=34), nullable=False),
    sa.Column('bic', sa.String(length=11), nullable=False),
    sa.Column('vat_regime', sa.Enum('standard', 'franchise', name='vat_regime', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('vat_on_debits', sa.Boolean(), nullable=False),
    sa.Column('colour', sa.String(length=7), nullable=False),
    sa.Column('logo', sa.LargeBinary(), nullable=True),
    sa.Column('logo_type', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('quote_days', sa.Integer(), nullable=False),
    sa.Column('payment_days', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_seller_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seller'))
    )
    op.create_table('staff_members',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('function', sa.String(length=120), nullable=False),
    sa.Column('role', sa.Enum('rep', 'manager', 'accountant', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_members')),
    sa.UniqueConstraint('email', name=op.f('uq_staff_members_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_staff_members_fs_uniquifier'))
    )
    op.create_table('vat_rates',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('category', sa.Enum('S', 'Z', 'E', 'AE', 'K', 'G', 'O', name='vat_category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rate', sa.BigInteger(), nullable=False),
    sa.Column('label_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('label_en', sa.Text(), server_default='', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vat_rates')),
    sa.UniqueConstraint('country', 'category', 'rate', 'valid_from', name=op.f('uq_vat_rates_country_category_rate_valid_from'))
    )
    op.create_table('clients',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('company', 'person', 'public_body', name='client_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('standing', sa.Enum('consumer', 'professional', name='standing', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('siren', sa.String(length=9), nullable=False),
    sa.Column('siret', sa.String(length=14), nullable=False),
    sa.Column('vat_number', sa.String(length=20), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('billing_street', sa.Text(), server_default='', nullable=False),
    sa.Column('billing_postcode', sa.Text(), server_default='', nullable=False),
    sa.Column('billing_city', sa.Text(), server_default='', nullable=False),
    sa.Column('billing_country', sa.String(length=2), server_default='FR', nullable=False),
    sa.Column('delivery_street', sa.Text(), server_default='', nullable=False),
    sa.Column('delivery_postcode', sa.Text(), server_default='', nullable=False),
    sa.Column('delivery_city', sa.Text(), server_default='', nullable=False),
    sa.Column('delivery_country', sa.String(length=2), server_default='FR', nullable=False),
    sa.Column('payment_days', sa.Integer(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['staff_members.id'], name=op.f('fk_clients_owner_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clients'))
    )
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clients_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_clients_owner_id'), ['owner_id'], unique=False)

    op.create_table('phases',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pipeline_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('name_en', sa.Text(), server_default='', nullable=False),
    sa.Column('probability', sa.BigInteger(), nullable=False),
    sa.Column('outcome', sa.Enum('open', 'won', 'lost', 'expired', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipelines.id'], name=op.f('fk_phases_pipeline_id_pipelines'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phases')),
    sa.UniqueConstraint('pipeline_id', 'position', name=op.f('uq_phases_pipeline_id_position'))
    )
    op.create_table('staff_sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('user_agent', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_members.id'], name=op.f('fk_staff_sessions_staff_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_sessions'))
    )
    with op.batch_alter_table('staff_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_sessions_staff_id'), ['staff_id'], unique=False)

    op.create_table('contacts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('function', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_contacts_client_id_clients'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contacts_client_id'), ['client_id'], unique=False)

    op.create_table('phase_triggers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pipeline_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('moment', sa.Enum('sent', 'changes_requested', 'signed', 'refused', 'expired', name='quote_moment', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('phase_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['phases.id'], name=op.f('fk_phase_triggers_phase_id_phases'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipelines.id'], name=op.f('fk_phase_triggers_pipeline_id_pipelines'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phase_triggers')),
    sa.UniqueConstraint('pipeline_id', 'moment', name=op.f('uq_phase_triggers_pipeline_id_moment'))
    )
    with op.batch_alter_table('phase_triggers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phase_triggers_phase_id'), ['phase_id'], unique=False)

    op.create_table('opportunities',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pipeline_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('phase_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_opportunities_client_id_clients'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_opportunities_contact_id_contacts'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['owner_id'], ['staff_members.id'], name=op.f('fk_opportunities_owner_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['phase_id'], ['phases.id'], name=op.f('fk_opportunities_phase_id_phases'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipelines.id'], name=op.f('fk_opportunities_pipeline_id_pipelines'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opportunities'))
    )
    with op.batch_alter_table('opportunities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_opportunities_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunities_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunities_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunities_phase_id'), ['phase_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunities_pipeline_id'), ['pipeline_id'], unique=False)

    op.create_table('notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('quote_signed', name='notice_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('opportunity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_notices_opportunity_id_opportunities'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_members.id'], name=op.f('fk_notices_staff_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_opportunity_id'), ['opportunity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_staff_id'), ['staff_id'], unique=False)

    op.create_table('opportunity_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('opportunity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('item', 'section', name='line_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('name_en', sa.Text(), server_default='', nullable=False),
    sa.Column('description_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('description_en', sa.Text(), server_default='', nullable=False),
    sa.Column('nature', sa.Enum('goods', 'service', name='nature', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit', sa.Enum('C62', 'HUR', 'DAY', 'MTR', 'MTK', 'MTQ', 'KGM', 'LTR', 'MON', 'LS', name='unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('vat_category', sa.Enum('S', 'Z', 'E', 'AE', 'K', 'G', 'O', name='vat_category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('vat_rate', sa.BigInteger(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('discount BETWEEN 0 AND 10000', name=op.f('ck_opportunity_lines_discount_is_a_percentage')),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_opportunity_lines_opportunity_id_opportunities'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['products.id'], name=op.f('fk_opportunity_lines_product_id_products'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opportunity_lines')),
    sa.UniqueConstraint('uuid', name=op.f('uq_opportunity_lines_uuid'))
    )
    with op.batch_alter_table('opportunity_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_opportunity_lines_opportunity_id'), ['opportunity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opportunity_lines_product_id'), ['product_id'], unique=False)

    op.create_table('quotes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opportunity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=35), nullable=True),
    sa.Column('title_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('title_en', sa.Text(), server_default='', nullable=False),
    sa.Column('introduction_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('introduction_en', sa.Text(), server_default='', nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('payment_days', sa.Integer(), nullable=False),
    sa.Column('live_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('discount BETWEEN 0 AND 10000', name=op.f('ck_quotes_discount_is_a_percentage')),
    *([sa.ForeignKeyConstraint(['live_version_id'], ['quote_versions.id'], name=LIVE_VERSION, ondelete='RESTRICT')] if is_sqlite() else []),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_quotes_opportunity_id_opportunities'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quotes')),
    sa.UniqueConstraint('number', name=op.f('uq_quotes_number'))
    )
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quotes_opportunity_id'), ['opportunity_id'], unique=False)
        batch_op.create_index('uq_quotes_open', ['opportunity_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('timeline_entries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opportunity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('quote_sent', 'quote_signed', 'order_placed', 'phase_moved', 'invoice_drafted', 'invoice_issued', name='entry_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_timeline_entries_opportunity_id_opportunities'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_members.id'], name=op.f('fk_timeline_entries_staff_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timeline_entries'))
    )
    with op.batch_alter_table('timeline_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timeline_entries_opportunity_id'), ['opportunity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_timeline_entries_staff_id'), ['staff_id'], unique=False)

    op.create_table('client_links',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quote_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('nonce', sa.LargeBinary(length=16), nullable=False),
    sa.Column('channel', sa.Enum('mail', 'copied', 'in_person', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_client_links_contact_id_contacts'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['quote_id'], ['quotes.id'], name=op.f('fk_client_links_quote_id_quotes'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_links')),
    sa.UniqueConstraint('nonce', name=op.f('uq_client_links_nonce'))
    )
    with op.batch_alter_table('client_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_links_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_client_links_quote_id'), ['quote_id'], unique=False)

    op.create_table('quote_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quote_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('awaiting_approval', 'approved', 'declined', 'dropped', 'sent', 'changes_requested', 'signed', 'refused', 'expired', 'withdrawn', 'superseded', 'voided', name='version_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('internal', sa.JSON(), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('frozen_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['frozen_by'], ['staff_members.id'], name=op.f('fk_quote_versions_frozen_by_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['quote_id'], ['quotes.id'], name=op.f('fk_quote_versions_quote_id_quotes'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote_versions')),
    sa.UniqueConstraint('quote_id', 'number', name=op.f('uq_quote_versions_quote_id_number'))
    )
    with op.batch_alter_table('quote_versions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quote_versions_frozen_by'), ['frozen_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_quote_versions_quote_id'), ['quote_id'], unique=False)
        batch_op.create_index('uq_quote_versions_live', ['quote_id'], unique=True, sqlite_where=sa.text("state IN ('sent', 'changes_requested')"), postgresql_where=sa.text("state IN ('sent', 'changes_requested')"))
        batch_op.create_index('uq_quote_versions_signed', ['quote_id'], unique=True, sqlite_where=sa.text("state = 'signed'"), postgresql_where=sa.text("state = 'signed'"))

    if not is_sqlite():
        op.create_foreign_key(LIVE_VERSION, 'quotes', 'quote_versions', ['live_version_id'], ['id'], ondelete='RESTRICT')

    op.create_table('signatures',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quote_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('link_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('function', sa.String(length=120), nullable=False),
    sa.Column('company', sa.String(length=120), nullable=False),
    sa.Column('mention', sa.String(length=120), nullable=False),
    sa.Column('written_name', sa.String(length=120), nullable=False),
    sa.Column('way', sa.Enum('typed', name='way', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('selection', sa.LargeBinary(), nullable=False),
    sa.Column('totals', sa.LargeBinary(), nullable=False),
    sa.Column('content_digest', sa.String(length=64), nullable=False),
    sa.Column('combined_digest', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('channel', sa.Enum('mail', 'copied', 'in_person', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('user_agent', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['client_links.id'], name=op.f('fk_signatures_link_id_client_links'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['quote_id'], ['quotes.id'], name=op.f('fk_signatures_quote_id_quotes'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['version_id'], ['quote_versions.id'], name=op.f('fk_signatures_version_id_quote_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatures')),
    sa.UniqueConstraint('version_id', name=op.f('uq_signatures_version_id'))
    )
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signatures_link_id'), ['link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signatures_quote_id'), ['quote_id'], unique=False)

    op.create_table('orders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=35), nullable=False),
    sa.Column('signature_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quote_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opportunity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('title_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('title_en', sa.Text(), server_default='', nullable=False),
    sa.Column('client_name', sa.String(length=120), nullable=False),
    sa.Column('quote_number', sa.String(length=35), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('payment_days', sa.Integer(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.Column('vat', sa.BigInteger(), nullable=False),
    sa.Column('gross', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_orders_client_id_clients'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_orders_opportunity_id_opportunities'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['quote_id'], ['quotes.id'], name=op.f('fk_orders_quote_id_quotes'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['signature_id'], ['signatures.id'], name=op.f('fk_orders_signature_id_signatures'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_number')),
    sa.UniqueConstraint('signature_id', name=op.f('uq_orders_signature_id'))
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_orders_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_orders_opportunity_id'), ['opportunity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_orders_quote_id'), ['quote_id'], unique=False)

    op.create_table('signature_texts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signature_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['signature_id'], ['signatures.id'], name=op.f('fk_signature_texts_signature_id_signatures'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_texts')),
    sa.UniqueConstraint('signature_id', 'code', name=op.f('uq_signature_texts_signature_id_code'))
    )
    op.create_table('invoices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('draft', 'issued', name='invoice_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('number', sa.String(length=35), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.Column('vat', sa.BigInteger(), nullable=False),
    sa.Column('gross', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'draft' AND number IS NULL AND issued_on IS NULL AND due_on IS NULL AND content IS NULL AND digest IS NULL) OR (state = 'issued' AND number IS NOT NULL AND issued_on IS NOT NULL AND due_on IS NOT NULL AND content IS NOT NULL AND digest IS NOT NULL)", name=op.f('ck_invoices_issued_is_complete')),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_invoices_client_id_clients'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by'], ['staff_members.id'], name=op.f('fk_invoices_created_by_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['issued_by'], ['staff_members.id'], name=op.f('fk_invoices_issued_by_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_invoices_order_id_orders'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoices')),
    sa.UniqueConstraint('number', name=op.f('uq_invoices_number'))
    )
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoices_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoices_created_by'), ['created_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoices_issued_by'), ['issued_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoices_order_id'), ['order_id'], unique=False)
        batch_op.create_index('uq_invoices_draft', ['order_id'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))

    op.create_table('order_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_uuid', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('name_en', sa.Text(), server_default='', nullable=False),
    sa.Column('description_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('description_en', sa.Text(), server_default='', nullable=False),
    sa.Column('nature', sa.Enum('goods', 'service', name='nature', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit', sa.Enum('C62', 'HUR', 'DAY', 'MTR', 'MTK', 'MTQ', 'KGM', 'LTR', 'MON', 'LS', name='unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('vat_category', sa.Enum('S', 'Z', 'E', 'AE', 'K', 'G', 'O', name='vat_category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('vat_rate', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_lines_order_id_orders'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_lines')),
    sa.UniqueConstraint('order_id', 'position', name=op.f('uq_order_lines_order_id_position'))
    )
    op.create_table('documents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('quote', 'signed_quote', 'invoice', name='document_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('signature_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('wanted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=400), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'quote' AND version_id IS NOT NULL AND signature_id IS NULL AND invoice_id IS NULL) OR (kind = 'signed_quote' AND version_id IS NULL AND signature_id IS NOT NULL AND invoice_id IS NULL) OR (kind = 'invoice' AND version_id IS NULL AND signature_id IS NULL AND invoice_id IS NOT NULL)", name=op.f('ck_documents_one_subject')),
    sa.CheckConstraint('(archived_at IS NULL) = (sha256 IS NULL)', name=op.f('ck_documents_archived_with_hash')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_documents_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['signature_id'], ['signatures.id'], name=op.f('fk_documents_signature_id_signatures'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['version_id'], ['quote_versions.id'], name=op.f('fk_documents_version_id_quote_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents')),
    sa.UniqueConstraint('kind', 'invoice_id', name=op.f('uq_documents_kind_invoice_id')),
    sa.UniqueConstraint('kind', 'signature_id', name=op.f('uq_documents_kind_signature_id')),
    sa.UniqueConstraint('kind', 'version_id', name=op.f('uq_documents_kind_version_id'))
    )
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.create_index('ix_documents_wanted', ['available_at'], unique=False, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))

    op.create_table('invoice_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('name_en', sa.Text(), server_default='', nullable=False),
    sa.Column('description_fr', sa.Text(), server_default='', nullable=False),
    sa.Column('description_en', sa.Text(), server_default='', nullable=False),
    sa.Column('nature', sa.Enum('goods', 'service', name='nature', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit', sa.Enum('C62', 'HUR', 'DAY', 'MTR', 'MTK', 'MTQ', 'KGM', 'LTR', 'MON', 'LS', name='unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('vat_category', sa.Enum('S', 'Z', 'E', 'AE', 'K', 'G', 'O', name='vat_category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('vat_rate', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_lines_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_invoice_lines_order_line_id_order_lines'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_lines')),
    sa.UniqueConstraint('invoice_id', 'position', name=op.f('uq_invoice_lines_invoice_id_position'))
    )
    with op.batch_alter_table('invoice_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_lines_order_line_id'), ['order_line_id'], unique=False)

    op.create_table('outgoing_mails',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum('quote_invitation', 'quote_signed_client', 'quote_signed_rep', name='mail_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('cause', sa.String(length=60), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('recipient_name', sa.String(length=120), nullable=False),
    sa.Column('recipient_email', sa.String(length=254), nullable=False),
    sa.Column('reply_to', sa.String(length=254), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('link_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('document_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('opportunity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.Enum('queued', 'sent', 'shown', 'failed', name='mail_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=400), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_outgoing_mails_document_id_documents'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['link_id'], ['client_links.id'], name=op.f('fk_outgoing_mails_link_id_client_links'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['opportunity_id'], ['opportunities.id'], name=op.f('fk_outgoing_mails_opportunity_id_opportunities'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_mails')),
    sa.UniqueConstraint('kind', 'cause', 'recipient_email', name=op.f('uq_outgoing_mails_kind_cause_recipient_email')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outgoing_mails_message_id'))
    )
    with op.batch_alter_table('outgoing_mails', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outgoing_mails_document_id'), ['document_id'], unique=False)
        batch_op.create_index('ix_outgoing_mails_due', ['available_at'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index(batch_op.f('ix_outgoing_mails_link_id'), ['link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outgoing_mails_opportunity_id'), ['opportunity_id'], unique=False)



def downgrade() -> None:
    if not is_sqlite():
        op.drop_constraint(LIVE_VERSION, 'quotes')
    with op.batch_alter_table('outgoing_mails', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outgoing_mails_opportunity_id'))
        batch_op.drop_index(batch_op.f('ix_outgoing_mails_link_id'))
        batch_op.drop_index('ix_outgoing_mails_due', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index(batch_op.f('ix_outgoing_mails_document_id'))

    op.drop_table('outgoing_mails')
    with op.batch_alter_table('invoice_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invoice_lines_order_line_id'))

    op.drop_table('invoice_lines')
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.drop_index('ix_documents_wanted', sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))

    op.drop_table('documents')
    op.drop_table('order_lines')
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.drop_index('uq_invoices_draft', sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
        batch_op.drop_index(batch_op.f('ix_invoices_order_id'))
        batch_op.drop_index(batch_op.f('ix_invoices_issued_by'))
        batch_op.drop_index(batch_op.f('ix_invoices_created_by'))
        batch_op.drop_index(batch_op.f('ix_invoices_client_id'))

    op.drop_table('invoices')
    op.drop_table('signature_texts')
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_orders_quote_id'))
        batch_op.drop_index(batch_op.f('ix_orders_opportunity_id'))
        batch_op.drop_index(batch_op.f('ix_orders_client_id'))

    op.drop_table('orders')
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_signatures_quote_id'))
        batch_op.drop_index(batch_op.f('ix_signatures_link_id'))

    op.drop_table('signatures')
    with op.batch_alter_table('quote_versions', schema=None) as batch_op:
        batch_op.drop_index('uq_quote_versions_signed', sqlite_where=sa.text("state = 'signed'"), postgresql_where=sa.text("state = 'signed'"))
        batch_op.drop_index('uq_quote_versions_live', sqlite_where=sa.text("state IN ('sent', 'changes_requested')"), postgresql_where=sa.text("state IN ('sent', 'changes_requested')"))
        batch_op.drop_index(batch_op.f('ix_quote_versions_quote_id'))
        batch_op.drop_index(batch_op.f('ix_quote_versions_frozen_by'))

    op.drop_table('quote_versions')
    with op.batch_alter_table('client_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_links_quote_id'))
        batch_op.drop_index(batch_op.f('ix_client_links_contact_id'))

    op.drop_table('client_links')
    with op.batch_alter_table('timeline_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timeline_entries_staff_id'))
        batch_op.drop_index(batch_op.f('ix_timeline_entries_opportunity_id'))

    op.drop_table('timeline_entries')
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.drop_index('uq_quotes_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_quotes_opportunity_id'))

    op.drop_table('quotes')
    with op.batch_alter_table('opportunity_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_opportunity_lines_product_id'))
        batch_op.drop_index(batch_op.f('ix_opportunity_lines_opportunity_id'))

    op.drop_table('opportunity_lines')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notices_staff_id'))
        batch_op.drop_index(batch_op.f('ix_notices_opportunity_id'))

    op.drop_table('notices')
    with op.batch_alter_table('opportunities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_opportunities_pipeline_id'))
        batch_op.drop_index(batch_op.f('ix_opportunities_phase_id'))
        batch_op.drop_index(batch_op.f('ix_opportunities_owner_id'))
        batch_op.drop_index(batch_op.f('ix_opportunities_contact_id'))
        batch_op.drop_index(batch_op.f('ix_opportunities_client_id'))

    op.drop_table('opportunities')
    with op.batch_alter_table('phase_triggers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phase_triggers_phase_id'))

    op.drop_table('phase_triggers')
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contacts_client_id'))

    op.drop_table('contacts')
    with op.batch_alter_table('staff_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_sessions_staff_id'))

    op.drop_table('staff_sessions')
    op.drop_table('phases')
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clients_owner_id'))
        batch_op.drop_index(batch_op.f('ix_clients_name'))

    op.drop_table('clients')
    op.drop_table('vat_rates')
    op.drop_table('staff_members')
    op.drop_table('seller')
    op.drop_table('products')
    op.drop_table('pipelines')
    op.drop_table('legal_texts')
    op.drop_table('failure_counters')
    op.drop_table('counters')
