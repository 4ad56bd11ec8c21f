# Escale : les commandes de tous les jours. « make help » les liste.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo upgrade check format lock audit test test-sqlite test-postgresql test-browser \
  bench growth crash fuzz bursts outages soak upgrade-path nodes

PORT ?= 8000
HOST ?= 127.0.0.1
PYTEST := .venv/bin/pytest -q
ENGINES := sqlite postgresql
export PORT HOST
# Without compiled files each process starts in fifteen seconds instead of four.
unexport PYTHONDONTWRITEBYTECODE

help: ## Cette liste
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 26

# --- Servir ------------------------------------------------------------------------------------
setup: ## Prépare tout ce qu'il faut pour servir, tester et vérifier
	@.ci/setup dev

demo: ## Lance la démonstration (autre port : make demo PORT=8123)
	@.ci/setup run
	@.ci/demo

upgrade: ## Met à jour un site en service (docs/deploiement.md)
	@.ci/upgrade

# --- Vérifier ----------------------------------------------------------------------------------
check: ## Mise en forme, erreurs, types, gabarits, couches, migrations, déploiement, failles connues
	@.ci/setup dev
	@.ci/check

format: ## Met en forme le code et les gabarits
	@.ci/setup dev
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix --exit-zero
	@git ls-files -co --exclude-standard 'templates/*.html' | xargs -r .venv/bin/djade --target-version 5.2 || true

lock: ## Recalcule les dépendances figées, avec leurs empreintes (UPGRADE=1 : plus récentes)
	@.ci/setup dev
	@.ci/lock

audit: ## Compare les dépendances figées aux failles connues, sans réseau
	@.ci/setup dev
	@.venv/bin/python .ci/audit

# First both engines’ databases at once, where migrations changed. Then SQLite. Then two at once, as each of the last
# two waits often enough for the other to work meanwhile; each says all when it has ended.
test: ## Tests sur SQLite, puis sur PostgreSQL et dans Chromium à la fois
	@.ci/setup dev
	@for engine in $(ENGINES); do ESCALE_TEST_DB=$$engine .venv/bin/python -m tests.ready & done; wait
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync test-postgresql test-browser

test-sqlite: ## Tests sur SQLite seulement
	@echo "── Tests sur SQLite"
	@ESCALE_TEST_DB=sqlite $(PYTEST)

test-postgresql: ## Tests sur PostgreSQL seulement
	@echo "── Tests sur PostgreSQL"
	@ESCALE_TEST_DB=postgresql $(PYTEST) -m 'not browser and not one_engine'

test-browser: ## Tests dans Chromium seulement
	@echo "── Tests dans Chromium"
	@ESCALE_TEST_DB=sqlite $(PYTEST) -m browser tests/browser

# --- Éprouver et mesurer : longs, sur les deux moteurs -------------------------------------------
bench: ## Mesures : un tableau, et build/bench.json (un quart d'heure ; docs/mesures.md)
	@.ci/setup dev
	@.venv/bin/python -m tests.benchmarks

crash: ## Deux cents serveurs et deux cents travailleurs tués par moteur, en charge (une demi-heure)
	@.ci/setup dev
	@nice -n 10 .venv/bin/python -m tests.crash

nodes: ## Deux nœuds web et deux de tâches, PostgreSQL, S3 et Redis, tués à tour de rôle cinq fois
	@.ci/setup dev
	@ESCALE_TEST_DB=postgresql ESCALE_NODE_ROUNDS=$(or $(ROUNDS),5) $(PYTEST) -n0 -s tests/nodes

fuzz: ## 100 000 requêtes hostiles par moteur (autre nombre : make fuzz REQUESTS=5000 SEED=7)
	@.ci/setup dev
	@for engine in $(ENGINES); do echo "── Requêtes hostiles sur $$engine"; \
	  ESCALE_TEST_DB=$$engine nice .venv/bin/python -m tests.security.fuzz --requests $(or $(REQUESTS),100000) $(if $(SEED),--seed $(SEED)); done

bursts: ## Mille ruées vers la liste d'attente par moteur
	@.ci/setup dev
	@for engine in $(ENGINES); do .venv/bin/python -m tests.machine.bursts --engine $$engine; done

growth: ## Ce que coûte chaque page quand tout grandit autour : build/growth-*.png (dix minutes)
	@.ci/setup dev
	@.venv/bin/python -m tests.benchmarks growth

outages: ## Base arrêtée, coupée, pleine, tenue vingt secondes, sur les deux moteurs (cinq minutes)
	@.ci/setup dev
	@for engine in sqlite postgresql; do ESCALE_TEST_DB=$$engine ESCALE_LOCK_SECONDS=20 $(PYTEST) -n0 -rP tests/outages; done

SOAK_OPERATIONS ?= 1000000
soak: ## Un million d'opérations au hasard par moteur, contre un modèle (des heures ; RESUME=1 reprend)
	@.ci/setup dev
	@for engine in $(ENGINES); do \
	  .venv/bin/python -m tests.machine.soak --engine $$engine --operations $(SOAK_OPERATIONS) $(if $(RESUME),--resume); \
	done

upgrade-path: ## Migre une base de la version d'avant, tuée vingt fois en chemin
	@.ci/setup dev
	@for engine in $(ENGINES); do \
	  ESCALE_KILLS=20 ESCALE_FROM_NOTHING=1 ESCALE_TEST_DB=$$engine $(PYTEST) -n0 tests/operations/test_upgrade_path.py; \
	done
