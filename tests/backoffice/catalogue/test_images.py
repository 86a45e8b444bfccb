"""Pictures of products: small, upright, without what the camera wrote, kept as long as papers name them."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from backoffice.catalogue.images import SIDE, fitted, image_bytes
from backoffice.catalogue.models import Product, ProductImage
from backoffice.db import db
from backoffice.errors import NotFound
from backoffice.opportunities.bundles import add_from_catalogue
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests import files
from tests.factories import a_member, a_picture, a_product, a_seller, an_opportunity, handed_over, stored_deal
from tests.reader import Page


@pytest.fixture
def reader(app: Flask, signed_in):
    a_seller()
    return signed_in(a_member(language="en"))


def handed(reader, product: int, data: bytes, name: str = "photo.jpg"):
    form = reader.page(f"/catalogue/{product}").form("/image")
    given = handed_over(form["fields"], data, name)
    given["data"] = given["data"].replace(b'name="file"', b'name="image"')
    return reader.post(form["action"], **given)


def shown(product: int) -> str | None:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(Product, product).image_sha256


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def exif(orientation: int = 1) -> Image.Exif:
    said = Image.Exif()
    said[0x0112], said[0x010F], said[0x8825] = orientation, "Nikon", {1: "N", 2: (48.0, 7.0, 0.0)}
    return said


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_small_and_keeps_its_shape(form):
    data, media_type = fitted(files.photograph(3000, 1500, form))
    assert media_type == "image/jpeg"
    assert opened(data).size == (SIDE, SIDE // 2)


def test_a_small_picture_is_not_made_larger():
    assert opened(fitted(files.photograph(40, 20))[0]).size == (40, 20)


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken():
    data, _type = fitted(files.photograph(40, 20, exif=exif(orientation=6), comment=b"chez Mme Moreau"))
    picture = opened(data)
    assert picture.size == (20, 40)
    red, _green, blue = picture.convert("RGB").getpixel((10, 2))
    assert red > blue  # what was on the left is at the top
    assert not picture.getexif()
    assert b"Nikon" not in data
    assert b"Moreau" not in data


def test_what_is_transparent_stays_so():
    written = io.BytesIO()
    Image.new("RGBA", (30, 30), (255, 0, 0, 0)).save(written, "PNG")
    data, media_type = fitted(written.getvalue())
    assert media_type == "image/png"
    assert opened(data).getpixel((1, 1))[3] == 0


def test_the_same_picture_is_always_the_same_bytes():
    assert fitted(files.photograph(1200, 700)) == fitted(files.photograph(1200, 700))


def test_a_picture_is_added_served_to_staff_replaced_and_removed(app: Flask, client, signed_in, reader):
    product = a_product()
    assert handed(reader, product, files.photograph()).status_code == 303
    first = shown(product)
    answer = reader.get(f"/catalogue/images/{first}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for page in (reader.page(f"/catalogue/{product}").text, reader.get("/catalogue?q=pose").text):
        assert page
    assert f"/catalogue/images/{first}" in reader.get("/catalogue").text
    assert f"/catalogue/images/{first}" in reader.get("/catalogue/search?q=pose").text
    assert handed(reader, product, files.photograph(60, 60)).status_code == 303
    second = shown(product)
    assert second not in {None, first}
    assert reader.get(f"/catalogue/images/{first}").status_code == 200  # a quote may name it
    assert reader.submit(f"/catalogue/{product}", {}, "/image/remove").status_code == 303
    assert shown(product) is None
    assert client.get(f"/catalogue/images/{first}").status_code == 303  # to the sign-in
    assert signed_in(a_member(Role.ACCOUNTANT)).get(f"/catalogue/images/{first}").status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (files.PDF, "plan.pdf", "cannot be taken"),
        (b"", "photo.jpg", "is empty"),
        (files.JPEG, "photo.jpg", "cannot be read"),
        (b"x" * 10_000_001, "photo.jpg", "is larger than"),
    ],
    ids=["a document", "nothing", "broken", "too heavy"],
)
def test_what_is_no_picture_is_refused_beside_its_field(reader, data, name, said):
    product = a_product()
    answer = handed(reader, product, data, name)
    assert answer.status_code == 422
    assert said in Page(answer.text).text
    assert shown(product) is None


def test_a_small_file_that_unpacks_to_far_too_much_is_refused(reader):
    written = io.BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")
    product = a_product()
    answer = handed(reader, product, written.getvalue(), "bombe.png")
    assert answer.status_code == 422
    assert "too many points" in Page(answer.text).text


@pytest.mark.parametrize("act", ["image/remove", "archive"])
def test_a_button_of_a_page_that_was_open_for_too_long_says_so(reader, act):
    product = a_product()
    digest = a_picture(product)
    answer = reader.post(f"/catalogue/{product}/{act}", data={"csrf_token": "of another session"})
    assert answer.status_code == 422
    assert "This page was open for too long" in Page(answer.text).text
    assert shown(product) == digest


def test_only_pictures_of_the_catalogue_are_given_out(app: Flask, reader):
    archive = app.extensions["accord.archive"]
    letter = archive.keep(files.PDF)
    for digest in (letter, "0" * 64, "x", "..%2fsecret"):
        assert reader.get(f"/catalogue/images/{digest}").status_code == 404
    with pytest.raises(NotFound):
        image_bytes(archive, db.session(), letter)
    product = a_product()
    data, media_type = image_bytes(archive, db.session(), a_picture(product))
    assert (opened(data).format, media_type) == ("JPEG", "image/jpeg")


def test_a_line_keeps_the_picture_that_the_product_had(app: Flask):
    deal, product = an_opportunity(lines=[]), a_product()
    first = a_picture(product)
    with unit_of_work() as session:
        row = deal_to_act_on(session, deal, sa.true())
        seller = session.get_one(Seller, ONLY)
        add_from_catalogue(session, row, product, seller=seller, on=row.created_at.date())
    a_picture(product, files.photograph(70, 70))
    assert stored_deal(deal).lines[0].image_sha256 == first


def test_the_same_picture_of_two_products_is_kept_once(app: Flask):
    assert a_picture(a_product("A-1")) == a_picture(a_product("A-2"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProductImage)) == 1
