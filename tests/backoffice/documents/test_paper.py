import io
import re
import shutil
import subprocess

import pypdf
import pytest

from backoffice.documents.appearance import Appearance
from backoffice.documents.signed_copy import NotAppendable, append_page


def pages(pdf: bytes) -> list[str]:
    """The text of each page, runs of any space as one."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def fonts(pdf: bytes) -> list[pypdf.generic.DictionaryObject]:
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            found[font["/BaseFont"]] = font["/DescendantFonts"][0].get_object()
    return list(found.values())


def test_a_quote_names_itself_its_pages_and_its_language(renderer, quote):
    pdf = renderer.pdf(*quote())
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert document.metadata.title == "Quote D-2026-0042"
    assert document.metadata.author == "Atelier Duval"
    assert document.trailer["/Root"]["/Lang"] == "en"
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    count = len(document.pages)
    assert count == 2
    for number, text in enumerate(pages(pdf), 1):
        assert f"Page {number} / {count}" in text
        assert "SIREN 813 420 650" in text
    assert "Quote D-2026-0042" in pages(pdf)[1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_only_packaged_faces_are_embedded_and_every_glyph_exists(renderer, quote, language):
    hostile = {"fr": "Étagère 漢字 😀 \x01 « fine » ÿ", "en": "Shelf 漢字"}
    pdf = renderer.pdf(*quote(language=language, title=hostile))
    embedded = fonts(pdf)
    assert embedded
    for font in embedded:
        assert re.search(r"\+Accord-(Sans|Serif)", font["/BaseFont"])
        assert "/FontFile2" in font["/FontDescriptor"]
    text = "".join(pages(pdf))
    assert "\ufffd" not in text
    assert "\x00" not in text


@pytest.mark.slow
@pytest.mark.parametrize("count", [*range(1, 31), 100])
def test_totals_stay_whole_and_with_the_last_lines(renderer, quote, count):
    texts = pages(renderer.pdf(*quote(count, consumer=False)))
    (closing,) = [
        number for number, text in enumerate(texts) if "Total excl. VAT" in text and "VAT rate" in text
    ]
    last = texts[closing]
    assert re.search(r"VAT rate Base excl. VAT VAT 10% .* Total incl. VAT €", last)
    # A section of one line keeps its heading, which counts as its company.
    table = last.split("VAT rate")[0]
    rows = ("bookcase", "floor", "oil", "lamps", "ladder", "Room")
    assert sum(table.count(row) for row in rows) >= 2


def test_a_consumer_reads_prices_with_vat_and_no_rule_between_merchants(renderer, quote):
    text = " ".join(pages(renderer.pdf(*quote(language="fr"))))
    assert "4 708,00" in text
    assert "L. 441-10" not in text
    assert "404 833 048" not in text
    assert "CM2C" in text


def test_a_professional_reads_numbers_penalties_and_prices_without_vat(renderer, quote):
    text = " ".join(pages(renderer.pdf(*quote(language="fr", consumer=False))))
    for expected in (
        "4 280,00",
        "L. 441-10",
        "40 €",
        "Pas d’escompte",
        "404 833 048",
        "FR83404833048",
        "FR79813420650",
    ):
        assert expected in text
    assert "CM2C" not in text


def test_the_quote_says_how_to_pay_and_that_it_is_signed_online(renderer, quote):
    text = " ".join(pages(renderer.pdf(*quote())))
    for expected in (
        "FR76 3000 6000 0112 3456 7890 189",
        "AGRIFRPP",
        "30 days after",
        "signed online",
        "20 December 2026",
    ):
        assert expected in text


def test_a_discount_is_shown_on_its_line_and_in_the_totals(renderer, quote, papers):
    discounted = papers.content(2, consumer=False)
    discounted["lines"][1]["discount"] = 1000
    discounted["totals"]["allowance"] = 5000
    text = " ".join(
        pages(renderer.pdf(*quote(2, consumer=False, lines=discounted["lines"], totals=discounted["totals"])))
    )
    assert "Discount of 10% deducted" in text
    assert "− €50.00" in text


def test_a_section_that_hides_prices_tells_its_sums_and_nothing_taken_off_them(quote, papers):
    discounted = papers.content(3, consumer=False)
    heading, once, off, monthly = discounted["lines"]
    heading["hides_prices"], off["discount_amount"] = True, 1000
    monthly["recurrence"] = "monthly"
    html, _ = quote(3, language="en", consumer=False, lines=discounted["lines"])
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "deducted" not in text
    assert "Room 1 €6,792.00 €200.00 per month Solid oak" in text
    assert once["name"]["en"] in text


def test_text_of_the_client_is_never_markup(quote):
    html, _ = quote(title={"fr": "<script>alert(1)</script>", "en": "<img src=x>"})
    assert "<script" not in html
    assert "<img" not in html


def test_a_logo_takes_the_place_of_the_mark(renderer, quote):
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" width="60" height="20"><rect width="60" height="20" fill="#a33"/></svg>'
    html, files = quote(appearance=Appearance(logo=logo, logo_type="image/svg+xml"))
    assert files["logo.svg"] == logo
    assert 'alt="Atelier Duval"' in html
    assert renderer.pdf(html, files) != renderer.pdf(
        html, {**files, "logo.svg": logo.replace(b"#a33", b"#33a")}
    )


def test_an_invoice_has_what_the_law_wants(renderer, invoice):
    text = " ".join(pages(renderer.pdf(*invoice(language="en"))))
    for expected in (
        "Invoice",
        "F-2026-0007",
        "19 November 2026",
        "20 December 2026",
        "18 November 2026",
        "Supply of goods and services",
        "C-2026-0012",
        "D-2026-0042",
        "SARL with share capital of €20,000",
        "RCS Rennes",
        "17 chemin des Forges",
        "SIREN 404 833 048",
        "VAT no. FR83404833048",
        "Total to pay, incl. VAT",
        "FR76 3000",
        "L. 441-10",
    ):
        assert expected in text, expected


def test_the_signature_page_states_who_signed_what_and_when(renderer, signature_page):
    pdf = renderer.pdf(*signature_page())
    (text,) = pages(pdf)
    for expected in ("Élise Durand", "Directrice", "Société Durand & Fils", "Bon pour accord", "20 November 2026, 14:32:07 (UTC+01:00)",
                     "2026-11-20 13:32:07 UTC", "€17,580.80", "9f86d081 884c7d65", "60303ae2 2b998861", "2001:db8:85a3::8a2e:370:7334",
                     "iPhone", "habilité(e)"):  # fmt: skip
        assert expected in text, expected
    assert any("Accord-Hand" in font["/BaseFont"] for font in fonts(pdf)), [
        font["/BaseFont"] for font in fonts(pdf)
    ]


@pytest.mark.parametrize("name", ["Ελένη Παπαδοπούλου", "Олександр Шевченко", "Łukasz Żółć"])
def test_a_name_beyond_the_handwriting_is_drawn_by_the_text_face(renderer, signature_page, name):
    """A character that no face has would be glyph 0, which no embedded font may be asked for."""
    pdf = renderer.pdf(*signature_page(name=name, written_name=name))
    (text,) = pages(pdf)
    assert text.count(name) == 2
    assert "?" not in text
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        shown = re.findall(rb"<([0-9a-fA-F]+)>", page.get_contents().get_data())
        glyphs = [each[at : at + 4] for each in shown for at in range(0, len(each), 4)]
        assert glyphs
        assert b"0000" not in glyphs


def test_a_browser_that_did_not_name_itself_leaves_no_empty_row(signature_page):
    assert "Browser" in signature_page()[0]
    assert "Browser" not in signature_page(user_agent="")[0]


@pytest.mark.parametrize("database", ["sqlite"])  # words do not depend on it
@pytest.mark.parametrize(("language", "heading"), [("fr", "Devis D-2026-0042"), ("en", "Quote D-2026-0042")])
def test_a_quote_without_a_title_is_headed_by_its_number(app, quote, language, heading):
    html, _files = quote(language=language, title={"fr": "", "en": ""})
    assert f"<h1>{heading}</h1>" in html


@pytest.mark.parametrize("database", ["sqlite"])  # words do not depend on it
@pytest.mark.parametrize(
    ("language", "heading"), [("fr", "Facture F-2026-0007"), ("en", "Invoice F-2026-0007")]
)
def test_an_invoice_without_a_title_is_headed_by_its_number(app, invoice, language, heading):
    html, _files = invoice(language=language, title={"fr": "", "en": ""})
    assert f"<h1>{heading}</h1>" in html


def test_a_signed_copy_begins_with_the_very_bytes_of_the_quote(renderer, quote, signature_page):
    body, page = renderer.pdf(*quote()), renderer.pdf(*signature_page())
    signed = append_page(body, page)
    assert signed[: len(body)] == body
    texts = pages(signed)
    assert texts[: len(pages(body))] == pages(body)
    assert "Accepted and signed online" in texts[-1]


def test_the_tags_of_the_signature_page_hang_under_the_quote(renderer, quote, signature_page):
    signed = append_page(renderer.pdf(*quote()), renderer.pdf(*signature_page()))
    document = pypdf.PdfReader(io.BytesIO(signed))
    structure = document.trailer["/Root"]["/StructTreeRoot"]
    keys = structure["/ParentTree"]["/Nums"][::2]
    assert len(keys) == len(set(keys))
    assert {page["/StructParents"] for page in document.pages} <= set(keys)
    root = structure["/K"][0]
    assert all(element["/P"].get_object()["/S"] == root["/S"] for element in root["/K"])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_every_document_is_sound(renderer, quote, invoice, signature_page, tmp_path):
    body = renderer.pdf(*quote(40))
    for pdf in (body, renderer.pdf(*invoice()), append_page(body, renderer.pdf(*signature_page()))):
        path = tmp_path / "document.pdf"
        path.write_bytes(pdf)
        subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)


def test_what_is_not_ours_cannot_be_appended():
    with pytest.raises(NotAppendable):
        append_page(b"%PDF-1.7 nothing", b"%PDF-1.7 nothing")


def test_the_signature_page_has_no_text_of_law_but_what_was_agreed_to(signature_page):
    html, _files = signature_page(texts=[])
    assert "The quote precedes this page unchanged, byte for byte." in html
    for law in ("eIDAS", "910/2014", "Regulation"):
        assert law not in html
