PORT ?= 8000
PY = .venv/bin/python
STATIC = var/static/staticfiles.json
PYTEST_ARGS ?= -n auto

.PHONY: run test setup dev lint admin database requirements benchmark
.DEFAULT_GOAL := run

run: .venv/.run $(STATIC) database
	@echo
	@echo "Legible is at http://127.0.0.1:$(PORT)  (Ctrl-C stops it)"
	@echo "To edit: run 'make admin' once in another window, then open http://127.0.0.1:$(PORT)/admin/"
	@.venv/bin/granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers 2 --blocking-threads 1 \
	  --respawn-failed-workers --workers-kill-timeout 10 --http1-header-read-timeout 5000 --log-level warning config.wsgi:application

test: .venv/.dev
	$(PY) -m pytest $(PYTEST_ARGS)

setup: .venv/.dev

dev: .venv/.dev database
	DEBUG=1 $(PY) manage.py runserver 127.0.0.1:$(PORT)

admin: .venv/.run database
	$(PY) manage.py createsuperuser

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djade --target-version 6.0 --check $$(git ls-files 'templates/*.html')
	.venv/bin/lint-imports
	.venv/bin/mypy .
	SITE_URL=https://legible.example SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py build_accuracy --check

database: .venv/.run
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py seed

# Fails where a full report of the largest mixture of experts takes 10 ms or more.
benchmark: .venv/.run
	$(PY) scripts/benchmark.py

# uv writes the pins of every platform; the addresses of the index stay out of them.
requirements:
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml --group dev -o requirements-dev.txt

$(STATIC): .venv/.run $(shell find static -type f)
	@$(PY) manage.py collectstatic --no-input --verbosity 0
	@touch $@

.venv/.run: requirements.txt
	@scripts/environment requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt requirements.txt
	@scripts/environment requirements-dev.txt
	@touch .venv/.run $@
