"""A client signs, refuses or asks while one of ours records their acceptance; two colleagues record at once. Over real HTTP."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.acceptances.models import Acceptance, Method
from backoffice.acceptances.recording import record_acceptance
from backoffice.answers.models import ChangeRequest, Refusal
from backoffice.db import db
from backoffice.errors import Conflict
from backoffice.files.models import StoredFile
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.orders.models import Order
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work
from tests.factories import a_further_link, a_sent_quote, accepting, address_of, kept_file, somebody
from tests.journeys.crowd import Answer, at_once, count, meeting_before_the_lock
from tests.reader import Page

pytestmark = pytest.mark.slow

S = VersionState


@pytest.fixture(params=["postgresql"])
def database(request):
    return request.param


def states() -> list[VersionState]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(QuoteVersion.state).order_by(QuoteVersion.number)))


def recording(app, quote: int) -> Callable[[], Answer]:
    """Everything that a rep has typed and handed in; called, it presses the button."""
    said, proof = accepting(somebody(), Method.PAPER, proofs=1), kept_file()
    version = db.session.scalars(sa.select(QuoteVersion).where(QuoteVersion.quote_id == quote)).one()
    choice = version.choose(version.usual_selection())
    db.session.rollback()

    def press() -> Answer:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    record_acceptance(
                        session, quote, said, choice.selection, [proof], at=clock.now(), seen_as=choice.digest
                    )
            except Conflict as refusal:
                return Answer(409, "", type(refusal).__name__)
            return Answer(303, "", "")

    return press


def posting(site, link, act: str, **typed: str) -> Callable[[], Answer]:
    path = f"{address_of(link, 'en')}/{act}"
    form = Page(site.ask("GET", path).text).form(f"/{act}")
    fields = form["fields"] | {"text": "My own words"} | typed
    return lambda: site.ask("POST", form["action"], fields)


@pytest.mark.parametrize("attempt", range(4))
def test_signing_against_recording_has_exactly_one_winner_and_one_order(app, site, attempt):
    quote, link = a_sent_quote()
    acts = [site.filled_form(link, "en"), recording(app, quote)]
    with meeting_before_the_lock(2):
        signing, recorded = at_once(acts if attempt % 2 else acts[::-1])[:: 1 if attempt % 2 else -1]
    assert sorted([signing.status, recorded.status]) == [303, 409]
    won = S.SIGNED if signing.status == 303 else S.ACCEPTED
    assert states() == [won]
    assert (count(Signature), count(Acceptance)) == ((1, 0) if won is S.SIGNED else (0, 1))
    assert (count(Order), count(StoredFile)) == (1, 0 if won is S.SIGNED else 1)
    thanks = OutgoingMail.kind.in_([MailKind.QUOTE_SIGNED_CLIENT, MailKind.QUOTE_ACCEPTED_CLIENT])
    assert count(OutgoingMail, thanks) == 1
    if won is S.ACCEPTED:
        assert "This quote is already accepted" in signing.text
        assert "nothing is left to sign" in signing.text
    else:
        assert recorded.text == "AlreadySigned"


@pytest.mark.parametrize("attempt", range(3))
def test_two_colleagues_record_once(app, site, attempt):
    quote, _ = a_sent_quote()
    with meeting_before_the_lock(2):
        answers = at_once([recording(app, quote), recording(app, quote)])
    assert sorted(answer.status for answer in answers) == [303, 409]
    assert {answer.text for answer in answers} == {"", "AlreadyAccepted"}
    assert (count(Acceptance), count(Order), count(StoredFile)) == (1, 1, 1)


def test_two_clicks_on_the_same_form_record_once_and_both_are_told_so(app, site):
    quote, _ = a_sent_quote()
    press = recording(app, quote)
    with meeting_before_the_lock(2):
        answers = at_once([press, press])
    assert [answer.status for answer in answers] == [303, 303]
    assert (count(Acceptance), count(Order), count(StoredFile)) == (1, 1, 1)


@pytest.mark.parametrize("attempt", range(3))
def test_refusing_against_recording_has_exactly_one_winner(app, site, attempt):
    quote, link = a_sent_quote()
    press = posting(site, link, "refuse", reason="1")
    with meeting_before_the_lock(2):
        refusing, recorded = at_once([press, recording(app, quote)])
    assert sorted([refusing.status, recorded.status]) == [303, 409]
    assert (count(Refusal), count(Acceptance)) == ((1, 0) if refusing.status == 303 else (0, 1))
    if refusing.status == 409:
        assert "My own words" in refusing.text


@pytest.mark.parametrize("attempt", range(3))
def test_a_request_against_recording_is_either_over_with_it_or_given_back(app, site, attempt):
    """Asking closes nothing: whoever is first, the acceptance stands."""
    quote, link = a_sent_quote()
    press = posting(site, link, "changes")
    with meeting_before_the_lock(2):
        asking, recorded = at_once([press, recording(app, quote)])
    assert recorded.status == 303
    assert states() == [S.ACCEPTED]
    assert count(ChangeRequest) == (1 if asking.status == 303 else 0)
    if asking.status == 409:
        assert "My own words" in asking.text


@pytest.mark.parametrize("attempt", range(3))
def test_a_new_version_against_recording_has_exactly_one_winner(app, site, attempt):
    quote, _ = a_sent_quote()

    def send() -> Answer:
        with app.app_context():
            try:
                a_further_link(quote, clock.now())
            except Conflict as refusal:
                return Answer(409, "", type(refusal).__name__)
            return Answer(303, "", "")

    with meeting_before_the_lock(2):
        sending, recorded = at_once([send, recording(app, quote)])
    assert sorted([sending.status, recorded.status]) == [303, 409]
    if recorded.status == 303:
        assert (states(), sending.text) == ([S.ACCEPTED], "AlreadyAccepted")
    else:
        assert (states(), recorded.text) == ([S.SUPERSEDED, S.SENT], "QuoteChanged")
    assert count(Order) == (1 if recorded.status == 303 else 0)
