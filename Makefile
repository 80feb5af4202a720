# SPDX-License-Identifier: GPL-2.0-or-later
# One Makefile for everything. `make demo` and `make check` install and build
# what they need; V=1 shows commands, SAN=1 builds with ASan and UBSan into a
# folder of its own, STATIC=1 links statically, UAPI=DIR takes kernel headers
# (an installed include folder) from elsewhere, CROSS_COMPILE= chooses a compiler.

VERSION := 0.1.0
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=

B := build
N := $(B)/obj/native$(if $(SAN),-san)
A := $(B)/obj/arm64
BIN := $(if $(SAN),$(N)/bin/smmunest-ctl,$(B)/smmunest-ctl)
ARM64 := $(B)/arm64/smmunest-ctl

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
PKG_CONFIG ?= pkg-config
ARM64_CC ?= aarch64-linux-gnu-gcc

# --- sources: every .c of a room, found by its folder ---

LIB := $(wildcard lib/*.c lib/*/*.c)
CTL := $(wildcard smmunest-ctl/*.c)
UNIT := $(wildcard tests/unit/*.c)
GUEST := $(wildcard tests/guest/*.c)

# --- flags ---

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2
CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Ilib -MMD -MP
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
ALL_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS) $(if $(SAN),$(SAN_FLAGS))

UAPI_STAMP := $(if $(UAPI),,$(B)/uapi/version)
UAPI_DIR := $(if $(UAPI),$(UAPI),$(B)/uapi/include)
uapi = -isystem $(UAPI_DIR) -isystem $(UAPI_DIR)/$(1)-linux-gnu

PKGS := json-c libnl-genl-3.0
NATIVE_FLAGS = $(call uapi,$(shell uname -m)) \
	$(shell $(PKG_CONFIG) --cflags $(PKGS))
NATIVE_LIBS = -Wl,--as-needed $(if $(STATIC),-static) \
	$(shell $(PKG_CONFIG) --libs $(if $(STATIC),--static) $(PKGS))

SYSROOT := $(B)/sysroot/arm64
ARM64_FLAGS = $(call uapi,aarch64) -isystem $(SYSROOT)/usr/include \
	-isystem $(SYSROOT)/usr/include/libnl3
ARM64_LIBS = -static -L$(SYSROOT)/usr/lib/aarch64-linux-gnu \
	-ljson-c -lnl-genl-3 -lnl-3 -lpthread

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' $(1) $(2))

# --- building ---

.PHONY: all arm64 demo vm-demo check check-fast check-vm lint install \
	uninstall clean deps
.DELETE_ON_ERROR:

all: $(BIN)
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
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(NATIVE_LIBS)

$(ARM64): $(patsubst %.c,$(A)/%.o,$(LIB) $(CTL))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARM64_CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ARM64_LIBS)

# one program a file: unit tests run here, guest tests in the emulated machine
$(N)/unit/%: $(N)/tests/unit/%.o $(patsubst %.c,$(N)/%.o,$(LIB))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

$(B)/arm64/tests/%: $(A)/tests/guest/%.o $(patsubst %.c,$(A)/%.o,$(LIB))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARM64_CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -static

UNIT_BINS := $(patsubst tests/unit/%.c,$(N)/unit/%,$(UNIT))
GUEST_BINS := $(patsubst tests/guest/%.c,$(B)/arm64/tests/%,$(GUEST))
unit: $(UNIT_BINS)
guest: $(ARM64) $(GUEST_BINS)
.PHONY: unit guest
.SECONDARY:

$(B)/uapi/version: scripts/uapi
	$(Q)scripts/uapi

$(SYSROOT):
	$(Q)scripts/sysroot

-include $(shell find $(N) $(A) -name '*.d' -type f 2>/dev/null)
