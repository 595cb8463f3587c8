# The project's tasks by name. Make says what depends on what; longer logic is in scripts.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

# `make demo SCENARIO=feeder-cut SPEED=10` plays a scenario; python -m simulators list has the names.
# `make demo TLS=1` has broker and gateway speak TLS (docs/operations/access.md).
DEMO := $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(SPEED),--speed $(SPEED)) $(if $(TLS),--tls)

# `make lock UPGRADE=--upgrade` moves to the newest versions that pyproject.toml allows.
UPGRADE ?=
PIP_COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --no-header \
	--python-version 3.11 --generate-hashes $(UPGRADE)

# A variable with a slip in its name would be passed over in silence.
VARIABLES := ARGS PYTHON SCENARIO SPEED TLS UPGRADE
GIVEN := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
UNKNOWN := $(filter-out $(VARIABLES),$(GIVEN))
$(if $(UNKNOWN),$(error there is no variable $(UNKNOWN); there are $(VARIABLES)))

# Tests start our programs hundreds of times: compiled once, those start sooner.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check bench pictures lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## start a private broker, database and all services; show a province reporting
	$(BIN)/python -m deploy demo $(DEMO)

# Some tests in one process, all of them in several: tests/workers.py says which has what.
test: $(INSTALLED) ## run every test, against real servers started for the purpose
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses=auto)

check: $(INSTALLED) ## lint, formatting, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED) ## measure throughput and recovery on this machine
	$(BIN)/python -m tests.bench $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.province)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.engine)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.rulebook)
	$(if $(ARGS),,$(BIN)/python -m tests.rules.notify.storm)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.backtest)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.books)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.live)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.outage)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.dashboards --days 30 --minute-days 1)
	$(if $(ARGS),,$(BIN)/python -m tests.bench.gateway)

pictures: $(INSTALLED) ## draw boards and live page anew for docs/pictures; some minutes
	$(BIN)/python -m tests.dashboards.pictures
	$(BIN)/python -m tests.gateway.page.pictures

lock: $(INSTALLED) ## pin the dependencies of pyproject.toml again, with hashes
	$(PIP_COMPILE) --output-file requirements.lock
	$(PIP_COMPILE) --extra dev --output-file requirements-dev.lock

clean: ## remove what tools left behind; the local stack's data (.srepok) and secrets stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp, not the directory: a half-made environment must not look finished.
$(INSTALLED): requirements-dev.lock deploy/bootstrap-venv.sh
	@PYTHON='$(PYTHON)' sh deploy/bootstrap-venv.sh $(VENV) requirements-dev.lock
	@touch $@
