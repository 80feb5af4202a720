/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each event that a VM can bring upon itself, provoked: see walklab.h. */
#ifndef WALKEVENTS_H
#define WALKEVENTS_H

#include "walklab.h"

enum { FAULT_IOVA = 0x017ff000 };	/* within the 25 bits of T0SZ=39 */

static const struct fault_row {
	const char *event;
	const char *ste;	/* laid over the usual STE */
	const char *cd;
	const char *leaf;	/* NULL: nothing is mapped */
	uint64_t oa;
	bool writes_only;
} fault_rows[] = {
	{ .event = "C_BAD_STE", .ste = "S1STALLD=1", .cd = "ASID=7",
	  .leaf = SMN_S1_USUAL, .oa = 0x90000000 },
	{ .event = "C_BAD_CD", .cd = "ASID=7,V=0", .leaf = SMN_S1_USUAL,
	  .oa = 0x90000000 },
	{ .event = "F_TRANSLATION", .cd = "ASID=7" },
	{ .event = "F_ADDR_SIZE", .cd = "ASID=7,IPS=32",
	  .leaf = SMN_S1_USUAL, .oa = 1ULL << 32 },
	{ .event = "F_ACCESS", .cd = "ASID=7",
	  .leaf = "AttrIndx=0,AP[1]=1,SH=ish", .oa = 0x90000000 },
	{ .event = "F_PERMISSION", .cd = "ASID=7",
	  .leaf = "AttrIndx=0,AP[1]=1,AP[2]=1,SH=ish,AF=1",
	  .oa = 0x90000000, .writes_only = true },
};

/* Another STE for a while. */
static inline int fault_ste(struct lab *l, const char *fields, uint32_t *hwpt)
{
	int ret;

	smn_layout_assign(&smn_vste, l->ste, fields, NULL);
	ret = smn_s1_alloc(&l->s, l->dev.id, l->viommu, l->ste, 0, hwpt);
	return ret ? ret : smn_device_attach(&l->s, &l->dev, *hwpt);
}

static inline int fault_restore(struct lab *l, const uint64_t ste[2],
				uint32_t hwpt)
{
	int ret = 0;

	memcpy(l->ste, ste, sizeof(l->ste));
	if (hwpt)
		ret = smn_device_attach(&l->s, &l->dev, l->hwpt);
	if (!ret && hwpt)
		ret = smn_destroy(&l->s, hwpt);
	return ret;
}

static inline int fault_build(struct lab *l, const struct fault_row *row,
			      uint32_t *hwpt)
{
	int ret = lab_tables(l, 12, 25, row->cd);

	if (!ret && row->leaf)
		ret = smn_s1_map(&l->s1, FAULT_IOVA, row->oa, 3, row->leaf,
				 NULL);
	if (!ret && row->ste)
		ret = fault_ste(l, row->ste, hwpt);
	return ret ? ret : lab_announce(l);
}

static inline void fault_try(struct lab *l, const struct fault_row *row,
			     bool write)
{
	uint64_t ste[2] = { l->ste[0], l->ste[1] };
	struct lab_want want = { 0 };
	bool config = row->event[0] == 'C', same = false;
	uint32_t hwpt = 0;
	int ret, back;

	if (config && l->source->tells) {
		tap_ok(l->tap, true, "%s, %s # SKIP its queues are behind "
		       "the same STE and CD", l->source->name, row->event);
		return;
	}
	ret = fault_build(l, row, &hwpt);
	if (!ret)
		same = lab_transfer(l, FAULT_IOVA, write, false, &want);
	back = fault_restore(l, ste, hwpt);
	tap_ok(l->tap, !ret && !back && same && want.fate == LAB_EVENT &&
	       !strcmp(want.walk.event->name, row->event),
	       "%s, a %s: %s, word for word (%d, %d)", l->source->name,
	       write ? "write" : "read", row->event, ret, back);
}

/* What words are not compared is said with the reason. */
static inline void faults(struct lab *l)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(lab_free); i++)
		printf("# not compared: %s, %s\n", lab_free[i].field,
		       lab_free[i].reason);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(fault_rows); i++) {
		fault_try(l, &fault_rows[i], true);
		if (!fault_rows[i].writes_only)
			fault_try(l, &fault_rows[i], false);
	}
}

#endif
