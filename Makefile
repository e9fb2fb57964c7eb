# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV := .venv
DEMO ?=
REPORT ?= docs/proof/README.md
RESULTS ?= docs/bench
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install demo test check proof bench bench-nation docs browser lock clean

help:
	@echo 'make demo     install, build a small world, judge a campaign, say what happened, serve its pages'
	@echo 'make test     install and run all tests'
	@echo 'make install  make .venv with the command anning'
	@echo 'make check    lint, types, floors'
	@echo 'make proof    the long runs, results in docs/proof'
	@echo 'make bench    the benchmarks, results in docs/bench; bench-nation: the large ones, 16 GB and an hour'
	@echo 'make docs     reference and pictures made again from the code'

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Anning needs Python 3.11 or later; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test,check]'
	@touch $@

install: $(STAMP)
	@echo 'anning is in $(BIN)/anning'

demo: $(STAMP)
	@$(BIN)/anning demo $(DEMO)

test: $(STAMP) browser
	@$(BIN)/python -m pytest -n 2 -m 'not long' $(TESTS)

check: $(STAMP)
	@$(BIN)/ruff check src tests docs
	@$(BIN)/ruff format --check --quiet src tests docs
	@$(BIN)/mypy
	@$(BIN)/lint-imports

proof: $(STAMP)
	@$(BIN)/python -m pytest -n 2 -m long --timeout 14400 --proof-report $(REPORT) $(TESTS)

bench: $(STAMP)
	@$(BIN)/anning bench gate --out $(RESULTS)
	@$(BIN)/anning bench rivals --out $(RESULTS)
	@$(BIN)/anning bench start --out $(RESULTS)
	@$(BIN)/anning bench withdrawals --out $(RESULTS)
	@$(BIN)/anning bench withdrawals --kill --out $(RESULTS)
	@$(BIN)/anning bench scrub --out $(RESULTS)
	@$(BIN)/anning bench journal --out $(RESULTS)
	@$(BIN)/anning bench charts --folder $(RESULTS)

bench-nation: $(STAMP)
	@$(BIN)/anning bench gate --numbers 1700000000 --rows 10000000 --out $(RESULTS)
	@$(BIN)/anning bench start --numbers 1700000000 --consents 200000000 --organisations 100000 --tail 1000000 --out $(RESULTS)
	@$(BIN)/anning bench rivals --numbers 100000000 --rows 100000000 --ours 1000000000 --out $(RESULTS)
	@$(BIN)/anning bench charts --folder $(RESULTS)

docs: $(STAMP) browser
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[docs]'
	@$(BIN)/python docs/reference/make.py
	@$(BIN)/python docs/images/make.py
	@$(BIN)/python docs/images/pages.py

# The pages are tried in a real browser: Debian's, when it may be installed; without one those tests say that they did not run.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'installing chromium for the tests of the pages'; \
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
			install chromium fonts-noto-cjk fonts-inter; } >/dev/null 2>&1 || echo 'chromium could not be installed'; \
	else echo 'no chromium here: the tests of the pages in a browser will not run'; fi

lock:
	@$(BIN)/python -m pip install --quiet 'uv>=0.5,<1'
	@$(BIN)/uv pip compile --quiet --universal --all-extras --no-header --no-annotate pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) demo var .hypothesis .mypy_cache .ruff_cache .pytest_cache
