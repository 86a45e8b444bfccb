"""The page behind the bell: what it says, where it leads, and what becomes read by what."""

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from backoffice import clock
from backoffice.db import db, unscaled
from backoffice.language import money
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.outcomes.handing_over import hand_over
from backoffice.people.events import DealsHandedOver
from backoffice.staff.models import Role, StaffMember
from backoffice.work import unit_of_work
from tests.backoffice.notices.conftest import HAPPENS, Firm, assign, give_up, hand, mails, notices, sign, told
from tests.factories import a_member, an_opportunity, everything

SAID = {
    NoticeKind.QUOTE_SIGNED: ("Claire Moreau a signé le devis", "Claire Moreau has signed quote"),
    NoticeKind.QUOTE_ACCEPTED: (
        "Hélène Duval a noté",
        "Hélène Duval has recorded that Claire Moreau accepted",
    ),
    NoticeKind.CHANGES_REQUESTED: ("En chêne", "Claire Moreau asks for changes"),
    NoticeKind.QUOTE_REFUSED: ("Trop cher", "Claire Moreau has refused"),
    NoticeKind.RENEWAL_ASKED: ("Claire Moreau", "Claire Moreau asks you to extend"),
    NoticeKind.QUOTE_EXPIRED: ("a expiré sans réponse.", "has expired without an answer."),
    NoticeKind.MAIL_UNDELIVERED: ("550 no such person", "was not delivered."),
    NoticeKind.HANDED_OVER: (
        "Hélène Duval vous a confié une opportunité.",
        "Hélène Duval has handed an opportunity",
    ),
    NoticeKind.TASK_ASSIGNED: (
        "Prendre les mesures",
        "Hélène Duval has given you a task: Prendre les mesures",
    ),
}


@pytest.fixture
def reader(firm, signed_in):
    return signed_in(firm.julien)


def leads_to(firm: Firm, kind: NoticeKind) -> str:
    match kind:
        case NoticeKind.MAIL_UNDELIVERED:
            (mail,) = mails(OutgoingMail.kind == MailKind.QUOTE_INVITATION)
            return f"/mail/{mail.id}"
        case NoticeKind.TASK_ASSIGNED:
            (notice,) = notices(Notice.kind == kind)
            return f"/tasks/{notice.facts['task_id']}"
        case NoticeKind.HANDED_OVER:
            return f"/opportunities/{firm.hers}"
        case _:
            return f"/opportunities/{firm.deal}"


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_is_told_in_ones_language_and_one_press_leads_to_it(firm, reader, kind):
    HAPPENS[kind](firm)
    french, english = SAID[kind]
    assert french in reader.page("/notices").text
    with unit_of_work() as session:
        session.get_one(StaffMember, firm.julien).language = "en"
    page = reader.page("/notices")
    assert english in page.text
    assert "Unread" in page.text
    form = page.form("/open")
    answer = reader.post(form["action"], data=form["fields"])
    assert (answer.status_code, answer.location) == (303, leads_to(firm, kind))
    assert reader.get(answer.location).status_code == 200
    assert [each.read_at is not None for each in notices()] == [True]
    page = reader.page("/notices")
    assert leads_to(firm, kind) in page.links
    assert "Unread" not in page.text
    assert "/open" not in str(page.forms)


def test_a_signature_says_for_how_much(firm, reader):
    sign(firm)
    (notice,) = notices()
    text = reader.page("/notices").text
    assert "Mme Claire Moreau · Bibliothèque sur mesure · " in text
    with force_locale("fr"):
        amount = money(unscaled(notice.facts["gross"], 2))
    assert f"{' '.join(amount.split())} TTC" in text


def test_opening_by_get_is_not_possible_and_the_first_reading_counts(firm, reader):
    sign(firm)
    (notice,) = notices()
    assert reader.get(f"/notices/{notice.id}/open").status_code == 405
    fields = reader.page("/notices").form("/open")["fields"]
    assert notices()[0].read_at is None
    reader.post(f"/notices/{notice.id}/open", data=fields)
    first = notices()[0].read_at
    assert reader.post(f"/notices/{notice.id}/open", data=fields).status_code == 303
    assert notices()[0].read_at == first


def test_nobody_opens_or_reads_the_notices_of_another(firm, reader, signed_in):
    sign(firm)
    (notice,) = notices()
    for other in (firm.helene, a_member(Role.ADMIN), a_member(email="nadia@atelier-duval.example")):
        stranger = signed_in(other)
        token = stranger.page("/account").form("sign-out")["fields"]
        before = everything()
        assert "a signé" not in stranger.page("/notices").text
        assert stranger.post(f"/notices/{notice.id}/open", data=token).status_code == 404
        assert stranger.post(f"/notices/{notice.id}/open").status_code == 404
        forged = token | {"shown": f"{notice.id}", "older": f"{notice.id + 1}"}
        assert stranger.post("/notices/read", data=forged).status_code == 303
        assert everything() == before


@pytest.mark.parametrize("fields", [{}, {"csrf_token": "x"}])
def test_a_page_open_for_too_long_says_so_and_reads_nothing(firm, reader, fields):
    sign(firm)
    (notice,) = notices()
    for address in (f"/notices/{notice.id}/open", "/notices/read"):
        answer = reader.post(address, data=fields | {"shown": str(notice.id)})
        assert answer.status_code == 422
        assert "Cette page est restée ouverte" in answer.text
    assert notices()[0].read_at is None


def test_what_a_colleague_looks_after_now_is_told_but_leads_nowhere(firm, reader):
    sign(firm)
    form = reader.page("/notices").form("/open")
    with unit_of_work() as session:
        deal = deal_to_act_on(session, firm.deal, sa.true())
        hand_over(session, deal, to=firm.helene, by=firm.helene, at=clock.now())
    page = reader.page("/notices")
    assert "Claire Moreau a signé le devis" in page.text
    assert "/open" not in str(page.forms)
    assert f"/opportunities/{firm.deal}" not in page.links
    answer = reader.post(form["action"], data=form["fields"], follow_redirects=True)
    assert answer.request.path == "/notices"
    assert "Un collègue s’occupe maintenant de cette opportunité." in answer.text


def test_a_task_that_went_to_somebody_else_leads_nowhere(firm, reader):
    assign(firm)
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE tasks SET assignee_id = :staff"), {"staff": firm.helene})
    assert "/open" not in str(reader.page("/notices").forms)


def test_many_deals_at_once_are_one_notice_and_one_mail(firm, reader):
    deals = [an_opportunity(firm.julien, title=f"Affaire {number}") for number in range(12)]
    with unit_of_work() as session:
        event = DealsHandedOver(
            opportunity_ids=tuple(deals), giver=firm.helene, taker=firm.julien, by=firm.helene, at=clock.now()
        )
        session.get_one(StaffMember, firm.helene).record(event)
    assert [each.facts["count"] for each in notices()] == [12]
    assert len(mails(OutgoingMail.kind == MailKind.HANDED_OVER)) == 1
    page = reader.page("/notices")
    assert "Hélène Duval vous a confié 12 opportunités." in page.text
    assert "Affaire 0" in page.text
    form = page.form("/open")
    assert reader.post(form["action"], data=form["fields"]).location == "/opportunities"


def test_nobody_is_told_of_what_they_did_themselves(firm):
    with unit_of_work() as session:
        deal = deal_to_act_on(session, firm.deal, sa.true())
        hand_over(session, deal, to=firm.helene, by=firm.helene, at=clock.now())
    assert notices() == []


def test_a_mail_that_cannot_be_delivered_is_sent_again_from_here(firm, reader):
    give_up(firm, "unreachable: Connection refused")
    page = reader.page("/notices")
    form = page.form("/send-again")
    assert reader.post(form["action"], data=form["fields"]).status_code == 303
    (mail,) = mails(OutgoingMail.kind == MailKind.QUOTE_INVITATION)
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
    assert "/send-again" not in str(reader.page("/notices").forms), "it is on its way"


def test_a_wrong_address_is_corrected_rather_than_written_to_again(firm, reader):
    give_up(firm)
    page = reader.page("/notices")
    assert "/send-again" not in str(page.forms)
    assert f"/quotes/{firm.quote}/links" in page.links
    (mail,) = mails(OutgoingMail.kind == MailKind.QUOTE_INVITATION)
    assert f"/quotes/{firm.quote}/links" in reader.page(f"/mail/{mail.id}").links


def test_all_that_was_shown_is_read_and_what_came_meanwhile_is_not(firm, reader):
    old = told(firm.julien, firm.deal, 3)
    fields = reader.page("/notices").form("/notices/read")["fields"]
    (new,) = told(firm.julien, firm.deal, 1)
    answer = reader.post("/notices/read", data=fields, follow_redirects=True)
    assert "3\u00a0notifications marquées comme lues." in answer.text
    assert {each.id for each in notices() if each.read_at is None} == {new}
    assert set(old) == {each.id for each in notices() if each.read_at is not None}


def test_a_notice_that_is_committed_later_with_a_lower_number_stays_unread(firm, reader):
    """As on PostgreSQL, whose sequences do not wait for transactions."""
    told(firm.julien, firm.deal, 2, first=1000)
    fields = reader.page("/notices").form("/notices/read")["fields"]
    (late,) = told(firm.julien, firm.deal, 1, first=999)
    reader.post("/notices/read", data=fields)
    assert [each.id for each in notices() if each.read_at is None] == [late]


def test_what_stands_on_further_pages_is_read_too(firm, reader):
    told(firm.julien, firm.deal, 120)
    fields = reader.page("/notices").form("/notices/read")["fields"]
    reader.post("/notices/read", data=fields)
    assert [each.id for each in notices() if each.read_at is None] == []
    assert "/notices/read" not in str(reader.page("/notices").forms)


@pytest.mark.parametrize("shown", ["", "x", "1,,2", "-1", "9" * 40, "1\x002", "²"])
def test_a_forged_list_of_what_was_shown_reads_nothing_of_it(firm, reader, shown):
    sign(firm)
    fields = reader.page("/notices").form("/notices/read")["fields"]
    forged = fields | {"shown": shown.replace("1", "77"), "older": shown.replace("1", "0")}
    assert reader.post("/notices/read", data=forged).status_code == 303
    assert notices()[0].read_at is None


def test_the_newest_come_first_and_pages_hold_together(firm, reader, statements):
    told(firm.julien, firm.deal, 120)
    seen, address, counts = [], "/notices", []
    while address:
        with statements() as asked:
            page = reader.page(address)
        counts.append(len(asked))
        seen += [int(form["action"].split("/")[2]) for form in page.forms if form["action"].endswith("/open")]
        address = next((link for link in page.links if "after=" in link), "")
    assert seen == sorted((each.id for each in notices()), reverse=True)
    assert len(set(counts)) == 1


def test_the_page_asks_no_more_for_many_kinds_than_for_one(firm, reader, statements):
    for kind in (NoticeKind.MAIL_UNDELIVERED, NoticeKind.TASK_ASSIGNED):
        HAPPENS[kind](firm)
    with statements() as once:
        reader.page("/notices")
    for _ in range(5):
        assign(firm)
        give_up(firm)
    hand(firm)
    with statements() as often:
        reader.page("/notices")
    assert len(often) == len(once)


def test_nothing_yet_says_what_will_be_here(firm, reader):
    text = reader.page("/notices").text
    assert "Aucune notification pour l’instant" in text
    assert "Tout marquer comme lu" not in text
