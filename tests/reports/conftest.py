"""The office folder and command line of the tests in `tests/cli`."""

from ..cli.conftest import made_office as made_office
from ..cli.conftest import shell as shell
