"""The tables as migrations make them, with data in them, on both databases: up, down, and what they refuse afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import DatabaseError

from backoffice import clock
from backoffice.db import Base, db
from backoffice.documents.models import Document
from backoffice.migrations import env_rules, triggers
from backoffice.settings import PROJECT
from backoffice.staff.models import Role
from tests import factories
from tests.conftest import closed, migrate
from tests.factories import everything
from wsgi import create_app

MIGRATIONS = PROJECT / "backoffice" / "migrations"
REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]
