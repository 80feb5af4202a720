# SPDX-License-Identifier: GPL-2.0-or-later
# One Makefile for everything. `make demo` and `make check` install and build
# what they need; V=1 shows commands, SAN=1 builds with ASan and UBSan into a
# folder of its own, STATIC=1 links statically, UAPI=DIR takes kernel headers
# (an installed include folder) from elsewhere, CROSS_COMPILE= chooses a compiler.

VERSION := 0.1.0
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
DESTDIR ?=

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif

B := build
N := $(B)/obj/$(notdir $(CC))$(if $(SAN),-san)
A := $(B)/obj/arm64
Z := $(B)/obj/fuzz
BIN := $(N)/bin/smmunest-ctl
ARM64 := $(B)/arm64/smmunest-ctl

PKG_CONFIG ?= pkg-config
ARM64_CC ?= aarch64-linux-gnu-gcc

# --- sources: every .c of a room, found by its folder ---

LIB := $(wildcard lib/*.c lib/*/*.c)
CTL := $(wildcard smmunest-ctl/*.c smmunest-ctl/*/*.c)
UNIT := $(wildcard tests/unit/*.c)
BENCH := $(wildcard tests/bench/*.c)
GUEST := $(wildcard tests/guest/*.c)
FUZZ := $(wildcard tests/fuzz/*.c)

# --- flags ---

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2
CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Ilib -Ismmunest-ctl -MMD -MP
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
ALL_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS) $(if $(SAN),$(SAN_FLAGS),-fno-pie)
# thousands of pointers in tables would be relocated each time it starts
FIXED = $(if $(SAN),,-no-pie)

UAPI_STAMP := $(if $(UAPI),,$(B)/uapi/version)
UAPI_DIR := $(if $(UAPI),$(UAPI),$(B)/uapi/include)
uapi = -isystem $(UAPI_DIR) -isystem $(UAPI_DIR)/$(1)-linux-gnu

PKGS := json-c libnl-genl-3.0
NATIVE_FLAGS = $(call uapi,$(shell uname -m)) \
	$(shell $(PKG_CONFIG) --cflags $(PKGS))
NATIVE_LIBS = -Wl,--as-needed $(if $(STATIC),-static) \
	$(shell $(PKG_CONFIG) --libs $(if $(STATIC),--static) $(PKGS))

# what the library alone wants: without the program's JSON
LIB_LIBS = -Wl,--as-needed $(if $(STATIC),-static) $(shell $(PKG_CONFIG) \
	--libs $(if $(STATIC),--static) $(filter-out json-c,$(PKGS)))

SYSROOT := $(B)/sysroot/arm64
ARM64_FLAGS = $(call uapi,aarch64) -isystem $(SYSROOT)/usr/include \
	-isystem $(SYSROOT)/usr/include/libnl3
ARM64_LIBS = -static -L$(SYSROOT)/usr/lib/aarch64-linux-gnu \
	-ljson-c -lnl-genl-3 -lnl-3 -lpthread

Q := $(if $(V),,@)
# nothing is told under V=1, nor under make -s
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-8s%s\n' $(1) $(2))

# --- building ---

.PHONY: all bin arm64 unit guest fuzz demo vm-demo check check-fast check-vm \
	bench-arch bench-model walk-smmu broken detach-loops lint man \
	install uninstall clean
.DELETE_ON_ERROR:

all: $(if $(SAN),$(BIN),$(B)/smmunest-ctl)
bin: $(BIN)

# what people run; the other builds stay beside their objects
$(B)/smmunest-ctl: $(BIN)
	$(Q)cp $< $@
arm64: $(ARM64)

$(N)/%.o: %.c $(UAPI_STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(NATIVE_FLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(A)/%.o: %.c $(UAPI_STAMP) | $(SYSROOT)
	$(call say,ARM64,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARM64_CC) $(CPPFLAGS) $(ARM64_FLAGS) -std=gnu11 $(WARN) $(CFLAGS) \
		-c -o $@ $<

$(BIN): $(patsubst %.c,$(N)/%.o,$(LIB) $(CTL))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(FIXED) $(LDFLAGS) -o $@ $^ $(NATIVE_LIBS)

$(ARM64): $(patsubst %.c,$(A)/%.o,$(LIB) $(CTL))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARM64_CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ARM64_LIBS)

# one program a file: unit tests run here, guest tests in the emulated machine
$(N)/unit/%: $(N)/tests/unit/%.o $(patsubst %.c,$(N)/%.o,$(LIB))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(FIXED) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

# the room that processes are made in, without the rooms around it
$(N)/unit/process: $(N)/smmunest-ctl/process.o

$(N)/bench/%: $(N)/tests/bench/%.o $(patsubst %.c,$(N)/%.o,$(LIB))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(FIXED) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

$(B)/arm64/tests/%: $(A)/tests/guest/%.o $(patsubst %.c,$(A)/%.o,$(LIB))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARM64_CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ARM64_LIBS)

UNIT_BINS := $(patsubst tests/unit/%.c,$(N)/unit/%,$(UNIT))
GUEST_BINS := $(patsubst tests/guest/%.c,$(B)/arm64/tests/%,$(GUEST))
unit: $(UNIT_BINS)
guest: $(ARM64) $(GUEST_BINS)
.PRECIOUS: $(N)/%.o $(A)/%.o $(Z)/%.o

# --- fuzzing: one libFuzzer target a file, which runs for FUZZ_SECONDS ---

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
FUZZ_RUNS := $(patsubst tests/fuzz/%.c,fuzz-%,$(FUZZ))

$(Z)/%.o: %.c $(UAPI_STAMP)
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(CPPFLAGS) $(NATIVE_FLAGS) -std=gnu11 $(WARN) $(CFLAGS) \
		$(SAN_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

$(Z)/bin/%: $(Z)/tests/fuzz/%.o $(patsubst %.c,$(Z)/%.o,$(LIB))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(SAN_FLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ \
		$(NATIVE_LIBS)

# these read what the program writes: a recording; the rooms of compare and report
$(Z)/bin/replay: $(patsubst %.c,$(Z)/%.o,$(wildcard \
	$(patsubst %,smmunest-ctl/%.c,doc doc-read record replay tape-*)))
$(Z)/bin/evidence: $(patsubst %.c,$(Z)/%.o,$(wildcard \
	$(patsubst %,smmunest-ctl/%.c,args bench-row compare doc* evidence \
	html json page* plot trace verdict)))

FUZZ_BINS := $(patsubst tests/fuzz/%.c,$(Z)/bin/%,$(FUZZ))
fuzz-bins: $(FUZZ_BINS)

# new inputs stay in build/fuzz; those worth keeping are committed as seeds
fuzz: $(FUZZ_RUNS)
.PHONY: fuzz-bins $(FUZZ_RUNS)
$(FUZZ_RUNS): fuzz-%: $(Z)/bin/%
	$(Q)mkdir -p $(B)/fuzz/$*
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 \
		-artifact_prefix=$(B)/fuzz/$*- $(B)/fuzz/$* tests/fuzz/corpus/$* \
		>$(B)/fuzz/$*.log 2>&1 || { grep -v '^#' $(B)/fuzz/$*.log; exit 1; }
	@printf '  %-8s%s: %s inputs\n' FUZZED $* \
		"$$(sed -n 's/.*executed_units: *//p' $(B)/fuzz/$*.log)"

$(B)/uapi/version: scripts/uapi
	$(Q)scripts/uapi

$(SYSROOT):
	$(Q)scripts/sysroot

# --- trying and checking: each installs what it needs, once ---

demo:
	$(Q)scripts/deps build
	$(Q)$(MAKE) --no-print-directory -j"$$(nproc)" all
	$(Q)scripts/demo model

vm-demo:
	$(Q)scripts/deps build vm
	$(Q)$(MAKE) --no-print-directory arm64
	$(Q)scripts/demo vm

check:
	$(Q)scripts/deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/check

check-fast:
	$(Q)scripts/deps build check
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/check lint clang unit fuzz pure model sanitized

check-vm:
	$(Q)scripts/deps
	$(Q)scripts/check guest machine

lint:
	$(Q)scripts/lint

# the pages are committed; a test fails when one is stale
man: all
	$(B)/smmunest-ctl fields --format=man >man/smmunest-fields.7
	$(B)/smmunest-ctl explain --format=man >man/smmunest-errors.7

# which cases of run catch which broken model: minutes
broken: all
	$(Q)PATH=$(B):$$PATH scripts/broken --all >$(B)/broken
	$(Q)cp $(B)/broken tests/broken

# rounds of detaching under DMA, and of unplugging: what is left behind? an hour
LOOPS ?= 1000
CYCLES ?= 50
detach-loops: all guest
	$(Q)LOOPS=$(LOOPS) CYCLES=$(CYCLES) bats tests/bats/loops.bats

# how fast the tables are; figures for people, not a test
bench-arch: all
	$(Q)scripts/bench-arch

# how many nested HWPTs the model makes and destroys a second
bench-model: $(N)/bench/model-pairs
	$(Q)$<

# stage 1 at random on the emulated SMMU, held against the software walk:
# LAYOUTS of each device, from SEED on
LAYOUTS ?= 500
SEED ?= 1
walk-smmu: guest
	$(Q)scripts/walk-smmu $(LAYOUTS) $(SEED)

# --- installing ---

install: all
	install -d $(addprefix $(DESTDIR),$(SBINDIR) $(COMPDIR) $(FISHDIR) \
		$(ZSHDIR) $(MANDIR)/man7 $(MANDIR)/man8)
	install -m 755 $(BIN) $(DESTDIR)$(SBINDIR)/smmunest-ctl
	install -m 644 scripts/completion.bash $(DESTDIR)$(COMPDIR)/smmunest-ctl
	install -m 644 scripts/completion.fish \
		$(DESTDIR)$(FISHDIR)/smmunest-ctl.fish
	install -m 644 scripts/completion.zsh \
		$(DESTDIR)$(ZSHDIR)/_smmunest-ctl
	install -m 644 man/smmunest-fields.7 man/smmunest-errors.7 \
		$(DESTDIR)$(MANDIR)/man7
	install -m 644 man/smmunest-ctl.8 $(DESTDIR)$(MANDIR)/man8

uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/smmunest-ctl
	rm -f $(DESTDIR)$(COMPDIR)/smmunest-ctl
	rm -f $(DESTDIR)$(FISHDIR)/smmunest-ctl.fish
	rm -f $(DESTDIR)$(ZSHDIR)/_smmunest-ctl
	rm -f $(DESTDIR)$(MANDIR)/man7/smmunest-fields.7
	rm -f $(DESTDIR)$(MANDIR)/man7/smmunest-errors.7
	rm -f $(DESTDIR)$(MANDIR)/man8/smmunest-ctl.8

clean:
	rm -rf $(B)

-include $(shell find $(N) $(A) $(Z) -name '*.d' -type f 2>/dev/null)
