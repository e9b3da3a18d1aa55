# Two commands do everything on a fresh machine: `make run` and `make test`.
# Set PYTHON to choose an interpreter (3.11 or 3.12), ARGS to pass options on.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
HASHED := $(BIN)/python -m pip install --quiet --no-deps --require-hashes
ARGS   ?=
# Files in the order that tests/conftest.py gives them.
TESTS  := $(BIN)/pytest --dist loadfile --no-loadscope-reorder -m "not model"

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types unit replicas test-model bench bundle faults docs pictures care migration clean

help:            ## Show what each target does.
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# Nothing is installed whose hash is not in the repository (requirements/lock writes them down).
$(READY): pyproject.toml $(wildcard requirements/*.txt)
	$(PYTHON) -m venv $(VENV)
	$(HASHED) -r requirements/tools.txt
	@echo "Installing (about 2 GB on first use: torch, Chroma, Gradio and the model weights) ..."
	@# Fetched before hashes are asked for: pip would pass over a build on this disk for the registry's.
	$(BIN)/python -m pip download --quiet --no-deps --dest $(VENV)/torch "$$(sed -n 's/^\(torch==[^ ]*\).*/\1/p' requirements/torch.txt)"
	$(HASHED) --no-index --find-links $(VENV)/torch -r requirements/torch.txt
	@rm -r $(VENV)/torch
	@if $(BIN)/python -c "import importlib.metadata as m, sys; sys.exit(not any(r.startswith(('cuda', 'nvidia')) for r in m.requires('torch')))"; \
	then echo "This build of torch is one for a GPU: its libraries come as well ..."; $(HASHED) -r requirements/cuda.txt; fi
	$(HASHED) -r requirements/locked.txt
	$(HASHED) -r requirements/embedders.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY)  ## Make the virtual environment and install everything, once.

run: setup       ## Index the starter corpus and serve the chat and the API on http://127.0.0.1:8000.
	@$(BIN)/advisor corpus starter
	@$(BIN)/advisor index sync
	@$(BIN)/advisor serve $(ARGS)

test: setup lint types unit  ## Set up, then lint, check types and run every test.

lint: setup      ## Style, formatting and the direction of imports.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/advisor corpus translations --check

types: setup     ## Strict types over code and tests.
	$(BIN)/mypy

unit: setup      ## The tests, in a browser too. ARGS="-k name" runs some, ARGS="-m 'not slow and not model'" the quick ones.
	$(TESTS) -n auto $(ARGS)

replicas: setup  ## The browser tests on three servers behind nginx, PostgreSQL and a Chroma server (11 to 16 minutes).
	ADVISOR_TEST_REPLICAS=3 $(TESTS) -n 2 tests/e2e $(ARGS)

test-model: setup  ## Tests with a real chat model: ADVISOR_CHAT_BASE_URL, or the packaged one.
	@if [ -n "$$ADVISOR_CHAT_BASE_URL" ]; then $(BIN)/pytest -m model $(ARGS); \
	else $(BIN)/advisor models run qwen -- $(BIN)/pytest -m model $(ARGS); fi

bench: setup     ## Measure everything and write docs/benchmarks.md (needs the library of real texts).
	$(BIN)/advisor bench page $(ARGS)

bundle: setup    ## Put all wheels and weights with hashes into one folder, for a machine without a network.
	deploy/make-bundle $(or $(ARGS),dist/bundle)

faults: setup    ## Break real processes and look: what people see, what is lost, how it heals.
	$(BIN)/advisor bench faults $(ARGS)

migration: setup  ## MESSAGE="...": a new version of the database's schema, of what the tables have become.
	$(BIN)/python -m assistant.records.migrations "$(MESSAGE)"

docs: setup      ## Build the documentation as a site that opens offline: artefacts/site/index.html.
	$(BIN)/mkdocs build --quiet

pictures: setup  ## Take the documentation's screenshots anew, with the browser tests.
	$(BIN)/pytest -m browser tests/e2e
	$(BIN)/python docs/pictures/take.py artefacts docs/pictures

care: setup      ## Bill of materials, licences, known weaknesses and a scan for secrets, into artefacts/.
	@mkdir -p artefacts
	$(BIN)/cyclonedx-py environment --output-reproducible --output-file artefacts/sbom.json $(VENV)
	$(BIN)/pip-licenses --format=markdown --with-urls --output-file=artefacts/licences.md \
	  --fail-on="GNU General Public License v2 (GPLv2);GNU General Public License v3 (GPLv3);GNU Affero General Public License v3"
	git ls-files -z -- ':!.ci/secrets.baseline' ':!corpus/shelf/digests/translations' ':!*.onnx' ':!*.npz' | xargs -0 $(BIN)/detect-secrets-hook --baseline .ci/secrets.baseline
	@rm -f artefacts/weaknesses.json
	@$(BIN)/pip-audit --progress-spinner off --format json --output artefacts/weaknesses.json >/dev/null 2>&1 || true
	@$(BIN)/python -m evals.operations.weaknesses artefacts/weaknesses.json

clean:           ## Remove the virtual environment and caches; the data directory stays.
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
