"""Papers as the program would make them: real templates, real renderer, contents like those that are frozen."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from jinja2 import StrictUndefined

from backoffice import language
from backoffice.documents.appearance import Appearance
from backoffice.documents.invoice import invoice_html
from backoffice.documents.quote import quote_html
from backoffice.documents.rendering import Renderer
from backoffice.documents.signature_page import signature_page_html
from backoffice.signatures.models import Signature, SignatureText, Way

PROJECT = Path(__file__).resolve().parents[3]

SELLER: dict[str, Any] = {
    "name": "Atelier Duval",
    "legal_form": "SARL",
    "capital": 2_000_000,
    "siren": "813420650",
    "rcs": "RCS Rennes",
    "vat_number": "FR79813420650",
    "street": "4 quai de la Prévalaye",
    "postcode": "35000",
    "city": "Rennes",
    "country": "FR",
    "phone": "02 61 91 24 07",
    "email": "bonjour@atelier-duval.example",
    "website": "atelier-duval.example",
    "tagline": {"fr": "Menuiserie & agencement, Rennes", "en": "Joinery & fitting out, Rennes"},
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
    "vat_regime": "standard",
    "insurance": {
        "fr": "Assurance décennale : Mutuelle des Artisans, contrat n° 4471, France métropolitaine.",
        "en": "Ten-year liability insurance: Mutuelle des Artisans, policy no. 4471, mainland France.",
    },
    "mediator": {
        "fr": "CM2C, 49 rue de Ponthieu, 75008 Paris, cm2c.net",
        "en": "CM2C, 49 rue de Ponthieu, 75008 Paris, cm2c.net",
    },
}
CONSUMER: dict[str, Any] = {
    "kind": "person",
    "standing": "consumer",
    "name": "Mme Claire Moreau",
    "siren": "",
    "vat_number": "",
    "contact": {"name": "Mme Claire Moreau", "function": "", "email": "claire@example.net"},
    "billing": {"street": "12 rue des Lices", "postcode": "35000", "city": "Rennes", "country": "FR"},
    "delivery": None,
}
PROFESSIONAL: dict[str, Any] = {
    "kind": "company",
    "standing": "professional",
    "name": "Société Durand & Fils",
    "siren": "404833048",
    "vat_number": "FR83404833048",
    "contact": {"name": "Élise Durand", "function": "Directrice", "email": "elise@example.net"},
    "billing": {"street": "4 avenue de la Gare", "postcode": "38000", "city": "Grenoble", "country": "FR"},
    "delivery": {
        "street": "17 chemin des Forges",
        "postcode": "38400",
        "city": "Saint-Martin-d’Hères",
        "country": "FR",
    },
}
LATE = "En cas de retard de paiement, des pénalités sont exigibles le jour suivant la date d’échéance, sans qu’un rappel soit nécessaire, au taux d’intérêt appliqué par la Banque centrale européenne à son opération de refinancement la plus récente majoré de 10 points de pourcentage (art. L. 441-10 du Code de commerce)."
INDEMNITY = "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 € (art. L. 441-10 et D. 441-5 du Code de commerce)."
DISCOUNT = "Pas d’escompte pour paiement anticipé."
WITHDRAWAL = "Droit de rétractation. Vous avez le droit de vous rétracter du présent contrat sans donner de motif dans un délai de quatorze jours. Le délai de rétractation expire quatorze jours après le jour de la conclusion du contrat. Pour exercer le droit de rétractation, vous devez nous notifier votre décision au moyen d’une déclaration dénuée d’ambiguïté, par exemple une lettre envoyée par la poste ou un courrier électronique."
WORK = [
    ("Bibliothèque en chêne massif", "Solid oak bookcase", "Six travées, tablettes réglables. Hauteur 2,60 m, fabriquée et posée.", "C62", 10_000, 4_280_000_000, 1000),
    ("Parquet contrecollé chêne, pose comprise", "Engineered oak floor, laid", "Pose collée sur chape existante, plinthes assorties.", "MTK", 320_000, 78_500_000, 1000),
    ("Huile naturelle, deux couches", "Natural oil, two coats", "", "MTK", 320_000, 6_250_000, 1000),
    ("Lampes de lecture LED à pincer", "Clip-on LED reading lamps", "Fourniture seule, 2700 K, avec variateur.", "C62", 60_000, 46_000_000, 2000),
    ("Échelle de bibliothèque", "Library ladder", "Fourniture seule, chêne assorti.", "C62", 10_000, 640_000_000, 2000),
]  # fmt: skip


def line(
    name: str, english: str, description: str, unit: str, quantity: int, price: int, rate: int
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        "kind": "item",
        "name": {"fr": name, "en": english},
        "description": {"fr": description, "en": ""},
        "nature": "service" if rate == 1000 else "goods",
        "unit": unit,
        "quantity": quantity,
        "unit_price": price,
        "discount": 0,
        "vat": {"category": "S", "rate": rate},
        "net": round(quantity * price / 10**8),
    }


def section(name: str, english: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        "kind": "section",
        "name": {"fr": name, "en": english},
    }


def totals(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Hundredths; the rates of these papers divide without a remainder that matters here."""
    bases: dict[int, int] = {}
    for each in lines:
        if each["kind"] == "item":
            bases[each["vat"]["rate"]] = bases.get(each["vat"]["rate"], 0) + each["net"]
    taxes = [
        {"category": "S", "rate": rate, "base": base, "tax": (base * rate + 5000) // 10_000}
        for rate, base in sorted(bases.items())
    ]
    net, vat = sum(bases.values()), sum(tax["tax"] for tax in taxes)
    return {"lines": net, "allowance": 0, "net": net, "vat": vat, "gross": net + vat, "taxes": taxes}


def content(count: int = 10, *, consumer: bool = True, **changed: Any) -> dict[str, Any]:
    """A frozen quote of ``count`` priced lines, in sections of five."""
    lines: list[dict[str, Any]] = []
    for number in range(count):
        if number % 5 == 0:
            lines.append(section(f"Pièce {number // 5 + 1}", f"Room {number // 5 + 1}"))
        lines.append(line(*WORK[number % len(WORK)]))
    texts = [WITHDRAWAL] if consumer else [LATE, INDEMNITY, DISCOUNT]
    return {
        "schema": 1,
        "kind": "quote",
        "number": "D-2026-0042",
        "version": 2,
        "language": "fr",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "issued_on": "2026-11-19",
        "valid_until": "2026-12-20",
        "closes_at": "2026-12-20T23:00:00Z",
        "title": {
            "fr": "Bibliothèque sur mesure et parquet, rue des Lices",
            "en": "Made-to-measure bookcase and floor, rue des Lices",
        },
        "introduction": {
            "fr": "Bonjour Madame Moreau,\ncomme convenu lors de ma visite du 14 novembre, voici notre proposition.",
            "en": "Dear Mrs Moreau,\nas agreed when I visited on 14 November, here is our proposal.",
        },
        "seller": SELLER,
        "client": CONSUMER if consumer else PROFESSIONAL,
        "rep": {"name": "Julien Duval", "email": "julien@atelier-duval.example", "phone": "02 61 91 24 07"},
        "lines": lines,
        "discount": 0,
        "totals": totals(lines),
        "payment_days": 30,
        "texts": [
            {"code": f"text_{at}", "version": 1, "sha256": "0" * 64, "text": {"fr": text, "en": ""}}
            for at, text in enumerate(texts)
        ],
        **changed,
    }


def invoice_content(*, consumer: bool = False, **changed: Any) -> dict[str, Any]:
    return content(
        5,
        consumer=consumer,
        kind="invoice",
        number="F-2026-0007",
        version=1,
        due_on="2026-12-20",
        supplied_on="2026-11-18",
        order_number="C-2026-0012",
        quote_number="D-2026-0042",
        operation_category="both",
        introduction={"fr": "", "en": ""},
        **changed,
    )


def signature(**changed: Any) -> Signature:
    facts = {
        "signed_at": datetime(2026, 11, 20, 13, 32, 7, tzinfo=UTC),
        "name": "Élise Durand",
        "email": "elise@example.net",
        "function": "Directrice",
        "company": "Société Durand & Fils",
        "mention": "Bon pour accord",
        "written_name": "Élise Durand",
        "way": Way.TYPED,
        "totals": json.dumps(content(10, consumer=False)["totals"]).encode(),
        "selection": json.dumps(
            [line["id"] for line in content(10, consumer=False)["lines"] if line["kind"] == "item"]
        ).encode(),
        "content_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "combined_digest": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        "address": "2001:db8:85a3::8a2e:370:7334",
        "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Safari/604.1",
        "texts": [
            SignatureText(
                text="J’ai pris connaissance du devis n° D-2026-0042 (version 2) du 19 novembre 2026, d’un montant de 17 580,80 € TTC, et de ses annexes. J’en accepte les termes. Je consens à signer ce document par voie électronique selon le procédé décrit ci-dessous ; cette signature manifeste mon consentement et m’engage (art. 1366 et 1367 du Code civil)."
            ),
            SignatureText(
                text="Je déclare agir au nom de Société Durand & Fils, SIREN 404 833 048, et être habilité(e) à l’engager."
            ),
        ],
    }
    return Signature(**{**facts, **changed})


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    with Renderer() as shared:
        yield shared


@pytest.fixture(scope="session")
def render() -> Callable[[str], Callable[[str, dict[str, Any]], str]]:
    """A renderer of templates for a language, with the program's own filters."""
    app = Flask("documents", root_path=str(PROJECT), template_folder="templates")
    app.config["TRANSLATIONS"] = PROJECT / "backoffice" / "translations"
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    language.init_app(app)

    def speaking(tongue: str) -> Callable[[str, dict[str, Any]], str]:
        def rendered(template: str, context: dict[str, Any]) -> str:
            with app.app_context(), force_locale(tongue):
                return render_template(template, **context)

        return rendered

    return speaking


@pytest.fixture(scope="session")
def papers() -> Any:
    """The contents above, for tests that change them."""
    return SimpleNamespace(content=content, invoice=invoice_content, signature=signature, line=line)


@pytest.fixture(scope="session")
def quote(render) -> Callable[..., tuple[str, dict[str, bytes]]]:
    """HTML and files of a quote; ``language``, ``appearance`` and whatever of ``content`` is to differ."""

    def made(
        count: int = 10, *, language: str = "en", appearance: Appearance | None = None, **changed: Any
    ) -> tuple[str, dict[str, bytes]]:
        page = quote_html(
            content(count, **changed),
            language,
            render=render(language),
            appearance=appearance or Appearance(),
        )
        return page.html, page.files

    return made


@pytest.fixture(scope="session")
def invoice(render) -> Callable[..., tuple[str, dict[str, bytes]]]:
    def made(*, language: str = "en", **changed: Any) -> tuple[str, dict[str, bytes]]:
        page = invoice_html(
            invoice_content(**changed), language, render=render(language), appearance=Appearance()
        )
        return page.html, page.files

    return made


@pytest.fixture(scope="session")
def signature_page(render) -> Callable[..., tuple[str, dict[str, bytes]]]:
    def made(*, language: str = "en", **changed: Any) -> tuple[str, dict[str, bytes]]:
        signed = content(10, consumer=False)
        page = signature_page_html(
            signature(**changed), signed, language, render=render(language), appearance=Appearance()
        )
        return page.html, page.files

    return made
