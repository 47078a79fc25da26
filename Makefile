# Everything works from a fresh clone; `make` alone lists the targets.

PYTHON ?= python3
VENV ?= .venv
OUT ?= demo-out
BENCH_OUT ?= bench-out
PYTEST_ARGS ?=
JOBS ?= 2

BIN := $(VENV)/bin
READY := $(VENV)/ready
CORE := model geometry light detect track

empty :=
comma := ,
space := $(empty) $(empty)
CORE_FILES := $(subst $(space),$(comma),$(patsubst %,src/iovolc/%/*,$(CORE)))

export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help install demo test check format docs coverage bench speed soak clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY)  ## make .venv with the locked dependencies and iovolc itself

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "iovolc needs Python 3.11 or newer, but '$(PYTHON)' is `$(PYTHON) --version 2>&1`." >&2; \
	  echo "Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) (once, some minutes) ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@echo "Compiling the kernels (once, about a minute) ..."
	@$(BIN)/python -m iovolc.pipeline.warmup
	@$(BIN)/python -m compileall -q src/iovolc
	@touch $@

demo: $(READY)  ## run the main job on the embedded example and name the page to open
	$(BIN)/iovolc demo --out $(OUT)

test: $(READY)  ## run all tests but the soak
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not soak" $(PYTEST_ARGS)

check: $(READY)  ## lint, formatting, types, directions of import, house rules, printed pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/unit/test_house.py
	$(BIN)/python docs/print_tables.py --check
	$(BIN)/python docs/draw_figures.py --check

format: $(READY)  ## format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## print the pages that are tables in code, draw the figures
	$(BIN)/python docs/print_tables.py
	$(BIN)/python docs/draw_figures.py

coverage: $(READY)  ## branch coverage with compilation off: 90 % of all, 95 % of the core
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m "not slow and not soak" \
	  --cov --cov-report= tests/unit tests/property $(PYTEST_ARGS)
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --include='$(CORE_FILES)' --fail-under=95

bench: $(READY)  ## time single stages beside their peers, and remake docs/performance.md
	$(BIN)/iovolc bench speed --out $(BENCH_OUT) --page docs/performance.md

speed: $(READY)  ## fail where a stage has become far slower beside its peer
	$(BIN)/iovolc bench speed --out $(BENCH_OUT) --pixels-per-degree 4 --check --quiet

soak: $(READY)  ## faults at IOVOLC_SOAK_KILLS instants each (20), a schedule (IOVOLC_SOAK_EVERY_S, 60), broken files (IOVOLC_SOAK_MINUTES, 60)
	IOVOLC_SOAK_KILLS=$${IOVOLC_SOAK_KILLS:-20} IOVOLC_SOAK_MINUTES=$${IOVOLC_SOAK_MINUTES:-60} $(BIN)/python -m pytest -m soak $(PYTEST_ARGS)

clean:  ## remove what can be made again, but not .venv
	rm -rf $(OUT) $(BENCH_OUT) build dist htmlcov .coverage .pytest_cache .ruff_cache .hypothesis .import_linter_cache
