"""A deal is given up, taken up again, handed over, copied; a move by itself is undone."""

import sqlalchemy as sa

from backoffice.agenda.models import Task
from backoffice.db import db
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.opportunities.models import Phase
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.staff.models import Role
from backoffice.timeline.models import EntryKind, TimelineEntry
from tests.factories import (
    a_lost_deal,
    a_member,
    a_sent_quote,
    a_signed_quote,
    a_task,
    address_of,
    an_opportunity,
    everything,
    stored_deal,
)


def page_of(deal: int) -> str:
    return f"/opportunities/{deal}"


def phase_of(deal: int) -> str:
    row = stored_deal(deal)
    return db.session.get_one(Phase, row.phase_id).name.fr


def kinds(deal: int) -> list[EntryKind]:
    db.session.rollback()
    rows = (
        sa.select(TimelineEntry.kind).where(TimelineEntry.opportunity_id == deal).order_by(TimelineEntry.id)
    )
    return list(db.session.scalars(rows))


def test_a_lost_deal_names_its_reason_and_takes_the_quote_from_the_client(reader, client, deal):
    _, link = a_sent_quote(deal)
    answer = reader.submit(f"{page_of(deal)}/end", {"reason": "1", "words": "Trop cher <b>"}, "/end")
    assert answer.status_code == 303
    assert phase_of(deal) == "Perdue"
    row = stored_deal(deal)
    assert (row.lost_reason_id, row.lost_words) == (1, "Trop cher <b>")
    assert db.session.scalars(sa.select(QuoteVersion.state)).one() is VersionState.WITHDRAWN
    assert db.session.scalars(sa.select(Quote.closed_at)).one() is not None
    page = reader.page(page_of(deal))
    assert "Perdue : Prix" in page.text
    assert "Trop cher <b>" in page.text
    told = db.session.scalars(
        sa.select(OutgoingMail).where(OutgoingMail.kind == MailKind.QUOTE_WITHDRAWN)
    ).one()
    assert (told.recipient_email, told.facts["words"]) == (link.email, "")  # our words are not the client's
    shown = client.page(address_of(link))
    assert not any("sign" in form["action"] for form in shown.forms)


def test_without_a_reason_nothing_is_lost_and_what_was_typed_stays(reader, deal):
    before = everything()
    answer = reader.submit(f"{page_of(deal)}/end", {"words": "Parti ailleurs"}, "/end")
    assert answer.status_code == 422
    assert "Choisissez pourquoi" in answer.text
    assert "Parti ailleurs" in answer.text
    assert everything() == before


def test_an_expired_deal_needs_no_reason(reader, deal):
    assert reader.submit(f"{page_of(deal)}/end", {"outcome": "expired"}, "/end").status_code == 303
    assert phase_of(deal) == "Expirée"
    assert kinds(deal) == [EntryKind.OPPORTUNITY_EXPIRED]


def test_what_is_signed_is_not_given_up(reader, rep, deal):
    fields = reader.page(f"{page_of(deal)}/end").form("/end")["fields"] | {"outcome": "expired"}
    a_signed_quote(deal)
    before = everything()
    assert reader.get(f"{page_of(deal)}/end").status_code == 303
    assert reader.post(f"{page_of(deal)}/end", data=fields).status_code == 409
    assert everything() == before


def test_a_reopened_deal_is_where_it_was_and_a_new_quote_can_be_made(reader, rep, deal):
    a_sent_quote(deal)
    was = phase_of(deal)
    a_lost_deal(deal, rep)
    assert reader.submit(page_of(deal), {}, "/reopen").status_code == 303
    assert phase_of(deal) == was == "Devis envoyé"
    assert (stored_deal(deal).lost_reason_id, stored_deal(deal).lost_words) == (None, "")
    assert kinds(deal)[-2:] == [EntryKind.OPPORTUNITY_LOST, EntryKind.OPPORTUNITY_REOPENED]
    assert reader.submit(page_of(deal), {}, f"{page_of(deal)}/quote").status_code == 303
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Quote.id)).where(Quote.closed_at.is_(None))) == 1


def test_a_lost_deal_moves_by_no_click_on_a_phase(reader, rep, deal):
    form = reader.page(page_of(deal)).form("/phase")
    phase = stored_deal(deal).phase_id
    a_lost_deal(deal, rep)
    fields = form["fields"] | {"phase": str(phase), "revision": str(stored_deal(deal).revision)}
    assert reader.post(form["action"], data=fields).status_code == 409
    assert phase_of(deal) == "Perdue"


def test_a_move_by_itself_is_undone_once(reader, deal):
    a_sent_quote(deal)
    form = reader.page(page_of(deal)).form("/undo")
    assert reader.post(form["action"], data=form["fields"]).status_code == 303
    assert phase_of(deal) == "Qualification"
    assert kinds(deal)[-1] is EntryKind.MOVE_UNDONE
    assert "/undo" not in str(reader.page(page_of(deal)).forms)
    again = form["fields"] | {"revision": str(stored_deal(deal).revision)}
    assert reader.post(form["action"], data=again).status_code == 409


def test_what_an_order_moved_is_not_undone(reader, rep, deal):
    other = an_opportunity(rep)
    a_sent_quote(other)
    form = reader.page(page_of(other)).form("/undo")
    a_signed_quote(deal)
    assert phase_of(deal) == "Devis signé"
    assert "/undo" not in str(reader.page(page_of(deal)).forms)
    here = form["action"].replace(f"/{other}/", f"/{deal}/")
    assert reader.post(here, data=form["fields"]).status_code == 409
    assert phase_of(deal) == "Devis signé"


def test_a_move_by_hand_is_not_offered_to_be_undone(reader, deal):
    target = db.session.scalars(sa.select(Phase.id).where(Phase.position == 1)).one()
    reader.submit(page_of(deal), {"phase": str(target)}, "/phase")
    assert "/undo" not in str(reader.page(page_of(deal)).forms)


def test_whoever_is_handed_a_deal_is_told_and_gets_its_open_tasks(reader, rep, deal):
    colleague = a_member(email="anne@atelier-duval.example", name="Anne Roux")
    open_task, done = a_task(deal, rep), a_task(deal, rep)
    reader.submit(f"/tasks/{done}", {}, "/done")
    answer = reader.submit(f"{page_of(deal)}/owner", {"owner": str(colleague)}, "/owner")
    assert (answer.status_code, answer.location) == (303, "/opportunities")
    assert stored_deal(deal).owner_id == colleague
    assert db.session.get_one(Task, open_task).assignee_id == colleague
    assert db.session.get_one(Task, done).assignee_id == rep
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.staff_id, notice.kind, notice.facts["title"]) == (
        colleague, NoticeKind.HANDED_OVER, "Bibliothèque sur mesure",
    )  # fmt: skip
    assert reader.get(page_of(deal)).status_code == 404


def test_nobody_is_handed_a_deal_who_does_not_sell(reader, deal, rep):
    accountant = a_member(Role.ACCOUNTANT)
    assert reader.submit(f"{page_of(deal)}/owner", {"owner": str(accountant)}, "/owner").status_code == 422
    assert stored_deal(deal).owner_id == rep


def test_a_copy_has_the_lines_and_none_of_the_rest(reader, deal):
    a_sent_quote(deal)
    answer = reader.submit(page_of(deal), {}, "/copy")
    copy = int(answer.location.split("/")[2])
    facts, uuids = [], []
    for each in (deal, copy):
        lines = stored_deal(each).lines
        uuids.append({line.uuid for line in lines})
        facts.append(
            [
                (line.name, line.quantity, line.unit_price, line.vat_rate, line.cost, line.position)
                for line in lines
            ]
        )
    assert facts[0] == facts[1] != []
    assert not uuids[0] & uuids[1]
    assert phase_of(copy) == "Qualification"
    assert db.session.scalar(sa.select(sa.func.count(Quote.id)).where(Quote.opportunity_id == copy)) == 0


def test_a_foreign_deal_has_no_end_owner_or_copy(signed_in, rep, deal):
    stranger = signed_in(a_member(email="other@atelier-duval.example"))
    own = an_opportunity(owner=a_member(email="third@atelier-duval.example"))
    assert own != deal
    for act in ("end", "owner"):
        assert stranger.get(f"{page_of(deal)}/{act}").status_code == 404
