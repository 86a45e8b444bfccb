"""``flask seller``: who sells, from the command line."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup
from flask_babel import force_locale
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from backoffice import typed
from backoffice.errors import Refusal
from backoffice.seller.setting_up import SellerIncomplete, set_seller

HIGHEST_CAPITAL = Decimal(10**12)

seller_group = AppGroup("seller", help="The company that sells.")

Check = Callable[[click.Context, click.Parameter, str | None], Any]


def line(most: int) -> Check:
    """A text that papers can show, of at most so many characters."""
    return checked(lambda text: typed.line_of(text, most=most))


def checked(reading: Callable[[str], Any]) -> Check:
    """``reading`` of what was typed; what it refuses is told with the name of the option."""

    def check(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
        if not text:
            return text
        try:
            with force_locale("en"):
                return reading(text)
        except (EmailNotValidError, ValidationError) as error:
            raise click.BadParameter(str(error)) from None
        except Refusal as refusal:
            with force_locale("en"):
                raise click.BadParameter(refusal.sentence()) from None

    return check


def read_email(text: str) -> str:
    return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized


def read_capital(text: str) -> Decimal:
    return typed.number(text, places=2, most=HIGHEST_CAPITAL, language="en")


@seller_group.command("set")
@click.option("--name", callback=line(120), help="As registered.")
@click.option("--siren", callback=line(20))
@click.option("--street", callback=line(200))
@click.option("--postcode", callback=line(20))
@click.option("--city", callback=line(100))
@click.option("--vat-number", callback=line(25), help="Needed to issue invoices with VAT.")
@click.option("--email", callback=checked(read_email))
@click.option("--phone", callback=line(40))
@click.option("--iban", callback=checked(iban.validate), help="Invoices ask to be paid there.")
@click.option("--bic", callback=checked(bic.validate))
@click.option("--legal-form", callback=line(80), help="Such as SARL.")
@click.option("--rcs", callback=line(80), help="Such as RCS Rennes.")
@click.option("--capital", callback=checked(read_capital), help="In euros.")
def set_command(**given: Any) -> None:
    """Name the company that sells, or change what is given; an empty value removes what papers can do without.

    The first time, name, SIREN, street, postcode and city are needed; a pipeline is made, too.
    """
    facts = {name: value for name, value in given.items() if value is not None}
    if "capital" in facts:
        facts["capital"] = facts["capital"] or None
    try:
        seller = set_seller(facts)
    except SellerIncomplete as incomplete:
        options = ", ".join(f"--{name}" for name in incomplete.missing)
        raise click.UsageError(f"The company that sells needs {options}.") from None
    except Refusal as refusal:
        with force_locale("en"):
            raise click.ClickException(refusal.sentence()) from None
    place = f"{seller.address.postcode} {seller.address.city}"
    click.echo(f"{seller.name}, SIREN {seller.siren}, {place} sells here.")
