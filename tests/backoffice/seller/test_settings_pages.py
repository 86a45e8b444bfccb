"""What the firm says of itself, changed on its pages."""

import io

import pytest
from PIL import Image

from backoffice.db import db
from backoffice.demonstration.loading import LOGO
from backoffice.quotes.models import QuoteVersion
from backoffice.seller.logos import LARGEST, LogoTooLarge, checked_logo
from backoffice.seller.models import ONLY, Seller, VatRegime
from backoffice.staff.models import Role
from tests.factories import a_member, a_seller, a_sent_quote
from tests.reader import Page


@pytest.fixture
def admin(app, signed_in):
    a_seller()
    return signed_in(a_member(Role.ADMIN, language="en"))


def save(admin, subject: str, typed: dict[str, str]):
    return admin.submit(f"/settings/{subject}", typed, f"/settings/{subject}")


def the_seller() -> Seller:
    db.session.remove()
    return db.session.get_one(Seller, ONLY)


def test_what_is_typed_is_kept_and_every_subject_says_how_it_stands(admin):
    assert (
        save(
            admin, "identity", {"name": "Ébénisterie Duval", "city": "Bruz", "capital": "30,000.50"}
        ).status_code
        == 303
    )
    save(admin, "vat", {"iban": "fr76 3000 6000 0112 3456 7890 189", "bic": "agrifrpp"})
    save(admin, "terms", {"quote_days": "45", "payment_days": "0", "timezone": "Indian/Reunion"})
    save(admin, "mentions", {"insurance_fr": "Décennale\r\nMAAF", "mediator_en": "CM2C"})
    seller = the_seller()
    assert (seller.name, seller.address.city, str(seller.capital)) == (
        "Ébénisterie Duval",
        "Bruz",
        "30000.50",
    )
    assert (seller.iban, seller.bic) == ("FR7630006000011234567890189", "AGRIFRPP")
    assert (seller.quote_days, seller.payment_days, seller.timezone) == (45, 0, "Indian/Reunion")
    assert (seller.insurance.fr, seller.mediator.en) == ("Décennale\nMAAF", "CM2C")
    page = admin.page("/settings").text
    assert "Quotes are valid for 45 days" in page
    assert "Indian/Reunion" in page


@pytest.mark.parametrize(
    ("subject", "typed", "sentence"),
    [
        ("identity", {"siren": "552100555"}, "not a SIREN"),
        ("identity", {"vat_number": "FR96552100554"}, "does not belong to the SIREN"),
        ("identity", {"name": " "}, "Enter the name that your firm"),
        ("identity", {"city": ""}, "Enter the city"),
        ("identity", {"email": "nobody"}, "Enter an e-mail address"),
        ("vat", {"iban": "FR7630006000011234567890188"}, "not an IBAN"),
        ("vat", {"bic": "A"}, "not a BIC"),
        ("vat", {"vat_number": "FR00000000000"}, "not a VAT number"),
        ("terms", {"quote_days": "0"}, "at least 1"),
        ("terms", {"payment_days": "61"}, "at most 60"),
        ("terms", {"timezone": "Mars/Olympus"}, "Choose one from the list"),
        ("look", {"colour": "green"}, "Enter a colour"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database", ["sqlite"])
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(admin, subject, typed, sentence):
    before = the_seller().revision
    answer = save(admin, subject, typed)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert sentence in page.text
    shown = page.form(subject)["fields"]
    assert {name: shown.get(name, "").strip() for name in typed} == {
        name: shown.get(name, "").strip() if name == "timezone" else text.strip()
        for name, text in typed.items()
    }
    assert the_seller().revision == before


def test_a_siren_and_its_vat_number_change_together(admin):
    typed = {"siren": "552 100 554", "vat_number": "FR 96 552 100 554"}
    assert save(admin, "identity", typed).status_code == 303
    assert (the_seller().siren, the_seller().vat_number) == ("552100554", "FR96552100554")


def test_of_two_who_edit_the_later_is_shown_both(admin):
    opened = admin.page("/settings/identity").form("identity")["fields"]
    save(admin, "identity", {"city": "Bruz"})
    answer = admin.post("/settings/identity", data={**opened, "phone": "01"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Bruz" in page.text
    assert page.form("identity")["fields"]["phone"] == "01"
    assert the_seller().phone == "02 61 91 24 07"
    assert admin.post("/settings/identity", data=page.form("identity")["fields"]).status_code == 303
    assert the_seller().phone == "01"


def test_without_vat_there_are_no_debits(admin):
    save(admin, "vat", {"vat_on_debits": "y"})
    assert the_seller().vat_on_debits
    save(admin, "vat", {"vat_regime": "franchise", "vat_number": "", "vat_on_debits": "y"})
    seller = the_seller()
    assert (seller.vat_regime, seller.vat_on_debits, seller.vat_number) == (VatRegime.FRANCHISE, False, "")
    assert admin.page("/settings/vat").form("vat")["fields"]["vat_number"] == ""


def test_a_quote_that_was_sent_keeps_what_it_says(admin):
    quote, _ = a_sent_quote()
    before = db.session.query(QuoteVersion).filter_by(quote_id=quote).one().content
    save(admin, "identity", {"name": "Somebody else"})
    save(admin, "vat", {"vat_regime": "franchise"})
    db.session.remove()
    assert db.session.query(QuoteVersion).filter_by(quote_id=quote).one().content == before


def picture(kind: str, size: tuple[int, int] = (300, 100), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#804020").save(out, kind, **more)
    return out.getvalue()


def send_logo(admin, data: bytes, name: str = "logo.png", **fields):
    page = admin.page("/settings/look").form("look")
    return admin.post("/settings/look", data={**page["fields"], "logo": (io.BytesIO(data), name), **fields}, content_type="multipart/form-data")  # fmt: skip


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_logo_is_taken_by_what_it_is_and_shown(admin, kind, media_type):
    assert send_logo(admin, picture(kind), name="letter.exe").status_code == 303
    seller = the_seller()
    assert seller.logo_type == media_type
    assert Image.open(io.BytesIO(seller.logo)).size == (300, 100)
    assert '<img class="logo"' in admin.get("/settings/look").text
    save(admin, "look", {"remove_logo": "y"})
    assert (the_seller().logo, the_seller().logo_type) == (None, "")


def test_the_demonstration_s_own_logo_is_one(admin):
    assert send_logo(admin, LOGO.read_bytes()).status_code == 303


def test_what_else_a_picture_holds_is_not_published(admin):
    exif = Image.Exif()
    exif[0x010E] = "Taken at home, 4 quai de la Prévalaye"
    send_logo(admin, picture("JPEG", exif=exif.tobytes()))
    assert b"home" not in the_seller().logo


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "not a picture"),
        (picture("PNG")[:150], "not a picture"),
        (picture("GIF"), "not a picture"),
        (picture("PNG", (5000, 4000)), "too large"),
    ],
    ids=["svg", "head alone", "cut off", "gif", "too many points"],
)
@pytest.mark.parametrize("database", ["sqlite"])
def test_what_is_no_logo_is_refused_and_the_old_one_stays(admin, data, sentence):
    send_logo(admin, picture("PNG"))
    before = the_seller().logo
    answer = send_logo(admin, data, colour="#123456")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert Page(answer.text).form("look")["fields"]["colour"] == "#123456"
    assert the_seller().logo == before


def test_a_picture_heavier_than_allowed_is_not_even_opened():
    with pytest.raises(LogoTooLarge):
        checked_logo(b"\x89PNG" + b"\0" * LARGEST)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_light_colour_is_taken_and_the_page_tells_how_it_will_be_darkened(admin):
    told = admin.get("/settings/look/colour?value=%23ffe066").text
    assert "too light for paper (1.3:1" in told
    assert "used as it is" in admin.get("/settings/look/colour?value=18694c").text
    assert admin.get("/settings/look/colour?value=%00nonsense").status_code == 200
    assert save(admin, "look", {"colour": "#FFE066"}).status_code == 303
    assert the_seller().colour == "#ffe066"
    sheet = next(line for line in told.splitlines() if "data-sheet" in line).split('"')[1]
    assert admin.get(sheet).status_code == 200
