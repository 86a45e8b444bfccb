"""What is on the wire can be read by any mail program, and nothing typed by anybody can add a header."""

import email
import email.policy
from collections.abc import Callable
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from backoffice import clock
from backoffice.delivery import deliver_mail
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.notifications.smtp import Attachment, Correspondent, Letter, Unsendable, ascii_address

Row = Callable[[int], OutgoingMail]


def letter(**changes) -> Letter:
    values = {
        "message_id": "<0123456789abcdef0123456789abcdef@duval.example>",
        "sender": Correspondent(name="Atelier Duval", address="devis@duval.example"),
        "recipient": Correspondent(name="Zoé Müller", address="zoe@client.example"),
        "reply_to": Correspondent(name="Léa Fontaine", address="lea@duval.example"),
        "written_at": clock.now(),
        "subject": "Votre devis D-2026-0042",
        "text": "Bonjour,\n\nVoici le lien.\n",
        "html": "<p>Bonjour</p>\n",
    }
    return Letter(**{**values, **changes})


def on_the_wire(written: Letter) -> tuple[bytes, EmailMessage]:
    raw = written.as_bytes()
    return raw, email.message_from_bytes(raw, policy=email.policy.default)


NAMES = [
    "Zoé Müller",
    "Duval, Père & Fils",
    'Atelier "Le Chêne"',
    "Société d’Aménagement et de Rénovation des Bâtiments Anciens de l’Ouest Métropolitain – Établissement de Saint-Brieuc",
    "山田太郎",
    "O'Brien (Paris) <sic>",
    "=?utf-8?q?fake?=",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_arrives_as_it_was_written(name: str):
    raw, _ = on_the_wire(letter(recipient=Correspondent(name=name, address="zoe@client.example")))
    # Not email.policy.default: Python 3.11 reads a space between the encoded words of a name (RFC 2047, 6.2).
    written, address = parseaddr(email.message_from_bytes(raw)["To"])
    assert (str(make_header(decode_header(written))), address) == (name, "zoe@client.example")
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "subject", ["Votre devis D-2026-0042", "Signé : Établissements Lefèvre & Fils " * 6, "a" * 300]
)
def test_any_subject_arrives_as_it_was_written(subject: str):
    raw, read = on_the_wire(letter(subject=subject.strip()))
    assert read["Subject"] == subject.strip()
    assert raw.isascii()


def test_the_head_says_who_writes_who_answers_and_that_it_is_a_machine():
    _, read = on_the_wire(letter())
    assert str(read["From"]) == "Atelier Duval <devis@duval.example>"
    assert read["Reply-To"].addresses[0].addr_spec == "lea@duval.example"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"] == "<0123456789abcdef0123456789abcdef@duval.example>"
    assert read["Date"].datetime.tzinfo is not None
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def test_a_long_message_id_stays_on_one_line():
    long = f"<{'a' * 32}@{'b' * 60}.example>"
    raw, _ = on_the_wire(letter(message_id=long))
    assert f"Message-ID: {long}\r\n".encode() in raw


def test_an_attachment_arrives_byte_for_byte_under_its_name():
    data = bytes(range(256)) * 40
    _, read = on_the_wire(letter(attachments=(Attachment("Devis signé D-2026-0042.pdf", data),)))
    (attached,) = read.iter_attachments()
    assert attached.get_filename() == "Devis signé D-2026-0042.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == data
    assert read.get_body(("html",)).get_content().strip() == "<p>Bonjour</p>"


HOSTILE = [
    "Eve\r\nBcc: all@example.com",
    "Eve\nBcc: all@example.com",
    "Eve\rX",
    "Eve\x00",
    "Eve\u2028Bcc: x",
    "Eve\x0bX",
    "\ud800",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_control_characters_are_refused_in_every_header(hostile: str):
    who = Correspondent(name=hostile, address="zoe@client.example")
    there = Correspondent(name="", address=f"{hostile}@client.example")
    for changes in (
        {"subject": hostile},
        {"recipient": who},
        {"recipient": there},
        {"sender": who},
        {"reply_to": who},
        {"message_id": f"<{hostile}@x>"},
        {"attachments": (Attachment(hostile, b""),)},
    ):
        with pytest.raises(Unsendable):
            letter(**changes).as_bytes()


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("zoe@müller.example", "zoe@xn--mller-kva.example"),
        ("zoe@straße.example", "zoe@xn--strae-oqa.example"),
        ("mail@house", "mail@house"),
        ("zoe+devis@client.example", "zoe+devis@client.example"),
    ],
)
def test_addresses_are_written_so_that_every_server_takes_them(typed: str, sent: str):
    assert ascii_address(typed) == sent


@pytest.mark.parametrize(
    "typed",
    [
        "zoé@client.example",
        "zoe.@client.example",
        "zoe@client..example",
        "zoe@xn--a.example",
        "zoe",
        "@client.example",
        "zoe@",
        "zoe @client.example",
        "",
        "a@b\r\nRCPT TO:<x@y>",
    ],
)
def test_an_address_that_mail_cannot_carry_is_refused(typed: str):
    with pytest.raises(Unsendable):
        ascii_address(typed)


def test_a_name_with_a_line_break_fails_its_mail_and_no_other(served, write_mail, mail_row: Row):
    hostile = write_mail(recipient_name="Eve\r\nBcc: all@example.com")
    harmless = write_mail()
    for mail_id in (hostile, harmless):
        deliver_mail(mail_id, clock.now())
    assert mail_row(hostile).state is MailState.FAILED
    assert served.only()["Message-ID"] == mail_row(harmless).message_id
    assert served.envelopes[0].rcpt_tos == ["zoe@client.example"]


def test_what_a_fact_holds_cannot_add_a_header_or_a_tag(served, write_mail, facts):
    hostile = "D-1\r\nBcc: all@example.com\r\n\r\n<script>x</script>"
    deliver_mail(write_mail(facts={**facts, "quote_number": hostile}), clock.now())
    assert served.only()["Bcc"] is None
    assert "<script>" not in served.only().get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "unusable", ["zoé@client.example", "zoe", "zoe@client.example\r\nBcc: all@example.com"]
)
def test_a_mail_is_not_lost_because_nobody_can_be_answered(served, write_mail, mail_row: Row, unusable):
    """A signer may type an address that no mail can carry; the rep hears of the signature all the same."""
    mail_id = write_mail(kind=MailKind.QUOTE_SIGNED_REP, link_id=None, reply_to=unusable)
    deliver_mail(mail_id, clock.now())
    assert mail_row(mail_id).state is MailState.SENT, mail_row(mail_id).last_error
    assert served.only()["Reply-To"] is None
    assert served.only()["Bcc"] is None
