"""Recording an acceptance: in which states, by which method, on which day, and what follows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.acceptances.models import WRITTEN, Acceptance, AcceptanceProof, Accepting, Method
from backoffice.acceptances.recording import record_acceptance
from backoffice.acceptances.refusals import (
    AcceptanceToCome,
    AcceptedBeforeSent,
    AcceptedTooLate,
    ConsumerInWriting,
    NotRecorded,
    ProofMissing,
)
from backoffice.answers.answering import record_expiry, refuse_quote, request_changes, withdraw_quote
from backoffice.clients.models import Standing
from backoffice.db import db
from backoffice.documents.models import Document
from backoffice.files.models import StoredFile
from backoffice.links.models import AFTER_SIGNING, ClientLink
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.opportunities.models import Opportunity, Phase, PhaseTrigger, QuoteMoment
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.refusals import AlreadyAccepted, AlreadySigned, QuoteChanged, QuoteClosed
from backoffice.quotes.states import VersionState
from backoffice.staff.models import Role
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_member,
    a_request,
    a_sent_quote,
    a_signed_quote,
    accepted,
    accepting,
    an_accepted_quote,
    an_opportunity,
    another_recipient,
    answering,
    everything,
    kept_file,
    signed,
    somebody,
)
from tests.files import png

S = VersionState
PARIS = "Europe/Paris"


def rows(entity, *conditions):
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(entity).where(*conditions).order_by(entity.id)))


def put(state: VersionState) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.update(QuoteVersion).values(state=state))


def record(quote: int, said: Accepting | None = None, proofs=None, at: datetime | None = None) -> Acceptance:
    """On paper with a scan, unless said otherwise."""
    proofs = [kept_file()] if proofs is None else proofs
    with unit_of_work() as session:
        return accepted(session, quote, said or accepting(somebody()), proofs, at)


@pytest.mark.parametrize("state", [S.SENT, S.CHANGES_REQUESTED, S.EXPIRED])
def test_what_the_client_has_may_be_accepted_and_what_expired_if_the_yes_came_in_time(app, state):
    quote, _ = a_sent_quote()
    put(state)
    record(quote)
    assert rows(QuoteVersion)[0].state is S.ACCEPTED
    assert rows(Quote)[0].closed_at is not None
    assert [order.acceptance_id for order in rows(Order)] == [rows(Acceptance)[0].id]


@pytest.mark.parametrize(
    "state", [each for each in S if each not in {S.SENT, S.CHANGES_REQUESTED, S.EXPIRED}]
)
def test_nothing_else_may_be_and_nothing_is_left_of_the_attempt(app, state):
    quote, _ = a_sent_quote()
    put(state)
    before = everything()
    expected = {S.SIGNED: AlreadySigned, S.ACCEPTED: AlreadyAccepted}.get(state, QuoteClosed)
    with pytest.raises(expected):
        record(quote)
    assert everything() == before


def test_what_expired_and_was_then_given_up_stays_given_up(app):
    quote, _ = a_sent_quote()
    put(S.EXPIRED)
    with unit_of_work() as session:
        session.get_one(Quote, quote).closed_at = clock.now()
    with pytest.raises(QuoteClosed):
        record(quote)
    assert rows(Acceptance) == []


def test_what_is_accepted_takes_no_other_answer_and_no_further_version(app):
    quote, link, _ = an_accepted_quote()
    (version,) = rows(QuoteVersion)
    at, before = clock.now(), everything()
    acts = [
        lambda session: signed(session, quote, link, at),
        lambda session: refuse_quote(
            session, quote, answering(link), None, "", at=at, seen_as=version.digest
        ),
        lambda session: request_changes(session, quote, answering(link), "x", at=at, seen_as=version.digest),
        lambda session: withdraw_quote(
            session, quote, "", seen_as=version.digest, by=version.frozen_by, at=at
        ),
        lambda session: session.get_one(Quote, quote, options=[selectinload(Quote.versions)]).supersede(),
        lambda session: accepted(session, quote, accepting(version.frozen_by), [kept_file()]),
    ]
    for act in acts:
        with pytest.raises(AlreadyAccepted), unit_of_work() as session:
            act(session)
    with unit_of_work() as session:
        assert not record_expiry(session, quote, at=version.closes_at + timedelta(days=1))
    assert everything() == before


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("files", [0, 1])
def test_what_was_said_binds_no_consumer_and_what_was_written_wants_its_proof(app, method, standing, files):
    owner = a_member()
    quote, _ = a_sent_quote(an_opportunity(owner, a_client(owner, standing)))
    proofs = [kept_file()] * files
    expected: type[NotRecorded] | None = None
    if standing is Standing.CONSUMER and method not in WRITTEN:
        expected = ConsumerInWriting
    elif method in WRITTEN and not files:
        expected = ProofMissing
    if expected is None:
        record(quote, accepting(owner, method), proofs)
        assert [(each.method, each.proofs) for each in rows(Acceptance)] == [(method, files)]
        return
    with pytest.raises(expected):
        record(quote, accepting(owner, method), proofs)
    assert (rows(Acceptance), rows(Order), rows(StoredFile)) == ([], [], [])
    assert rows(QuoteVersion)[0].state is S.SENT


SENT_AT = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)  # in Paris already the 11th
NOW = datetime(2026, 11, 20, 22, 59, 59, tzinfo=UTC)  # in Paris still the 20th


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        (date(2026, 11, 10), AcceptedBeforeSent),
        (date(2026, 11, 11), None),
        (date(2026, 11, 20), None),
        (date(2026, 11, 21), AcceptanceToCome),
    ],
)
def test_the_day_lies_between_the_sending_and_today_where_the_seller_is(app, on, refusal):
    quote, _ = a_sent_quote(at=SENT_AT)
    said = accepting(somebody(), accepted_on=on)
    if refusal is None:
        record(quote, said, at=NOW)
        assert rows(Acceptance)[0].accepted_on == on
    else:
        with pytest.raises(refusal):
            record(quote, said, at=NOW)
        assert rows(Acceptance) == []


@pytest.mark.parametrize("swept", [True, False])
def test_a_yes_that_came_on_the_last_day_may_be_recorded_later_and_one_of_the_day_after_may_not(app, swept):
    quote, _ = a_sent_quote(at=clock.now() - timedelta(days=45))
    (version,) = rows(QuoteVersion)
    last_day = date.fromisoformat(version.read()["valid_until"])
    if swept:
        with unit_of_work() as session:
            assert record_expiry(session, quote, at=clock.now())
    with pytest.raises(AcceptedTooLate):
        record(quote, accepting(somebody(), accepted_on=last_day + timedelta(days=1)))
    record(quote, accepting(somebody(), accepted_on=last_day))
    assert rows(QuoteVersion)[0].state is S.ACCEPTED


def test_another_version_than_the_one_that_was_looked_at_is_not_accepted(app):
    quote, _ = a_sent_quote()
    version = rows(QuoteVersion)[0]
    for seen_as in ("", version.digest, "0" * 64):  # neither the content's own digest nor one made up
        with pytest.raises(QuoteChanged), unit_of_work() as session:
            record_acceptance(
                session,
                quote,
                accepting(somebody(), proofs=1),
                version.usual_selection(),
                [kept_file()],
                at=clock.now(),
                seen_as=seen_as,
            )
    assert rows(Acceptance) == []


def test_the_order_is_the_one_that_a_signature_would_have_made(app):
    owner = a_member()
    quote, _ = a_sent_quote(an_opportunity(owner))
    record(quote, accepting(owner))
    _, _, _ = a_signed_quote(an_opportunity(owner))
    with Session(db.engine) as session:
        query = sa.select(Order).options(selectinload(Order.lines)).order_by(Order.id)
        here, there = session.scalars(query).all()
    assert (here.net, here.vat, here.gross) == (there.net, there.vat, there.gross)
    assert here.gross > Decimal(0)
    assert [(line.name, line.quantity, line.net) for line in here.lines] == [
        (line.name, line.quantity, line.net) for line in there.lines
    ]
    assert (here.signature_id, there.acceptance_id) == (None, None)
    acceptance = rows(Acceptance)[0]
    assert acceptance.content_digest == rows(QuoteVersion, QuoteVersion.quote_id == quote)[0].digest


def test_the_deal_moves_as_after_a_signature_and_its_history_tells_how(app):
    deal = an_opportunity()
    _, _, acceptance = an_accepted_quote(deal, note="Tampon du garage")
    (opportunity,) = rows(Opportunity, Opportunity.id == deal)
    assert rows(Phase, Phase.id == opportunity.phase_id)[0].name.fr == "Devis signé"
    (entry,) = rows(TimelineEntry, TimelineEntry.kind == EntryKind.QUOTE_ACCEPTED)
    (proof,) = rows(AcceptanceProof)
    assert entry.facts["proofs"] == [{"id": proof.id, "name": "bon-pour-accord.pdf"}]
    assert (entry.facts["method"], entry.facts["words"]) == ("paper", "Tampon du garage")
    assert entry.staff_id == rows(Acceptance)[0].recorded_by
    assert proof.acceptance_id == acceptance
    assert rows(TimelineEntry, TimelineEntry.kind == EntryKind.ORDER_PLACED)


def test_a_deal_taken_for_unanswered_comes_back_when_a_yes_turns_up(app):
    deal = an_opportunity()
    quote, _ = a_sent_quote(deal, at=clock.now() - timedelta(days=45))
    phases = {phase.name.fr: phase for phase in rows(Phase)}
    with unit_of_work() as session:
        session.add(
            PhaseTrigger(
                pipeline_id=phases["Expirée"].pipeline_id,
                phase_id=phases["Expirée"].id,
                moment=QuoteMoment.EXPIRED,
            )
        )
    with unit_of_work() as session:
        record_expiry(session, quote, at=clock.now())
    assert rows(Opportunity)[0].phase_id == phases["Expirée"].id
    record(quote, accepting(somebody(), accepted_on=clock.today(PARIS) - timedelta(days=30)))
    assert rows(Opportunity)[0].phase_id == phases["Devis signé"].id


def test_whoever_has_a_link_is_told_once_with_the_quote_and_so_is_who_accepted(app):
    quote, link = a_sent_quote()
    another_recipient(quote, link, 2)
    with unit_of_work() as session:
        revoked = session.scalars(
            sa.select(ClientLink).where(ClientLink.email == "signataire1@example.com")
        ).one()
        revoked.revoked_at = clock.now()
    record(quote, accepting(somebody(), name="M. Moreau", email="moreau@example.com"))
    mails = rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_CLIENT)
    assert {mail.recipient_email for mail in mails} == {
        link.email, "signataire0@example.com", "moreau@example.com"
    }  # fmt: skip
    (paper,) = rows(Document)
    assert {(mail.document_id, mail.cause) for mail in mails} == {
        (paper.id, f"acceptance:{rows(Acceptance)[0].id}")
    }
    (own,) = rows(ClientLink, ClientLink.email == "moreau@example.com")
    assert rows(Acceptance)[0].link_id == own.id
    assert {mail.link_id for mail in mails if mail.recipient_name == "M. Moreau"} == {own.id}
    assert paper.kind.value == "quote"


def test_who_was_invited_keeps_their_link_and_it_opens_for_ten_years(app):
    _, link, _ = an_accepted_quote(email="Claire.Moreau@example.com")
    (stored,) = rows(ClientLink)
    assert rows(Acceptance)[0].link_id == stored.id == link.id
    assert stored.expires_at > clock.now() + AFTER_SIGNING - timedelta(minutes=1)
    assert len(rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_CLIENT)) == 1


def test_without_an_address_only_those_with_a_link_are_told(app):
    quote, link = a_sent_quote()
    invited = link.email
    record(quote, accepting(somebody(), email=""))
    (mail,) = rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_CLIENT)
    assert (mail.recipient_email, rows(Acceptance)[0].link_id) == (invited, None)
    assert len(rows(ClientLink)) == 1


def test_the_owner_hears_of_what_a_colleague_recorded_and_not_of_their_own(app):
    owner, manager = a_member(), a_member(Role.MANAGER, name="Hélène Roy")
    first, _ = a_sent_quote(an_opportunity(owner))
    record(first, accepting(owner))
    assert rows(Notice) == []
    second, _ = a_sent_quote(an_opportunity(owner))
    record(second, accepting(manager))
    (notice,) = rows(Notice)
    (mail,) = rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_REP)
    assert (notice.kind, notice.staff_id) == (NoticeKind.QUOTE_ACCEPTED, owner)
    assert (mail.recipient_email, mail.facts["recorded_by"]) == ("rep@atelier-duval.example", "Hélène Roy")


def test_the_same_form_posted_twice_accepts_once(app):
    quote, _ = a_sent_quote()
    said = accepting(somebody())
    first, again = record(quote, said), record(quote, said)
    assert first.id == again.id
    assert (len(rows(Order)), len(rows(StoredFile)), len(rows(Acceptance))) == (1, 1, 1)


def test_the_mark_of_a_form_of_another_quote_gives_nothing_away(app):
    owner = a_member()
    first, _ = a_sent_quote(an_opportunity(owner))
    said = accepting(owner)
    record(first, said)
    second, _ = a_sent_quote(an_opportunity(owner))
    with pytest.raises(DatabaseError):  # a forged mark is nobody's mistake
        record(second, said)
    assert len(rows(Order)) == 1


def test_every_page_of_a_scan_is_kept_in_its_order_with_its_fingerprint(app):
    quote, _ = a_sent_quote()
    pages = [kept_file(name="page-1.pdf"), kept_file(png(), "page-2.png")]
    record(quote, proofs=pages)
    kept = rows(StoredFile)
    assert [(file.name, file.sha256) for file in kept] == [(page.upload.name, page.sha256) for page in pages]
    assert [proof.file_id for proof in rows(AcceptanceProof)] == [file.id for file in kept]
    archive = app.extensions["accord.archive"]
    assert [archive.read(file.sha256) for file in kept] == [page.upload.data for page in pages]


def test_a_request_that_waited_is_over_with_the_acceptance(app):
    quote, link = a_sent_quote()
    a_request(quote, link)
    record(quote)
    assert rows(QuoteVersion)[0].state is S.ACCEPTED


def test_a_later_version_may_be_accepted_and_the_former_stays_replaced(app):
    quote, _ = a_sent_quote()
    a_further_link(quote)
    record(quote)
    assert [version.state for version in rows(QuoteVersion)] == [S.SUPERSEDED, S.ACCEPTED]


STATEMENTS = [
    "UPDATE acceptances SET name = 'Somebody else'",
    "UPDATE acceptances SET method = 'email'",
    "DELETE FROM acceptances",
    "UPDATE acceptance_proofs SET position = 7",
    "DELETE FROM acceptance_proofs",
    "UPDATE stored_files SET sha256 = 'x'",
    "UPDATE orders SET acceptance_id = NULL",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_is_recorded_never_changes_whoever_asks(app, statement):
    an_accepted_quote()
    before = everything()
    with pytest.raises(DatabaseError, match="frozen"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"proofs": 0}, "what_is_written_is_kept"),
        ({"name": ""}, "somebody_accepted"),
        ({"method": "fax"}, "method"),
    ],
)
def test_the_database_states_the_rules_too(app, changes, rule):
    an_accepted_quote()
    columns = [column for column in Acceptance.__table__.columns if column.name not in {"id", *changes}]
    values = ", ".join(repr(value) for value in changes.values())
    names = ", ".join([*changes, *(column.name for column in columns)])
    taken = ", ".join(column.name for column in columns)
    statement = f"INSERT INTO acceptances ({names}) SELECT {values}, {taken} FROM acceptances"  # noqa: S608
    with pytest.raises(DatabaseError, match=f"ck_acceptances_{rule}"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_quote_is_agreed_on_once_by_signature_or_otherwise(app):
    an_accepted_quote()
    copied = [c.name for c in QuoteVersion.__table__.columns if c.name not in {"id", "number", "state"}]
    names = ", ".join(copied)
    statement = (
        f"INSERT INTO quote_versions (number, state, {names}) SELECT 2, 'signed', {names} FROM quote_versions"  # noqa: S608
    )
    with pytest.raises(DatabaseError, match=r"(?i)unique"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
