/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cases of stale.h as rows; only for stale.c. */
#ifndef SMN_DMA_STALE_ROWS_H
#define SMN_DMA_STALE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* What is taken away: pages of the field, the table above, a block, the CD. */
enum smn_stale_change {
	SMN_STALE_PAGES, SMN_STALE_TABLE, SMN_STALE_BLOCK, SMN_STALE_CD
};

/* Through which vIOMMU the command goes. */
enum smn_stale_via { SMN_VIA_OWN, SMN_VIA_SAME, SMN_VIA_FOREIGN };

/* What a command names besides its own fields. */
enum {
	SMN_STALE_AT = 1, SMN_STALE_TG = 2, SMN_STALE_SID = 4,
	SMN_STALE_ASID = 8
};

/*
 * @pages of the field from 0 on are changed and named, the one @beside is
 * changed and not named: 0 for none. @near names something else.
 */
struct smn_stale_row {
	const char *name, *doc, *op, *fields;
	const char *near;	/* names something else; NULL: not tried */
	uint8_t with;
	enum smn_stale_change change;
	enum smn_stale_via via;
	uint8_t pages, beside;
	uint8_t shift;		/* pages that the command is off by */
	bool range;		/* wants IDR3.RIL */
	bool keeps;		/* the command must leave it alone */
	bool pair;		/* both devices look */
	bool basic;		/* a command by itself */
};

extern const struct smn_stale_row smn_stale_rows[];

#endif
