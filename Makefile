# The daily commands; `make` lists them. Everything a fresh Debian 12 with a Swift toolchain lacks is installed first.
SHELL := /bin/bash
PREFIX ?= /usr
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
SWIFT ?= swift
FUZZ_SECONDS ?= 60
MUTATIONS ?= 1000000
# What cannot run beside a sanitizer: tests of memory and of speed, which it multiplies, of what a runtime does when it dies,
# and of which libraries a program has.
UNSANITIZED := LeakTests|ThousandClientsTests|ChaosTests|Dashboard|CrashReportTests|DeathTests|EngineFailureTests|LoopFaultTests|InheritedDescriptorTests|Machine|TidyTests|ContainerTests/libraries|ProxyBodyTests/gigabytes|ProxyTests/backPressure|RateLimitTests/exact|RobustnessTests/memory|TLSTests/nothingLeft
CHAOS_SECONDS ?= 60
# Where the programs are that are installed or packaged.
PROGRAMS ?= .build/release
IMAGE ?= gatewayd:$(shell sed -n 's/.*let text = "\(.*\)"/\1/p' Sources/Base/Version.swift)
SHARE = $(DESTDIR)$(PREFIX)/share
MAN = $(SHARE)/man
# The same wherever it is built: no path of this folder in it. And nothing that a release does not want: no library searched
# for beside the program, and no address that is filled in at the start left to be written to (ld(1), -z relro, -z now).
RELEASE := $(SWIFT) build -c release --static-swift-stdlib --disable-local-rpath -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now \
	-Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. -Xcc -ffile-prefix-map=$(CURDIR)=.
# What the programs need, and what their tests and benchmarks need on top.
BUILD_PACKAGES := libcurl4-openssl-dev
DEB_PACKAGES := dpkg-dev binutils perl
TEST_PACKAGES := nginx haproxy curl iproute2 perl openssl gdb chromium python3 python3-venv systemd lintian logrotate \
	prometheus $(DEB_PACKAGES)
sudo := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help run test build release lint format install deb image files docs bench fuzz sanitize chaos setup setup-deb setup-test

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

install: release ## install programs, units, manual pages, sample configuration (DESTDIR=, PREFIX=, SYSCONFDIR=)
	@$(MAKE) --no-print-directory files
	@test -n "$(DESTDIR)" || getent passwd gatewayd > /dev/null || \
		echo "The unit runs as the user gatewayd: systemd-sysusers gatewayd.conf"

deb: release setup-deb ## build a Debian package in .build; the same source gives the same bytes (VERSION=, MAINTAINER=)
	deploy/debian/build $(PROGRAMS) .build

image: release ## build the container image with docker (IMAGE=registry/name:tag)
	rm -rf .build/image && install -D -t .build/image $(PROGRAMS)/gatewayd $(PROGRAMS)/gatewayctl
	deploy/strip .build/image/*
	set -a && . deploy/project && docker build -f deploy/kubernetes/Dockerfile --build-arg MAINTAINER --build-arg HOMEPAGE \
		--build-arg LICENSE -t $(IMAGE) .build/image

# All that is installed, of programs that are built.
files:
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(PROGRAMS)/gatewayd $(PROGRAMS)/gatewayctl
	install -D -m 644 -t $(DESTDIR)$(UNITDIR) deploy/gatewayd.service deploy/gatewayd.socket
	test $(PREFIX) = /usr || sed -i 's|/usr/bin/|$(PREFIX)/bin/|' $(DESTDIR)$(UNITDIR)/gatewayd.service
	install -D -m 644 deploy/gatewayd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/gatewayd.conf
	install -D -m 644 deploy/gatewayd.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/gatewayd.conf
	install -D -m 644 deploy/gatewayd.logrotate $(DESTDIR)$(SYSCONFDIR)/logrotate.d/gatewayd
	test -e $(DESTDIR)$(SYSCONFDIR)/gatewayd/gatewayd.yaml || \
		install -D -m 644 deploy/gatewayd.yaml $(DESTDIR)$(SYSCONFDIR)/gatewayd/gatewayd.yaml
	mkdir -p $(MAN)/man1 $(MAN)/man5 $(MAN)/man8
	gzip -9nc deploy/man/gatewayctl.1 > $(MAN)/man1/gatewayctl.1.gz
	gzip -9nc deploy/man/gatewayd.8 > $(MAN)/man8/gatewayd.8.gz
	deploy/man/from-markdown < deploy/CONFIGURATION.md | gzip -9n > $(MAN)/man5/gatewayd.yaml.5.gz
	mkdir -p $(SHARE)/bash-completion/completions $(SHARE)/zsh/vendor-completions $(SHARE)/fish/vendor_completions.d
	for program in gatewayd gatewayctl; do \
		complete="$(PROGRAMS)/$$program --generate-completion-script"; \
		$$complete bash | sed '1{/^#!/d}' > $(SHARE)/bash-completion/completions/$$program && \
		$$complete zsh > $(SHARE)/zsh/vendor-completions/_$$program && \
		$$complete fish > $(SHARE)/fish/vendor_completions.d/$$program.fish || exit; \
	done

docs: setup ## make web pages of the doc comments of all library targets, in .build/docs
	rm -rf .build/docs && mkdir -p .build/docs
	$(SWIFT) package dump-symbol-graph --minimum-access-level package --skip-synthesized-members --skip-inherited-docs
	@graphs=$$(dirname "$$($(SWIFT) build --show-bin-path)")/symbolgraph; docc=$$(dirname "$$(command -v $(SWIFT))")/docc; \
	for catalog in Sources/*/*.docc; do \
		target=$$(basename $$catalog .docc); graph=.build/docs/graphs/$$target; \
		mkdir -p $$graph && cp $$graphs/$$target.symbols.json $$graph && \
		$$docc convert $$catalog --additional-symbol-graph-dir $$graph \
			--fallback-bundle-identifier gatewayd.$$target --output-path .build/docs/$$target.doccarchive || exit; \
	done; \
	$$docc merge .build/docs/*.doccarchive --synthesized-landing-page-name gatewayd --output-path .build/docs/gatewayd.doccarchive

fuzz: setup-test ## let libFuzzer try what reads bytes from outside, for a minute, and send a gateway a million mutations (FUZZ_SECONDS=, MUTATIONS=, ARGS="answer")
	Tests/Fuzz/run $(FUZZ_SECONDS) $(ARGS)
	$(RELEASE) --product gatewayd
	$(SWIFT) build --build-tests
	GATEWAYD=$(CURDIR)/.build/release/gatewayd MUTATIONS=$(MUTATIONS) $(SWIFT) test --skip-build --filter MutationTests

sanitize: setup-test ## run the tests with AddressSanitizer, then with ThreadSanitizer, in builds of their own (ARGS="--filter X")
	# What XCTest keeps at its end is not our leak.
	export ASAN_OPTIONS=detect_leaks=0; for kind in address thread; do \
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

setup-deb:
	@$(call install_missing,$(DEB_PACKAGES))

setup-test: ## install what building and testing need
	@$(call install_missing,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(call install_python,collector,Tests/Collector)
	@$(call install_python,manifests,Tests/Manifests)
	@$(call install_python,schema,Tests/Schema)

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

# What tests need of PyPI, in an environment of its own under .build.
define install_python
cmp -s $(2)/requirements.txt .build/$(1)/requirements.txt || { \
	python3 -m venv .build/$(1) && \
	.build/$(1)/bin/pip install -q --disable-pip-version-check -r $(2)/requirements.txt && \
	cp $(2)/requirements.txt .build/$(1)/; }
endef
