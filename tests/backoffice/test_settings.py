import stat

import pytest

from backoffice.settings import Settings, SettingsError

GOOD = {
    "ACCORD_ENV": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "https://devis.example.com",
}


@pytest.fixture
def read(tmp_path):
    return lambda **environ: Settings.from_environment({"ACCORD_HOME": str(tmp_path / "home"), **environ})


def test_a_newcomer_needs_to_set_nothing(read, tmp_path):
    settings = read()
    assert (settings.environment, settings.public_url, settings.mail) == (
        "development",
        "http://127.0.0.1:5000",
        None,
    )
    assert settings.database_url == f"sqlite:///{tmp_path / 'home' / 'accord.db'}"
    assert read().secret_keys == settings.secret_keys
    assert stat.S_IMODE((tmp_path / "home" / "secret-key").stat().st_mode) == 0o600


def test_production_starts_with_a_key_and_an_address(read):
    settings = read(**GOOD)
    assert (settings.https, settings.development) == (True, False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": f"{GOOD['SECRET_KEY']},short"}, "SECRET_KEY must be random"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must be set in production"),
        ({"PUBLIC_URL": "devis.example.com"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "ftp://devis.example.com"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "https://example.com/devis"}, "PUBLIC_URL must be an address"),
        ({"ACCORD_ENV": "prod"}, "ACCORD_ENV must be one of"),
        ({"PORT": "http"}, "PORT must be a whole number"),
        ({"PORT": "-1"}, "PORT must be a whole number"),
        ({"TRUSTED_PROXIES": "²"}, "TRUSTED_PROXIES must be a whole number"),
        ({"ARCHIVE_URL": "s3://bucket"}, "ARCHIVE_URL must be a folder"),
        ({"MAIL_SERVER": "smtp.example.com"}, "MAIL_SENDER must be set"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(read, changes, sentence):
    with pytest.raises(SettingsError, match=sentence):
        read(**GOOD | changes)


@pytest.mark.parametrize("spelling", ["postgres", "postgresql"])
def test_postgresql_may_be_spelled_as_its_hosts_do(read, spelling):
    assert read(DATABASE_URL=f"{spelling}://u@h/d").database_url == "postgresql+psycopg://u@h/d"


def test_keys_are_rotated_by_putting_the_new_one_first(read):
    assert read(SECRET_KEY="a" * 40 + " , " + "b" * 40).secret_keys == ("a" * 40, "b" * 40)


@pytest.mark.parametrize(
    ("given", "port"), [({}, 587), ({"MAIL_USE_SSL": "1"}, 465), ({"MAIL_PORT": "25"}, 25)]
)
def test_mail_goes_to_the_usual_port(read, given, port):
    mail = read(MAIL_SERVER="smtp.example.com", MAIL_SENDER="a@example.com", **given).mail
    assert (mail.port, mail.timeout) == (port, 20)
