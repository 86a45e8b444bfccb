"""Every field of every form × what nobody should send: a clear answer, never an error of ours, and nothing lost that was typed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from backoffice import clock
from backoffice.answers.models import ChangeRequest, Refusal, RequestReply, Withdrawal
from backoffice.clients.models import Client
from backoffice.db import db
from backoffice.invitations import inviting
from backoffice.invitations.models import Invitation
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.notices.models import Notice
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.staff.models import FailureCounter, Role, StaffMember, StaffSession
from backoffice.work import unit_of_work
from tests.factories import TYPED_IN, a_member, a_seller, a_sent_quote, address_of
from tests.house import addresses, portal_addresses, posting_forms, rules, token_of, unanswered
from tests.reader import Page, PageReader

ANSWERS = {303, 404, 409, 422}
WITH_FIELDS = {
    "client_groups.change", "client_groups.create", "discounts.change", "discounts.create", "lines.save", "price_lists.add",
    "price_lists.change", "price_lists.create", "price_lists.rename", "pricing.add", "pricing.change", "pricing.take",
    "clients.create", "clients.change", "clients.archive", "clients.restore", "contacts.create", "contacts.change", "contacts.archive",
    "contacts.restore", "opportunities.create", "opportunities.change_details", "opportunities.move", "ledger.save",
    "quotes.save", "quotes.send", "presentations.present", "invoices.complete", "invoices.issue", "agenda.add", "agenda.change", "timeline.write", "outcomes.end",
    "outcomes.give_to", "particulars.change", "files.add", "reasons.add", "reasons.rename", "reasons.move",
    "invitations.invite", "people.change_role", "people.leave", "account.save_profile", "account.change_password",
    "account.save_photo", "account.save_channels", "notices.read_all", "second_factor.turn_on", "second_factor.turn_off", "second_factor.renew_codes",
    "answers.reply", "answers.withdraw", "answers.refuse", "acceptances.record", "links.give", "links.again",
    "catalogue.create", "catalogue.save", "imports.upload_products", "imports.upload_clients", "imports.choose_columns",
    "accounting.pack", "settings.save", "numbering.save", "welcome.take", "invoices.draft", "invoices.draft_some", "credit_notes.create",
    "payments.record", "catalogue.save_image", "bundles.save", "families.add", "families.save", "vat.add", "vat.save",
}  # fmt: skip
"""The forms of the back office that are more than a button."""
VALUES = {
    "empty": "", "blank": "   ", "unbroken word of 10 kB": "x" * 10_000, "too large": "1e309", "negative": "-1", "NaN": "NaN",
    "control": "a\x07\x1b[31mb", "NUL": "a\x00b", "bidi override": "Claire\u202egro.elpmaxe", "emoji": "🪵🛠️", "half a character": "\ud83e",
    "wrong VAT number": "FR00000000000", "another id": "999999999", "huge id": "9" * 30, "markup": "<script>alert(1)</script>'\"--",
    "template": "{{ 7*7 }}", "line ends": "a\r\nBcc: all@example.com\r\n\r\nb", "superscript digit": "²", "full-width digit": "１２",
}  # fmt: skip
TYPED = TYPED_IN | {"acceptances.record": {"method": "telephone"}}
"""What is typed in the forms that come empty. Without the tick nothing is accepted on the way: nothing undoes that."""
LEAVING_NOTHING = {"staff.sign_out", "invoices.discard"}
"""Once taken there is nothing left to send to; tests/backoffice asks them."""
SINGLY = {"empty", "NUL", "too large", "huge id", "half a character", "markup", "template"}
"""Sent in each field by itself; the others in all fields at once in which a person types or chooses."""
TOKENS = {"csrf_token", "token"}
OPENED_ON = ("revision", "version", "seen_as", "read", "known")
"""How the names of fields end that say on what a form was opened: whatever changes them makes it stale."""
LEFT_ALONE = ("uuid", "kind", *OPENED_ON)
"""Not changed with all the others: a line whose key is forged is no line, and its other fields are not read."""


@dataclass(frozen=True, kw_only=True)
class Misuse:
    """What a filled form is turned into before it is sent."""

    label: str
    changed: dict[str, str] = field(default_factory=dict)
    missing: str = ""
    added: str = ""
    stale: bool = False
    """Opened on what is stored no more; otherwise it was opened just now."""

    def body(self, fields: dict[str, str]) -> bytes:
        """Half characters as the invalid UTF-8 that a broken program would send."""
        sent = {name: value for name, value in (fields | self.changed).items() if name != self.missing}
        pairs = [
            f"{quote_plus(name)}={quote_plus(value, errors='surrogatepass')}" for name, value in sent.items()
        ]
        return "&".join([*pairs, *filter(None, [self.added])]).encode()


def misuses(form: dict[str, Any]) -> Iterator[Misuse]:
    names = [name for name in form["fields"] if name not in TOKENS]
    read = [name for name in names if not name.endswith(LEFT_ALONE)]
    opened_on = [name for name in names if name.endswith(OPENED_ON) and form["fields"][name]]
    for label, value in VALUES.items():
        if read:
            yield Misuse(label=f"{label} everywhere", changed=dict.fromkeys(read, value))
    for name in names:
        stale = name in opened_on
        yield Misuse(label=f"{name} missing", missing=name, stale=stale)
        yield Misuse(
            label=f"{name} in invalid UTF-8", missing=name, added=f"{quote_plus(name)}=%ff%fe%80", stale=stale
        )
        for label in SINGLY:
            yield Misuse(label=f"{name} {label}", changed={name: VALUES[label]}, stale=stale)
    for name, revision in product(read, opened_on):
        if name not in form["unseen"]:
            changed = {name: "12", revision: "999999999"}  # a name may be 12 too
            yield Misuse(label=f"{name} typed on a stale {revision}", changed=changed, stale=True)
    yield Misuse(label="every field twice", added="&".join(f"{quote_plus(name)}=x" for name in names))


def same_form(page: Page, action: str) -> dict[str, Any] | None:
    forms = [form for form in page.forms if form["method"] == "post"]
    return next((form for form in forms if form["action"] in {action, ""}), None)


def forgotten(page: Page, action: str, form: dict[str, Any], body: bytes) -> list[str]:
    """Fields in which something was typed that the page does not show, blanks and ends of lines aside."""
    again = same_form(page, action)
    shown = again["fields"] if again else {}
    sent = dict(reversed(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace")))
    typed = {name: value for name, value in sent.items() if name in form["fields"].keys() - form["unseen"]}
    return [
        name
        for name, value in typed.items()
        if (name in shown or again is None) and not kept(value, shown.get(name, ""))
    ]


def kept(typed: str, shown: str) -> bool:
    """Halves of characters come back as the sign for an unreadable one, NUL not at all."""
    unreadable = "\x00" in typed or "\ufffd" in typed
    return unreadable or not typed.strip() or " ".join(shown.split()) == " ".join(typed.split())


def nothing() -> None:
    pass


def refusals(
    client: PageReader,
    page: str,
    action: str,
    typed: dict[str, str] | None = None,
    again: Callable[[], object] = nothing,
) -> list[tuple[str, object]]:
    """What was answered outside the named set, or without a sentence, or forgetting; everything else passed.

    Each body is made from a form opened since something was last stored. ``again`` undoes what keeps it from being sent again.
    """
    wrong: list[tuple[str, object]] = []
    label = "as it came"

    def opened() -> dict[str, Any] | None:
        answer = client.get(page)
        if theirs(answer.text):
            wrong.append((label, "markup of theirs in what is stored"))
        return one_line(same_form(client.page_of(answer), action), typed or {})

    form = opened()
    assert form is not None, (page, action)
    for misuse in misuses(form):
        label = misuse.label
        if form is None:
            return [*wrong, (label, "the form is gone")]
        body = misuse.body(form["fields"])
        try:
            answer = client.post(action, data=body, content_type="application/x-www-form-urlencoded")
        except Exception as error:  # noqa: BLE001 - any at all is what is looked for
            wrong.append((label, repr(error)[:200]))
            continue
        shown = client.page_of(answer)
        wrong += [(label, fault) for fault in faults(answer, shown, misuse, action, form, body)]
        again()
        if answer.status_code == 303:
            form = opened()
    return wrong


def faults(
    answer: TestResponse, shown: Page, misuse: Misuse, action: str, form: dict[str, Any], body: bytes
) -> Iterator[str]:
    """What is wrong with an answer; what its page says is checked by the reader."""
    status = answer.status_code
    if status not in ANSWERS or (status >= 400 and "<h1" not in answer.text):
        yield f"answered {status}"
    if status == 303 and misuse.stale:
        yield "taken, though it was opened on what is stored no more"
    if status == 409 and not misuse.stale:
        yield "refused as stale, though it was opened just now"
    if status in {409, 422} and (lost := forgotten(shown, action, form, body)):
        yield f"{status} forgot what was typed: {lost}"
    if theirs(answer.text):
        yield "markup of theirs in a page of ours"


def theirs(html: str) -> bool:
    return "<script>alert(1)" in html or ">49<" in html


@pytest.mark.slow
def test_no_field_of_the_back_office_can_hurt(app, signed_in, house):
    admin = signed_in(house.staff[Role.ADMIN])
    pages = [address for rule in rules(app, "GET") for address in addresses(app, rule, house.values)]
    forms: dict[str, tuple[str, str]] = {}
    for action, fields, page in posting_forms(admin, pages):
        endpoint = app.url_map.bind("localhost").match(action, method="POST")[0]
        if endpoint not in LEAVING_NOTHING and fields.keys() - TOKENS:
            forms.setdefault(endpoint, (page, action))
    assert set(forms) == WITH_FIELDS
    again = AGAIN | dict.fromkeys(("invoices.draft", "invoices.draft_some"), without_further_drafts())
    wrong = {
        endpoint: found
        for endpoint, (page, action) in forms.items()
        if (found := refusals(admin, page, action, TYPED.get(endpoint), again.get(endpoint, nothing)))
    }
    assert wrong == {}


def without_further_drafts() -> Callable[[], None]:
    """What puts away the invoices that are drafted from now on."""
    drafts = Invoice.state == InvoiceState.DRAFT
    with unit_of_work() as session:
        known = session.scalars(sa.select(Invoice.id).where(drafts)).all()

    def put_away() -> None:
        with unit_of_work() as session:
            further = sa.update(Invoice).where(drafts, Invoice.id.not_in(known))
            session.execute(further.values(state=InvoiceState.DISCARDED))

    return put_away


def without_address() -> None:
    """What was completed is incomplete again."""
    with unit_of_work() as session:
        session.execute(
            sa.update(Client)
            .where(Client.name == "Café du Port", Client.billing_postcode != "")
            .values(billing_street="", billing_postcode="", billing_city="", revision=Client.revision + 1)
        )


def taken_back() -> None:
    """The browser that was held out to a client opens everything again."""
    with unit_of_work() as session:
        session.execute(sa.update(StaffSession).values(lent_at=None, lent_link_id=None))


def nobody_invited() -> None:
    with unit_of_work() as session:
        session.execute(sa.update(Invitation).where(inviting.is_pending()).values(withdrawn_at=clock.now()))


def everybody_at_work() -> None:
    """Who left is back."""
    with unit_of_work() as session:
        session.execute(sa.update(StaffMember).values(archived_at=None))


def forgiven() -> None:
    """Whoever is slowed down is not asked what was typed."""
    with unit_of_work() as session:
        session.execute(sa.delete(FailureCounter))


def taken_up() -> None:
    """Deals that were given up are open again."""
    with unit_of_work() as session:
        first = sa.select(Phase.id).where(Phase.pipeline_id == Opportunity.pipeline_id, Phase.position == 0)
        given_up = sa.select(Phase.id).where(Phase.outcome != Outcome.OPEN)
        session.execute(
            sa.update(Opportunity)
            .where(Opportunity.phase_id.in_(given_up))
            .values(phase_id=first.scalar_subquery(), revision=Opportunity.revision + 1)
            .execution_options(synchronize_session=False)
        )


def unread() -> None:
    with unit_of_work() as session:
        session.execute(sa.update(Notice).values(read_at=None))


def asked_again() -> None:
    """The client has asked, and nobody has replied."""
    unanswered(RequestReply)
    with db.engine.begin() as connection:
        asked, current = sa.select(ChangeRequest.version_id), sa.select(Quote.live_version_id)
        connection.execute(
            sa.update(QuoteVersion)
            .where(QuoteVersion.id.in_(asked), QuoteVersion.id.in_(current))
            .values(state=VersionState.CHANGES_REQUESTED)
        )


AGAIN = {
    "notices.read_all": unread,
    "outcomes.end": taken_up,
    "invoices.complete": without_address,
    "presentations.present": taken_back,
    "invitations.invite": nobody_invited,
    "people.leave": everybody_at_work,
    "account.change_password": forgiven,
    "second_factor.turn_on": forgiven,
    "second_factor.turn_off": forgiven,
    "second_factor.renew_codes": forgiven,
    "answers.reply": asked_again,
    "answers.withdraw": lambda: unanswered(Withdrawal),
    "answers.refuse": lambda: unanswered(Refusal),
}


def one_line(form: dict[str, Any] | None, typed: dict[str, str]) -> dict[str, Any] | None:
    """The form as it is sent by its first button; the second line of a ledger has the fields of the first.

    Little is credited, so that something is left to credit.
    """
    if form is None:
        return None
    pressed = dict(form["buttons"][:1])
    little = {name: "0.01" for name in form["fields"] if name.startswith("line_") and "reason" in typed}
    fields = form["fields"] | pressed | typed | little
    first = {name: value for name, value in fields.items() if not name.startswith("lines-") or "-0-" in name}
    return form | {"fields": first, "unseen": form["unseen"] | pressed.keys()}


@pytest.mark.slow
def test_no_field_of_the_portal_can_hurt(app, client):
    """Without consent: nothing is signed on the way."""
    _, link = a_sent_quote()
    forms = posting_forms(client, portal_addresses(app, token_of(link), language="en"))
    typed = {"sign": {"mention": "Agreed"}, "changes": {"text": "In oak"}, "refuse": {"reason": "1"}}
    assert {action for action, _fields, _page in forms} == {
        f"{address_of(link, 'en')}/{act}" for act in typed
    }
    for action, _fields, page in forms:
        act = action.rpartition("/")[2]
        assert refusals(client, page, action, typed[act], lambda: unanswered(ChangeRequest, Refusal)) == []


def test_a_sign_in_can_be_typed_anyhow(client):
    """With the failures forgotten each time."""
    a_seller()
    a_member()
    assert refusals(client, "/sign-in", "/sign-in", again=forgiven) == []


def test_a_body_that_is_too_large_is_refused_with_a_sentence(client, app):
    _, link = a_sent_quote()
    answer = client.post(f"{address_of(link, 'en')}/sign", data={"name": "x" * 1_100_000})
    assert (answer.status_code, Page(answer.text).headings) == (413, ["This is too large"])
