# SPDX-License-Identifier: GPL-2.0
# The front door: every target is a line that calls a script (see scripts/NAME --help).
# Variables, all optional: LINUX_SRC= XEN_SRC= (source trees of your own), BUILD= (default
# build), XENHOST_CACHE= (downloads, base, compiler cache), JOBS=, V=1 (show everything).

export LINUX_SRC XEN_SRC BUILD XENHOST_CACHE JOBS V
SCENARIO ?= direct
MODE ?= builtin

ifneq ($(LINUX_SRC),)
ifeq ($(wildcard $(LINUX_SRC)/MAINTAINERS),)
$(error LINUX_SRC=$(LINUX_SRC) is no kernel tree: name the folder that holds its MAINTAINERS)
endif
endif
ifneq ($(XEN_SRC),)
ifeq ($(wildcard $(XEN_SRC)/xen/Makefile),)
$(error XEN_SRC=$(XEN_SRC) is no Xen tree: name the folder that holds xen/Makefile)
endif
endif

.PHONY: help demo demo-direct test check test-full fetch tree kernel xen image boot \
	refresh series each deb debian bench bench-nested bench-local clean setup
.NOTPARALLEL:

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: setup ## set up, boot three levels, move data between L2 and L0 over L0's PV devices
	scripts/demo nested
demo-direct: setup ## one Xen: dom0, PV and PVH domU with PV disk and network
	scripts/demo direct

test: setup ## what every landing must pass: check, KUnit, boots (TAP, by prove)
	scripts/test
test-full: setup debian ## that and what takes longer: every configuration, every patch built
	scripts/test full
check: fetch tree ## the static part alone: checkpatch, sparse, kernel-doc, shellcheck, series
	scripts/check

fetch: ## packages, sources, stock Xen, root of the guests: into the cache
	scripts/fetch
tree: ## lay out the patched sources in build/linux and build/xen
	scripts/tree
kernel: ## build the kernel (MODE=builtin modular kasan kcsan noxen arm64 allxen allxen32 plain)
	scripts/kernel $(MODE)
xen: ## build L1-Xen
	scripts/xen
image: ## make the guests' disk and initrds
	scripts/image
debian: ## fetch Debian's own kernel and make it bootable (test-full boots it)
	scripts/fetch debian
	scripts/debian
setup: fetch tree
	scripts/kernel
	scripts/xen
	scripts/image
boot: ## boot interactively (SCENARIO=direct nested nested-io)
	scripts/boot -i $(SCENARIO)

refresh: ## bring edits made in build/ back into the patches
	scripts/refresh
series: ## the mailing-list form, in build/series
	scripts/series
each: ## build after every patch (FROM=NAME.patch)
	scripts/each
deb: ## Debian packages of the patched kernel, and the L1-Xen binary
	scripts/deb
bench: setup ## instructions per operation, patched against unpatched; rates of the nested and local hosts
	scripts/bench
	scripts/bench-nested
	scripts/bench-local
bench-nested: setup ## rates of the nested host alone
	scripts/bench-nested
bench-local: setup ## rates of a KVM guest of the local host, against QEMU's and vhost's
	scripts/bench-local
clean: ## remove build/ (the cache stays)
	rm -rf $(or $(BUILD),build)
