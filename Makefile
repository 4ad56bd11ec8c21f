# Escale : les commandes de tous les jours. « make help » les liste.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-sqlite test-postgresql test-browser check format lock bench crash soak bursts upgrade upgrade-path audit fuzz

PORT ?= 8000
HOST ?= 127.0.0.1
PYTEST := .venv/bin/pytest -q
export PORT HOST
# Without compiled files each process starts in fifteen seconds instead of four.
unexport PYTHONDONTWRITEBYTECODE

help: ## Cette liste
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 26

setup: ## Prépare tout ce qu'il faut pour servir, tester et vérifier
	@.ci/setup dev

demo: ## Lance la démonstration (autre port : make demo PORT=8123)
	@.ci/setup run
	@.ci/demo

test: ## Tests sur SQLite, sur PostgreSQL, puis dans Chromium
	@.ci/setup dev
	@$(MAKE) --no-print-directory test-sqlite test-postgresql test-browser

test-sqlite:
	@echo "── Tests sur SQLite"
	@ESCALE_TEST_DB=sqlite $(PYTEST)

test-postgresql:
	@echo "── Tests sur PostgreSQL"
	@ESCALE_TEST_DB=postgresql $(PYTEST) -m 'not browser and not one_engine'

test-browser:
	@echo "── Tests dans Chromium"
	@ESCALE_TEST_DB=sqlite $(PYTEST) -m browser tests/browser

check: ## Mise en forme, erreurs, types, gabarits, couches, migrations, déploiement
	@.ci/setup dev
	@.ci/check

format: ## Met en forme le code et les gabarits
	@.ci/setup dev
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix --exit-zero
	@git ls-files -co --exclude-standard 'templates/*.html' | xargs -r .venv/bin/djade --target-version 5.2 || true

audit: ## Compare les dépendances figées aux failles connues, sans réseau
	@.ci/setup dev
	@.venv/bin/python .ci/audit

fuzz: ## 100 000 requêtes hostiles sur chaque moteur (autre nombre : make fuzz REQUESTS=5000 SEED=7)
	@.ci/setup dev
	@for engine in sqlite postgresql; do echo "── Requêtes hostiles sur $$engine"; \
	  ESCALE_TEST_DB=$$engine nice .venv/bin/python -m tests.security.fuzz --requests $(or $(REQUESTS),100000) $(if $(SEED),--seed $(SEED)); done

lock: ## Recalcule les dépendances figées, avec leurs empreintes
	@.ci/setup dev
	@.ci/lock

upgrade: ## Met à jour un site en service (docs/deploiement.md)
	@.ci/upgrade

upgrade-path: ## Migre une base de la version d'avant, tuée vingt fois en chemin, sur les deux moteurs
	@.ci/setup dev
	@ESCALE_KILLS=20 ESCALE_FROM_NOTHING=1 ESCALE_TEST_DB=sqlite $(PYTEST) -n0 tests/operations/test_upgrade_path.py
	@ESCALE_KILLS=20 ESCALE_FROM_NOTHING=1 ESCALE_TEST_DB=postgresql $(PYTEST) -n0 tests/operations/test_upgrade_path.py

bench: ## Mesures sur les deux moteurs : un tableau, et build/bench.json (dix minutes)
	@.ci/setup dev
	@.venv/bin/python -m tests.benchmarks

SOAK_OPERATIONS ?= 1000000
SOAK_DIRECTORY ?= build
crash: ## Deux cents serveurs et deux cents travailleurs tués par moteur, en charge (une demi-heure)
	@.ci/setup dev
	@nice -n 10 .venv/bin/python -m tests.crash

soak: ## Un million d'opérations au hasard sur chaque moteur, contre un modèle (des heures)
	@.ci/setup dev
	@for engine in sqlite postgresql; do \
	  .venv/bin/python -m tests.machine.soak --engine $$engine --operations $(SOAK_OPERATIONS) --directory $(SOAK_DIRECTORY); \
	done

bursts: ## Mille ruées vers la liste d'attente sur chaque moteur
	@.ci/setup dev
	@for engine in sqlite postgresql; do .venv/bin/python -m tests.machine.bursts --engine $$engine; done
