"""Every kind of long work, by the name that its rows carry."""

from collections.abc import Mapping

from backoffice.accounting import packing as accounting
from backoffice.imports import registry as imports
from backoffice.jobs.kinds import Kind

JOBS: Mapping[str, Kind] = {**imports.kinds(), **accounting.kinds()}
