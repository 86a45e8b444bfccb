"""Legal facts that every installation starts with: VAT rates, wordings, counters.

Wordings come from the French Civil, Commercial and Consumer Codes and from CGI ann. II, 242 nonies A,
as in force in November 2026. They are dated rows: a change of law is a new row, never an edit.
"""

import hashlib
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RATES = (
    # category, rate in hundredths of a per cent, French, English
    ("S", 2000, "Taux normal", "Standard rate"),
    ("S", 1000, "Taux intermédiaire", "Intermediate rate"),
    ("S", 550, "Taux réduit", "Reduced rate"),
    ("S", 210, "Taux particulier", "Special rate"),
    ("E", 0, "Exonéré", "Exempt"),
    ("AE", 0, "Autoliquidation", "Reverse charge"),
)
RATES_FROM = date(2014, 1, 1)

WORDINGS = (
    # code, audience, place, French, English
    (
        "late_penalties", "professional", "quote",
        "En cas de retard de paiement, des pénalités sont exigibles le jour suivant la date d’échéance, sans qu’un rappel soit nécessaire, au taux d’intérêt appliqué par la Banque centrale européenne à son opération de refinancement la plus récente majoré de 10\u00a0points de pourcentage (art.\u00a0L.\u00a0441-10 du Code de commerce).",
        "Late payments bear penalties from the day after the due date, without reminder, at the ECB’s most recent refinancing rate plus 10\u00a0percentage points (art.\u00a0L441-10 of the French Commercial Code).",
    ),
    (
        "indemnity", "professional", "quote",
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement\u202f: 40\u00a0€ (art.\u00a0L.\u00a0441-10 et D.\u00a0441-5 du Code de commerce).",
        "Fixed compensation for recovery costs in case of late payment: €40 (art.\u00a0L441-10 and D441-5 of the French Commercial Code).",
    ),
    ("no_discount", "professional", "quote", "Pas d’escompte pour paiement anticipé.", "No discount for early payment."),
    (
        "withdrawal", "consumer", "quote",
        "Droit de rétractation. Vous avez le droit de vous rétracter du présent contrat sans donner de motif dans un délai de quatorze jours. Le délai de rétractation expire quatorze jours après le jour de la conclusion du contrat pour une prestation de services, et quatorze jours après le jour où vous-même, ou un tiers autre que le transporteur et désigné par vous, prend physiquement possession du bien pour une vente. Pour exercer le droit de rétractation, vous devez nous notifier ({seller_reach}) votre décision de rétractation du présent contrat au moyen d’une déclaration dénuée d’ambiguïté (par exemple, lettre envoyée par la poste ou courrier électronique). Vous pouvez utiliser le modèle de formulaire de rétractation mais ce n’est pas obligatoire. Pour que le délai de rétractation soit respecté, il suffit que vous transmettiez votre communication relative à l’exercice du droit de rétractation avant l’expiration du délai de rétractation.",
        "Right of withdrawal. You have the right to withdraw from this contract within fourteen days without giving any reason. The withdrawal period expires fourteen days after the day of the conclusion of the contract for a service, and fourteen days after the day on which you, or a third party other than the carrier and indicated by you, acquire physical possession of the goods for a sale. To exercise the right of withdrawal, you must inform us ({seller_reach}) of your decision to withdraw from this contract by an unequivocal statement (for example a letter sent by post or an e-mail). You may use the model withdrawal form, but it is not obligatory. To meet the withdrawal deadline, it is sufficient for you to send your communication concerning your exercise of the right of withdrawal before the withdrawal period has expired.",
    ),
    (
        "withdrawal_effects", "consumer", "quote",
        "Effets de la rétractation. En cas de rétractation de votre part du présent contrat, nous vous rembourserons tous les paiements reçus de vous sans retard excessif et, en tout état de cause, au plus tard quatorze jours à compter du jour où nous sommes informés de votre décision. Nous procéderons au remboursement en utilisant le même moyen de paiement que celui de la transaction initiale, sauf si vous convenez expressément d’un moyen différent\u202f; ce remboursement n’occasionnera pas de frais pour vous.",
        "Effects of withdrawal. If you withdraw from this contract, we shall reimburse to you all payments received from you without undue delay and in any event not later than fourteen days from the day on which we are informed about your decision. We will carry out such reimbursement using the same means of payment as you used for the initial transaction, unless you have expressly agreed otherwise; in any event, you will not incur any fees as a result of such reimbursement.",
    ),
    (
        "withdrawal_form", "consumer", "quote",
        "Modèle de formulaire de rétractation (à compléter et renvoyer uniquement si vous souhaitez vous rétracter du contrat). À l’attention de\u202f: {seller_reach}. Je/nous (*) vous notifie/notifions (*) par la présente ma/notre (*) rétractation du contrat portant sur la vente du bien (*)/pour la prestation de services (*) ci-dessous\u202f: … Commandé le (*)/reçu le (*)\u202f: … Nom du (des) consommateur(s)\u202f: … Adresse du (des) consommateur(s)\u202f: … Signature du (des) consommateur(s) (uniquement en cas de notification du présent formulaire sur papier)\u202f: … Date\u202f: … (*) Rayez la mention inutile.",
        "Model withdrawal form (complete and return this form only if you wish to withdraw from the contract). To {seller_reach}: I/We (*) hereby give notice that I/We (*) withdraw from my/our (*) contract of sale of the following goods (*)/for the provision of the following service (*): … Ordered on (*)/received on (*): … Name of consumer(s): … Address of consumer(s): … Signature of consumer(s) (only if this form is notified on paper): … Date: … (*) Delete as appropriate.",
    ),
    ("vat_franchise", "all", "quote", "TVA non applicable, article\u00a0293\u00a0B du code général des impôts.", "VAT not applicable, art.\u00a0293\u00a0B of the French Tax Code (small-business exemption)."),
    (
        "late_penalties_invoice", "professional", "invoice",
        "En cas de retard de paiement, des pénalités sont exigibles le jour suivant la date d’échéance, sans qu’un rappel soit nécessaire, au taux d’intérêt appliqué par la Banque centrale européenne à son opération de refinancement la plus récente majoré de 10\u00a0points de pourcentage (art.\u00a0L.\u00a0441-10 du Code de commerce).",
        "Late payments bear penalties from the day after the due date, without reminder, at the ECB’s most recent refinancing rate plus 10\u00a0percentage points (art.\u00a0L441-10 of the French Commercial Code).",
    ),
    (
        "indemnity_invoice", "professional", "invoice",
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement\u202f: 40\u00a0€ (art.\u00a0L.\u00a0441-10 et D.\u00a0441-5 du Code de commerce).",
        "Fixed compensation for recovery costs in case of late payment: €40 (art.\u00a0L441-10 and D441-5 of the French Commercial Code).",
    ),
    ("no_discount_invoice", "professional", "invoice", "Pas d’escompte pour paiement anticipé.", "No discount for early payment."),
    ("vat_franchise_invoice", "all", "invoice", "TVA non applicable, article\u00a0293\u00a0B du code général des impôts.", "VAT not applicable, art.\u00a0293\u00a0B of the French Tax Code (small-business exemption)."),
    ("vat_on_debits", "all", "invoice", "Option pour le paiement de la taxe d’après les débits.", "VAT payable on invoice issue (option)."),
    (
        "consent", "all", "ceremony",
        "J’ai pris connaissance du devis n°\u00a0{number} (version\u00a0{version}) du {date}, d’un montant de {gross} TTC, et de ses annexes. J’en accepte les termes. Je consens à signer ce document par voie électronique selon le procédé décrit ci-dessous\u202f; cette signature manifeste mon consentement et m’engage (art.\u00a01366 et\u00a01367 du Code civil).",
        "I have read quote no.\u00a0{number} (version\u00a0{version}) dated {date}, for {gross} incl. VAT, and its annexes. I accept its terms. I agree to sign this document electronically by the process described below; this signature expresses my consent and binds me (articles\u00a01366 and\u00a01367 of the French Civil Code).",
    ),
    (
        "authority", "professional", "ceremony",
        "Je déclare agir au nom de {company} et être habilité(e) à l’engager.",
        "I declare that I act on behalf of {company} and that I am authorised to bind it.",
    ),
    (
        "process", "all", "ceremony",
        "Signature électronique simple au sens du règlement (UE) n°\u00a0910/2014 (eIDAS). Nous conservons la preuve de votre accord\u202f: identité déclarée, adresse e-mail, date et heure, adresse IP, navigateur et empreinte numérique du document. Un exemplaire signé vous est remis et reste accessible pendant dix ans.",
        "Simple electronic signature within the meaning of Regulation (EU) No\u00a0910/2014 (eIDAS). We keep proof of your agreement: declared identity, e-mail address, date and time, IP address, browser and digital fingerprint of the document. You receive a signed copy, which stays available for ten years.",
    ),
    ("button", "professional", "ceremony", "Signer et accepter le devis", "Sign and accept the quote"),
    ("button_consumer", "consumer", "ceremony", "Signer et commander avec obligation de paiement", "Sign and order with obligation to pay"),
    ("mention", "all", "ceremony", "Bon pour accord", "Agreed"),
)  # fmt: skip
WORDINGS_FROM = date(2026, 1, 1)

rates = sa.table(
    "vat_rates",
    sa.column("country", sa.String), sa.column("category", sa.String), sa.column("rate", sa.BigInteger),
    sa.column("label_fr", sa.Text), sa.column("label_en", sa.Text), sa.column("valid_from", sa.Date),
)  # fmt: skip
texts = sa.table(
    "legal_texts",
    sa.column("code", sa.String), sa.column("version", sa.Integer), sa.column("audience", sa.String), sa.column("place", sa.String),
    sa.column("position", sa.Integer), sa.column("text_fr", sa.Text), sa.column("text_en", sa.Text), sa.column("sha256", sa.String),
    sa.column("valid_from", sa.Date),
)  # fmt: skip
counters = sa.table(
    "counters", sa.column("series", sa.String), sa.column("prefix", sa.String), sa.column("year", sa.Integer), sa.column("last", sa.Integer)
)


def upgrade() -> None:
    op.bulk_insert(
        rates,
        [
            {"country": "FR", "category": category, "rate": rate, "label_fr": fr, "label_en": en, "valid_from": RATES_FROM}
            for category, rate, fr, en in RATES
        ],
    )
    op.bulk_insert(
        texts,
        [
            {
                "code": code, "version": 1, "audience": audience, "place": place, "position": position, "text_fr": fr, "text_en": en,
                "sha256": hashlib.sha256(f"{fr}\n{en}".encode()).hexdigest(), "valid_from": WORDINGS_FROM,
            }
            for position, (code, audience, place, fr, en) in enumerate(WORDINGS)
        ],
    )  # fmt: skip
    # A database that was taken down a step and up again has numbers already: no series may begin anew.
    kept = set(op.get_bind().execute(sa.select(counters.c.series)).scalars())
    first = [
        {"series": series, "prefix": prefix, "year": 2026, "last": 0}
        for series, prefix in (("quote", "D"), ("order", "C"), ("invoice", "F"))
        if series not in kept
    ]
    if first:
        op.bulk_insert(counters, first)


def downgrade() -> None:
    op.execute(texts.delete())
    op.execute(rates.delete())
