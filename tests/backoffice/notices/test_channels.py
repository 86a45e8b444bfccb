"""Each person chooses how they hear of what; the choice holds for every event, and for nobody and nothing else."""

from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from backoffice.db import db
from backoffice.notices.choosing import NothingHeard, choices_of, choose
from backoffice.notices.forms import LABELS
from backoffice.notices.models import AT_FIRST, NEVER_SILENT, ChannelChoice, Channels, Notice, NoticeKind
from backoffice.notices.sentences import SENTENCES
from backoffice.notices.telling import MAILS
from backoffice.notifications.models import OutgoingMail
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.backoffice.notices.conftest import HAPPENS, Firm, mails, notices
from tests.factories import a_member, everything

WAYS = [Channels(notice=notice, mail=mail) for notice, mail in product((True, False), repeat=2)]
CHOOSABLE = [
    (kind, ways) for kind in NoticeKind for ways in WAYS if not (kind in NEVER_SILENT and ways.is_silent)
]
JULIEN = "rep@atelier-duval.example"


def chosen(staff: int, **wanted: Channels) -> None:
    with unit_of_work() as session:
        choose(session, staff, {NoticeKind(kind): ways for kind, ways in wanted.items()})


def heard(firm: Firm, kind: NoticeKind) -> Channels:
    """By which way Julien was told of it."""
    under_the_bell = notices(Notice.staff_id == firm.julien, Notice.kind == kind)
    written = mails(OutgoingMail.kind == MAILS[kind], OutgoingMail.recipient_email == JULIEN)
    assert max(len(under_the_bell), len(written)) <= 1, "told twice"
    return Channels(notice=bool(under_the_bell), mail=bool(written))


@pytest.mark.parametrize("table", [AT_FIRST, LABELS, SENTENCES, MAILS, HAPPENS])
def test_nothing_that_one_is_told_of_is_forgotten(table):
    assert set(table) == set(NoticeKind)


@pytest.mark.parametrize("kind", NoticeKind)
def test_who_has_chosen_nothing_hears_as_it_is_at_first(firm, kind):
    HAPPENS[kind](firm)
    assert heard(firm, kind) == AT_FIRST[kind]


@pytest.mark.parametrize(("kind", "ways"), CHOOSABLE)
def test_everybody_hears_of_each_thing_as_they_have_chosen(firm, kind, ways):
    others = {each: WAYS[0] for each in NoticeKind if each is not kind}
    chosen(firm.julien, **{kind: ways}, **others)
    chosen(firm.helene, **{each: AT_FIRST[each] for each in NoticeKind})
    HAPPENS[kind](firm)
    assert heard(firm, kind) == ways


@pytest.mark.parametrize("kind", NoticeKind)
def test_clients_get_their_mails_whatever_ours_have_chosen(firm, kind):
    with unit_of_work() as session:
        choose(
            session,
            firm.julien,
            {each: Channels(notice=each in NEVER_SILENT, mail=False) for each in NoticeKind},
        )
    to_clients = OutgoingMail.link_id.is_not(None)
    before = len(mails(to_clients))
    HAPPENS[kind](firm)
    answered = {
        NoticeKind.QUOTE_SIGNED,
        NoticeKind.QUOTE_ACCEPTED,
        NoticeKind.CHANGES_REQUESTED,
        NoticeKind.QUOTE_REFUSED,
    }
    assert len(mails(to_clients)) - before == (kind in answered)
    assert mails(OutgoingMail.recipient_email == JULIEN) == []


def test_a_colleagues_choice_is_not_ones_own(firm):
    chosen(firm.helene, task_assigned=Channels(notice=False, mail=False))
    HAPPENS[NoticeKind.TASK_ASSIGNED](firm)
    assert heard(firm, NoticeKind.TASK_ASSIGNED) == AT_FIRST[NoticeKind.TASK_ASSIGNED]


def test_only_what_differs_is_stored(firm):
    chosen(firm.julien, **AT_FIRST)
    assert everything()["channel_choices"] == []
    chosen(firm.julien, quote_expired=WAYS[0], task_assigned=WAYS[3])
    with unit_of_work() as session:
        assert choices_of(session, firm.julien) == AT_FIRST | {
            NoticeKind.QUOTE_EXPIRED: WAYS[0],
            NoticeKind.TASK_ASSIGNED: WAYS[3],
        }
    chosen(firm.julien, quote_expired=AT_FIRST[NoticeKind.QUOTE_EXPIRED])
    assert [row[1] for row in everything()["channel_choices"]] == ["task_assigned"]


@pytest.mark.parametrize("kind", NoticeKind)
def test_neither_act_nor_table_lets_anybody_be_deaf_to_what_cannot_wait(firm, kind):
    silent = Channels(notice=False, mail=False)
    row = {"staff_id": firm.julien, "kind": kind, "by_notice": False, "by_mail": False}
    if kind not in NEVER_SILENT:
        chosen(firm.julien, **{kind: silent})
        return
    with pytest.raises(NothingHeard):
        chosen(firm.julien, **{kind: silent})
    with pytest.raises(IntegrityError, match="heard_somehow"), db.engine.begin() as connection:
        connection.execute(sa.insert(ChannelChoice).values(**row))
    assert everything()["channel_choices"] == []


def test_the_account_page_shows_and_keeps_the_choice(firm, signed_in):
    reader = signed_in(firm.julien)
    form = reader.page("/account").form("/account/channels")
    ticked = {name for name in form["fields"] if name != "csrf_token"}
    assert ticked == {
        f"{kind}_{way}" for kind, ways in AT_FIRST.items() for way in ("notice", "mail") if getattr(ways, way)
    }
    changes = {"quote_signed_mail": None, "task_assigned_mail": "y"}
    assert reader.submit("/account", changes, "/account/channels").status_code == 303
    fields = reader.page("/account").form("/account/channels")["fields"]
    assert "quote_signed_notice" in fields
    assert "quote_signed_mail" not in fields
    assert "task_assigned_mail" in fields
    HAPPENS[NoticeKind.QUOTE_SIGNED](firm)
    HAPPENS[NoticeKind.TASK_ASSIGNED](firm)
    assert heard(firm, NoticeKind.QUOTE_SIGNED) == Channels(notice=True, mail=False)
    assert heard(firm, NoticeKind.TASK_ASSIGNED) == Channels(notice=True, mail=True)


@pytest.mark.parametrize("kind", sorted(NEVER_SILENT))
def test_what_cannot_be_chosen_is_said_at_its_line_and_the_rest_stays_as_ticked(firm, signed_in, kind):
    reader, before = signed_in(firm.julien), everything()
    changes = {f"{kind}_notice": None, f"{kind}_mail": None, "quote_expired_mail": "y"}
    answer = reader.submit("/account", changes, "/account/channels")
    assert answer.status_code == 422
    assert "Gardez au moins l’un des deux." in answer.text
    assert f'id="{kind}_notice-error"' in answer.text
    assert answer.text.count(f'aria-describedby="{kind}_notice-error"') == 2
    assert 'name="quote_expired_mail" type="checkbox" value="y"' in answer.text
    assert f'checked id="{kind}_mail"' not in answer.text
    assert everything() == before


def test_who_is_told_of_nothing_has_nothing_to_choose(firm, signed_in):
    marc = signed_in(a_member(Role.ACCOUNTANT))
    assert "/account/channels" not in str(marc.page("/account").forms)
    assert marc.post("/account/channels").status_code == 404
