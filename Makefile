# The daily commands; `make` lists them. Everything a fresh Debian 12 with a Swift toolchain lacks is installed first.
SHELL := /bin/bash
PREFIX ?= /usr
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
SWIFT ?= swift
FUZZ_SECONDS ?= 60
MUTATIONS ?= 1000000
# What cannot run beside a sanitizer: tests of memory and of speed, which it multiplies, and of what a runtime writes when it dies.
UNSANITIZED := LeakTests|ThousandClientsTests|ChaosTests|Dashboard|CrashReportTests|InheritedDescriptorTests|Machine|TidyTests
CHAOS_SECONDS ?= 60
RELEASE := $(SWIFT) build -c release --static-swift-stdlib
# What the programs need, and what their tests and benchmarks need on top.
BUILD_PACKAGES := libcurl4-openssl-dev
TEST_PACKAGES := nginx curl iproute2 perl openssl gdb chromium python3 python3-venv
sudo := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help run test build release lint format install bench fuzz sanitize chaos setup setup-test

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/' | expand -t 12

run: setup ## set up, build, and start the demo: upstreams of its own and a gateway over them
	$(SWIFT) build --product gatewayd
	.build/debug/gatewayd demo

test: setup-test ## set up, build, and run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

build: setup ## build gatewayd and gatewayctl for debugging
	$(SWIFT) build

release: setup ## build them optimised, with the Swift runtime inside
	$(RELEASE) --product gatewayd
	$(RELEASE) --product gatewayctl

lint: ## check the style of all Swift sources
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## put all Swift sources into that style
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

install: release ## install programs, units and sample configuration (DESTDIR=, PREFIX=, SYSCONFDIR=)
	install -D -m 755 .build/release/gatewayd $(DESTDIR)$(PREFIX)/bin/gatewayd
	install -D -m 755 .build/release/gatewayctl $(DESTDIR)$(PREFIX)/bin/gatewayctl
	install -D -m 644 deploy/gatewayd.service $(DESTDIR)$(UNITDIR)/gatewayd.service
	install -D -m 644 deploy/gatewayd.socket $(DESTDIR)$(UNITDIR)/gatewayd.socket
	test -e $(DESTDIR)$(SYSCONFDIR)/gatewayd/gatewayd.yaml || \
		install -D -m 644 deploy/gatewayd.yaml $(DESTDIR)$(SYSCONFDIR)/gatewayd/gatewayd.yaml
	@test -n "$(DESTDIR)" || getent passwd gatewayd > /dev/null || \
		echo "The unit runs as the user gatewayd: systemd-sysusers --inline 'u gatewayd - \"gatewayd fan-out gateway\"'"

fuzz: setup-test ## let libFuzzer try what reads bytes from outside, for a minute, and send a gateway a million mutations (FUZZ_SECONDS=, MUTATIONS=, ARGS="answer")
	Tests/Fuzz/run $(FUZZ_SECONDS) $(ARGS)
	$(RELEASE) --product gatewayd
	$(SWIFT) build --build-tests
	GATEWAYD=$(CURDIR)/.build/release/gatewayd MUTATIONS=$(MUTATIONS) $(SWIFT) test --skip-build --filter MutationTests

sanitize: setup-test ## run the tests with AddressSanitizer, then with ThreadSanitizer, in builds of their own (ARGS="--filter X")
	for kind in address thread; do \
		options="--sanitize=$$kind --scratch-path .build/$$kind"; \
		$(SWIFT) build --build-tests $$options && \
		$(SWIFT) test --skip-build $$options --skip '$(UNSANITIZED)' $(ARGS) || exit 1; \
	done

chaos: setup-test ## kill, reload, scale, upgrade and break upstreams at random under load (CHAOS_SECONDS=, CHAOS_SEED=)
	$(SWIFT) build --build-tests
	CHAOS_SECONDS=$(CHAOS_SECONDS) CHAOS_SEED=$(CHAOS_SEED) $(SWIFT) test --skip-build --filter ChaosTests

bench: release ## measure beside Go, Node, nginx+Lua and two programs in C in one run (ARGS="--quick --check --write")
	$(RELEASE) --product merge-bench
	Tests/Benchmarks/run $(ARGS)

setup: ## install what building needs
	@$(call install_missing,$(BUILD_PACKAGES))

setup-test: ## install what building and testing need
	@$(call install_missing,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@cmp -s Tests/Collector/requirements.txt .build/collector/requirements.txt || { \
		python3 -m venv .build/collector && \
		.build/collector/bin/pip install -q --disable-pip-version-check -r Tests/Collector/requirements.txt && \
		cp Tests/Collector/requirements.txt .build/collector/; }

# Asks apt only when something is missing: a second run needs neither the network nor root.
define install_missing
missing=""; for package in $(1); do \
	dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
	echo "installing:$$missing"; \
	$(sudo) apt-get update -q && $(sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
fi
endef
