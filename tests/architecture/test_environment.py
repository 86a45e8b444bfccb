"""No test ever meets the installation of whoever runs it."""

import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping

import pytest

from backoffice.settings import PROJECT, VARIABLES, Settings
from tests.environment import environment_with

SCRIPT = """#!/bin/sh
case $* in *pytest*|*tests.benchmarks*) env ;; *--version*) echo "uv {version} " ;; esac
"""


class Recorded(Mapping[str, str]):
    """An environment that remembers what it was asked."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values_given, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_given)

    def __len__(self) -> int:
        return len(self.values_given)


def test_every_variable_that_is_read_is_on_the_list(tmp_path):
    given = {"ACCORD_HOME": str(tmp_path), "MAIL_SERVER": "smtp.example.com", "MAIL_SENDER": "a@example.com"}
    environ = Recorded(given)
    Settings.from_environment(environ)
    assert environ.asked == set(VARIABLES)


def test_every_variable_is_told_in_the_readme():
    table = "".join(re.findall(r"^\|.*$", (PROJECT / "README.md").read_text(), re.MULTILINE))
    assert [name for name in VARIABLES if f"`{name}`" not in table] == []


def test_a_program_that_a_test_starts_gets_none_of_them(monkeypatch):
    for name in VARIABLES:
        monkeypatch.setenv(name, "of the firm")
    found = environment_with({"PORT": "1"})
    assert {name: found[name] for name in VARIABLES if name in found} == {"PORT": "1"}
    assert found["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize("command", ["test", "check", "bench"])
def test_the_one_command_hands_none_of_them_on(tmp_path, command):
    """On a copy of it whose .venv holds no programs but one that tells its environment."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    source = (PROJECT / "accord").read_text()
    (tmp_path / "accord").write_text(source)
    for name in ("uv.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    version = re.search(r"^uv_version=(\S+)", source, re.MULTILINE)
    assert version is not None
    for name in ("python", "uv"):
        (programs / name).write_text(SCRIPT.format(version=version[1]))
        (programs / name).chmod(0o755)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text(
        f"version = {platform.python_version()}\ncommand = python3 -m venv {tmp_path}/.venv\n"
    )
    done = subprocess.run(
        ["sh", "accord", command], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, **dict.fromkeys(VARIABLES, "of the firm"), "ACCORD_REQUIRE": ""},
    )  # fmt: skip
    assert "PATH=" in done.stdout, done.stderr
    assert "of the firm" not in done.stdout
