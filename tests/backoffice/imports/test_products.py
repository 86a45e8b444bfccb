"""Products in and out of a table: tried first, imported as tried, and nothing changes when it comes twice."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.carrying import carry_out
from backoffice.catalogue.models import BundleAs, Nature, Product, ProductPart, Unit
from backoffice.catalogue.queries import product_of
from backoffice.db import Bilingual, db
from backoffice.families.models import ProductFamily
from backoffice.jobs.models import Job, JobFinding, JobState
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_bundle,
    a_family,
    a_member,
    a_picture,
    a_product,
    a_seller,
    a_trial,
    everything,
    handed_over,
    stored_job,
)
from tests.reader import Page

TABLES = ["products", "product_parts", "product_families", "product_images"]
TABLE = (
    "Référence;Désignation;Nom (anglais);Unité;Prix HT;Prix d'achat;TVA;Fournisseur\r\n"
    "CHENE-40;Plateau de chêne;Oak top;m²;1 234,50;600;20 %;Bois & Cie\r\n"
    'POSE-H;"Pose,\r\nsur site";;h;54;;10;\r\n'
)


@pytest.fixture
def manager(app: Flask, signed_in):
    a_seller()
    return signed_in(a_member(Role.MANAGER))


def uploaded(reader, data: bytes, name: str = "tarif.csv") -> int:
    """The job that tries it, done."""
    form = reader.page("/catalogue/import").form("/catalogue/import")
    answer = reader.post("/catalogue/import", **handed_over(form["fields"], data, name))
    assert answer.status_code == 303, Page(answer.text).text
    return done(answer.location)


def done(address: str) -> int:
    job = int(address.rstrip("/").rpartition("/")[2])
    carry_out(job, clock.now())
    return job


def confirmed(reader, trial: int) -> Job:
    return stored_job(done(reader.submit(f"/imports/{trial}", {}, "confirm").location))


def counts(job: int) -> dict[str, int]:
    return stored_job(job).facts["counts"]


def stored() -> dict[str, Product]:
    db.session.rollback()
    db.session.expunge_all()
    return {product.sku: product for product in db.session.scalars(sa.select(Product).order_by(Product.sku))}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_tried_seen_and_imported(manager, encoding):
    a_product("POSE-H", "Pose sur site", vat="20")
    before = everything(["products"])
    trial = uploaded(manager, TABLE.encode(encoding))
    assert everything(["products"]) == before
    assert counts(trial) == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}
    assert manager.get(f"/jobs/{trial}").location == f"/imports/{trial}"
    page = manager.page(f"/imports/{trial}")
    assert "Plateau de chêne" in page.text
    job = confirmed(manager, trial)
    assert (job.state, job.facts["counts"]) == (
        JobState.DONE,
        {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0},
    )
    product = stored()["CHENE-40"]
    assert (product.name, product.unit, product.unit_price, product.cost, product.vat_rate) == (
        Bilingual("Plateau de chêne", "Oak top"),
        Unit.SQUARE_METRE,
        Decimal("1234.5"),
        Decimal(600),
        Decimal(20),
    )
    changed = stored()["POSE-H"]
    assert (changed.name.fr, changed.vat_rate, changed.cost, changed.nature) == (
        "Pose, sur site",
        Decimal(10),
        None,
        Nature.SERVICE,  # the table says nothing of it
    )
    assert "CHENE-40" in manager.get("/catalogue/search?q=oak").text


def test_the_same_table_twice_changes_nothing(manager):
    confirmed(manager, uploaded(manager, TABLE.encode()))
    before = everything(["products"])
    trial = uploaded(manager, TABLE.encode())
    assert counts(trial) == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}
    assert everything(["products"]) == before


def test_what_is_exported_and_imported_again_changes_nothing(manager):
    family = a_family("Chêne", a_family("Parquets"))
    with_picture = a_product("POSE-H", "Pose sur site")
    a_picture(with_picture)
    others = a_product("=2+2", "+33, « l’arobase @ »", price="0.123456", vat="5.5")
    confirmed(manager, uploaded(manager, TABLE.encode()))
    a_bundle({with_picture: "2", others: "1.5"}, "A;LOT × 2", BundleAs.EXPANDED)
    a_bundle({with_picture: "1"}, "LOT-2")
    with unit_of_work() as session:
        session.scalars(sa.select(Product).where(Product.sku == "POSE-H")).one().archive(at=clock.now())
        other = session.scalars(sa.select(Product).where(Product.sku == "CHENE-40")).one()
        other.description = Bilingual('Deux\nlignes; et « un » "mot"', "-10 %")
        other.vat_rate = Decimal("19.6")  # no longer in force, and no business of an import
        other.family_id = family
    before = everything(TABLES)
    for language in ("fr", "en"):
        with unit_of_work() as session:
            session.execute(sa.text(f"UPDATE staff_members SET language = '{language}'"))  # noqa: S608
        answer = manager.get("/catalogue/products.csv")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert b"\r\n=" not in answer.data
        trial = uploaded(manager, answer.data, "export.csv")
        assert counts(trial) == {"new": 0, "changed": 0, "unchanged": 5, "wrong": 0}, stored_job(trial).facts
        confirmed_again = manager.page(f"/imports/{trial}")
        assert not [form for form in confirmed_again.forms if "confirm" in form["action"]]
    assert everything(TABLES) == before


def test_what_is_exported_fills_an_empty_catalogue_bundles_and_families_included(manager):
    part, other = a_product("VIS", "Vis"), a_product("LAME", "Lame")
    bundle = a_bundle({part: "12", other: "0.5"}, "A-LOT", BundleAs.EXPANDED)
    family = a_family("Chêne", a_family("Parquets"))
    with unit_of_work() as session:
        session.get_one(Product, bundle).family_id = family
        session.get_one(Product, other).archive(at=clock.now())
    exported = manager.get("/catalogue/products.csv").data
    with db.engine.begin() as connection:
        connection.execute(sa.delete(ProductPart))
        connection.execute(sa.delete(Product))
        connection.execute(sa.delete(ProductFamily).where(ProductFamily.parent_id.is_not(None)))
        connection.execute(sa.delete(ProductFamily))
    trial = uploaded(manager, exported)
    assert counts(trial) == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 1}
    assert (
        "Il n’existe pas" in manager.page(f"/imports/{trial}").text
        or "There is no family" in manager.page(f"/imports/{trial}").text
    )
    again = done(manager.submit(f"/imports/{trial}", {"makes_missing": "y"}, "columns").location)
    assert counts(again) == {"new": 3, "changed": 0, "unchanged": 0, "wrong": 0}
    assert everything(["products", "product_families"]) == {"products": [], "product_families": []}
    assert confirmed(manager, again).facts["counts"]["new"] == 3
    assert manager.get("/catalogue/products.csv").data == exported


def told(trial: int) -> str:
    db.session.rollback()
    found = db.session.scalars(sa.select(JobFinding.facts).where(JobFinding.job_id == trial))
    return str([facts["faults"] for facts in found])


@pytest.mark.parametrize(
    ("heading", "cell", "said"),
    [
        ("Famille", "Inconnue", "There is no family “Inconnue”"),
        ("Famille", "Sols > Chêne", "The family “Chêne” is not within “Sols”"),
        ("Famille", "A > B > C", "Families have two levels at most"),
        ("Parts", "POSE-H × 2", "Say how these parts are shown"),
        ("Parts", "NONE × 2", "There is no product NONE"),
        ("Parts", "POSE-H × 0", "The quantity of POSE-H must be above 0"),
        ("Parts", "× 2", "is no list of parts"),
        ("Bundle", "one line", "Name at least one part"),
        ("Bundle", "perhaps", "Write “one line”"),
        ("Image", "0" * 64, "No picture with this SHA-256"),
    ],
)
def test_what_a_row_cannot_mean_is_said_of_its_cell(manager, heading, cell, said):
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE staff_members SET language = 'en'"))
    a_family("Chêne", a_family("Parquets"))
    a_family("Sols")
    a_product("POSE-H")
    trial = uploaded(manager, f"Référence;Nom;Prix;{heading}\nA-1;Planche;10;{cell}\n".encode())
    assert counts(trial)["wrong"] == 1
    assert said in told(trial)


def test_a_family_that_is_missing_is_made_once_when_that_is_wished(manager):
    table = "Référence;Nom;Prix;Famille\nA-1;B;1;Sols\nA-2;C;1;Sols > Chêne\nA-3;D;1;chene\nA-4;D;1;\n"
    trial = uploaded(manager, table.encode())
    assert counts(trial)["wrong"] == 3
    again = done(manager.submit(f"/imports/{trial}", {"makes_missing": "y"}, "columns").location)
    confirmed(manager, again)
    db.session.rollback()
    families = {each.name.fr: each for each in db.session.scalars(sa.select(ProductFamily))}
    assert set(families) == {"Sols", "Chêne"}
    floors, oak = families["Sols"].id, families["Chêne"].id
    assert families["Chêne"].parent_id == floors
    assert [product.family_id for product in stored().values()] == [floors, oak, oak, None]


def test_a_family_that_is_named_before_a_mark_and_nothing_is_meant_itself(manager):
    floors, other = a_family("Sols"), a_family("Chêne")
    with unit_of_work() as session:
        family = session.get_one(ProductFamily, other)
        family.name, family.parent_id = Bilingual("Chêne", ""), floors
    confirmed(manager, uploaded(manager, "Référence;Nom;Prix;Famille\nA-1;B;1;Sols >\n".encode()))
    assert [product.family_id for product in stored().values()] == [floors]


def test_a_bundle_may_stand_after_its_parts_in_the_same_table(manager):
    table = "Référence;Nom;Prix;Bundle;Parts\nA-1;Vis;1;;\nA-2;Lot;9;one line;A-1 × 4\n"
    confirmed(manager, uploaded(manager, table.encode()))
    bundle = product_of(db.session(), stored()["A-2"].id)
    assert [(part.part.sku, part.quantity) for part in bundle.parts] == [("A-1", Decimal(4))]
    trial = uploaded(manager, table.encode())
    assert counts(trial)["unchanged"] == 2


def test_wrong_rows_are_told_one_by_one_and_come_back_to_be_corrected(manager):
    table = (
        "Référence;Nom;Prix;TVA;Unité\n"
        "A-1;Bon;10;20;h\n"
        ";Sans référence;10;20;h\n"
        "A-2;Cher;beaucoup;20;parsec\n"
        "A-3;Vieux taux;10;19,6;h\n"
        "A-1;Encore;10;20;h\n"
        "A-4;;10;20;h\n"
        "A-5;Trop;10;20;h;de;cellules\n"
        "A-6;Caché\u200f;10;20;h\n"
    )
    trial = uploaded(manager, table.encode())
    assert counts(trial) == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 7}
    page = manager.page(f"/imports/{trial}").text
    for said in (
        "Donnez une référence à cette ligne",
        "parsec",
        "déjà à la ligne 2",
        "2,1 %",
        "caractère invisible",
    ):
        assert said in page, said
    answer = manager.get(f"/jobs/{trial}/result")
    rows = answer.data.decode("utf-8-sig").splitlines()
    answer.close()
    assert rows[0] == "Référence;Nom;Prix;TVA;Unité;Motif"
    assert len(rows) == 8
    assert rows[2].startswith("A-2;Cher;beaucoup;20;parsec;")
    assert "[Prix]" in rows[2]
    assert "[Unité]" in rows[2]
    job = confirmed(manager, trial)
    assert list(stored()) == ["A-1"]
    assert job.result_sha256 is not None
    corrected = rows[0] + "\n" + "A-2;Cher;12,5;20;h;" + rows[2].rpartition(";")[2]
    assert counts(uploaded(manager, corrected.encode())) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "wrong": 0,
    }


def test_columns_can_be_chosen_by_hand(manager):
    good = uploaded(manager, b"X1;X2;X3\nA-1;Planche;1250.5\n")
    assert "counts" not in stored_job(good).facts
    page = manager.page(f"/imports/{good}")
    assert "Aucune colonne n’a été reconnue" in page.text
    assert "Par exemple : Planche" in page.text
    assert manager.submit(f"/imports/{good}", {"columns-1": "name_fr"}, "columns").status_code == 422
    fields = {"columns-0": "sku", "columns-1": "name_fr", "columns-2": "unit_price", "numbers": "en"}
    answer = manager.submit(f"/imports/{good}", fields, "columns")
    again = done(answer.location)
    assert counts(again) == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 0}
    confirmed(manager, again)
    assert stored()["A-1"].unit_price == Decimal("1250.5")


def test_two_columns_cannot_be_one_field(manager):
    trial = uploaded(manager, b"Ref;Nom;X\nA-1;Planche;y\n")
    answer = manager.submit(f"/imports/{trial}", {"columns-2": "name_fr"}, "columns")
    assert answer.status_code == 422
    assert "Deux colonnes" in answer.text


@pytest.mark.parametrize(
    ("table", "price"),
    [
        ('Ref,Name,Price\nA,B,"1,234.50"\n', "1234.5"),
        ("Ref;Nom;Prix\nA;B;54.000\n", "54"),
        ("Ref;Nom;Prix\nA;B;1 234,5 €\n", "1234.5"),
    ],
)
def test_figures_are_read_in_the_notation_of_the_table(manager, table, price):
    confirmed(manager, uploaded(manager, table.encode()))
    assert stored()["A"].unit_price == Decimal(price)


def test_cells_can_be_pasted(manager):
    fields = {"pasted": "Référence\tNom\tPrix\nA-1\tPlanche\t12,5"}
    trial = done(manager.submit("/catalogue/import", fields, "/catalogue/import").location)
    assert counts(trial)["new"] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "vide"),
        (b"Ref;Nom\n", "aucune ligne"),
        (b"%PDF-1.7\n%%EOF", "ne peut pas"),
        (b"\x00\x01\x02\x03" * 100, "ne peut pas"),
        (b"x" * 10_000_001, "10"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(manager, data, said):
    form = manager.page("/catalogue/import").form("/catalogue/import")
    answer = manager.post("/catalogue/import", **handed_over(form["fields"], data, "x.csv"))
    assert answer.status_code == 422
    assert said in Page(answer.text).text


def test_nothing_handed_over_is_asked_for(manager):
    answer = manager.submit("/catalogue/import", {}, "/catalogue/import")
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.text


def test_an_import_confirmed_twice_is_one_import(manager):
    trial = uploaded(manager, TABLE.encode())
    form = manager.page(f"/imports/{trial}").form("confirm")
    places = {manager.post(form["action"], data=form["fields"]).location for _ in range(2)}
    assert len(places) == 1


def test_what_is_imported_is_what_was_tried(manager):
    """The bytes are named by their SHA-256; the job of the import names the same."""
    trial = uploaded(manager, TABLE.encode())
    job = confirmed(manager, trial)
    assert job.input_sha256 == stored_job(trial).input_sha256
    assert job.facts["sheet"] == stored_job(trial).facts["sheet"]


def test_somebody_elses_try_does_not_exist(manager):
    other = a_trial(a_member(Role.ADMIN))
    assert manager.get(f"/imports/{other}").status_code == 404
    mine = uploaded(manager, TABLE.encode())
    form = manager.page(f"/imports/{mine}").form("confirm")
    assert manager.post(f"/imports/{other}/confirm", data=form["fields"]).status_code == 404
    assert list(stored()) == []


class Killed(BaseException):
    pass


def test_an_import_that_is_killed_goes_on_where_it_was(app: Flask, manager):
    rows = "".join(f"P-{number:04};Produit {number};{number}\n" for number in range(700))
    trial = uploaded(manager, f"Référence;Nom;Prix\n{rows}".encode())
    job = int(manager.submit(f"/imports/{trial}", {}, "confirm").location.rpartition("/")[2])
    steps = 0

    def stopping() -> bool:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise Killed
        return False

    with pytest.raises(Killed):
        carry_out(job, clock.now(), stopping)
    assert (stored_job(job).done, len(stored())) == (400, 400)
    with unit_of_work() as session:
        session.get_one(Job, job).available_at = clock.now()
    carry_out(job, clock.now())
    assert stored_job(job).facts["counts"] == {"new": 700, "changed": 0, "unchanged": 0, "wrong": 0}
    assert len(stored()) == 700
