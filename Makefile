# `make help` lists what there is. Everything is installed into .venv; nothing else on the machine is touched.

.DEFAULT_GOAL := help
.PHONY: help demo test load check format bench pictures lock clean install
BIN := .venv/bin
PYTHON ?=
export PYTHON
ARGS ?=

help: ## list the targets
	@echo "make TARGET [ARGS=\"…\"]"
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r target text; do \
		printf '  %-8s %s\n' "$$target" "$$text"; done

# `exec`, here and below: a signal to make reaches the program itself, which stops cleanly.
demo: install ## start the local workspace, the bot and a database, and ride in the browser
	@exec $(BIN)/ride demo $(ARGS)

# Most tests wait, for PostgreSQL, Slack's pace or a page, so more workers than processors are of use.
test: install ## run all tests; ARGS go to pytest, such as ARGS="tests/unit -k rules"
	@exec $(BIN)/pytest --numprocesses 3 --dist loadgroup $(ARGS)

# By itself, since it measures how long people wait: nothing else may run on the machine.
load: install ## play days with many teams at Slack's rates; ARGS are plays, such as ARGS="many"
	@exec $(BIN)/python -m tests.load $(ARGS)

check: install ## formatting, lint, types, the rooms' imports, the dependencies' licences
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy .ci/install.py .ci/leave_nothing.py .ci/clean.py
	$(BIN)/lint-imports
	$(BIN)/pytest --quiet tests/unit/test_licences.py

format: install ## let ruff format the code and sort its imports
	@$(BIN)/ruff check --quiet --select I --fix .
	@$(BIN)/ruff format .

bench: install ## measure how long sandboxes take; ARGS is how many, such as ARGS=20
	@exec $(BIN)/python -m tests.bench.sandboxes $(ARGS)

pictures: install ## ride in headless Chromium and take the pictures of the documents anew (three minutes)
	@exec $(BIN)/python -m tests.pictures

# Pins and hashes alone, no addresses: where packages come from is each machine's own setting. Needs uv.
lock: ## pin the dependencies anew in requirements.lock (UPGRADE=--upgrade for the newest)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --extra dev $(UPGRADE) \
		--output-file requirements.lock pyproject.toml

clean: ## remove .venv and what tests and builds leave here; asks about the cache and the rides
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache tests/screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@python=$$(.ci/find-python) && exec "$$python" .ci/clean.py $(ARGS)

install:
	@python=$$(.ci/find-python) && exec "$$python" .ci/install.py
