// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables against words that were not made by them: written from the bit
 * numbers of IHI 0070, from the driver's macros and from what SMMUs report.
 * A word must decode to exactly these fields, and these fields give the word.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/field.h"
#include "tap.h"
#include "vectors.h"

/* What a value is called: the layout, the field, the value, its name. */
static const struct value {
	const char *layout, *field;
	uint64_t value;
	const char *name;
} values[] = {
	{ "STE", "S1Fmt", 2, "64k-l2" },
	{ "STE", "S1DSS", 2, "ssid0" },
	{ "STE", "S1CIR", 3, "wb" },
	{ "STE", "S1COR", 1, "wbra" },
	{ "STE", "S1CSH", 3, "ish" },
	{ "STE", "EATS", 3, "dpt" },
	{ "STE", "STRW", 2, "el2" },
	{ "STE", "SHCFG", 2, "osh" },
	{ "STE", "NSCFG", 3, "non-secure" },
	{ "STE", "PRIVCFG", 3, "priv" },
	{ "STE", "INSTCFG", 2, "data" },
	{ "STE", "S2TG", 2, "16k" },
	{ "STE", "S2TG", 1, "64k" },
	{ "STE", "S2PS", 7, "56" },
	{ "STE", "S2SH0", 2, "osh" },
	{ "STE", "S2ENDI", 1, "be" },
	{ "STE", "DPT_VMATCH", 2, "any" },
	{ "STE", "Cfg", 7, "nested" },
	{ "CD", "TG0", 1, "64k" },
	{ "CD", "TG0", 2, "16k" },
	{ "CD", "TG1", 1, "16k" },
	{ "CD", "TG1", 2, "4k" },
	{ "CD", "TG1", 3, "64k" },
	{ "CD", "SH1", 2, "osh" },
	{ "CD", "IR1", 2, "wt" },
	{ "CD", "OR1", 3, "wb" },
	{ "CD", "IPS", 0, "32" },
	{ "CD", "IPS", 6, "52" },
	{ "CD", "ENDI", 1, "be" },
	{ "CD", "ASET", 1, "private" },
	{ "TLBI_S2_IPA", "TG", 3, "64k" },
	{ "TLBI_EL2_VA", "TG", 2, "16k" },
	{ "PRI_RESP", "Resp", 1, "invalid" },
	{ "F_WALK_EABT", "CLASS", 1, "tt" },
	{ "F_ACCESS", "CLASS", 0, "cd" },
	{ "F_PERMISSION", "TTRnW", 0, "write" },
	{ "F_PERMISSION", "S2", 1, "s2" },
	{ "F_UUT", "InD", 1, "inst" },
	{ "F_UUT", "PnU", 1, "priv" },
	{ "IDR0", "HTTU", 2, "dirty" },
	{ "IDR0", "HTTU", 3, "haft" },
	{ "IDR0", "TTF", 1, "aarch32" },
	{ "IDR0", "STALL_MODEL", 2, "stall" },
	{ "IDR0", "TTENDIAN", 3, "be" },
	{ "IDR5", "OAS", 6, "52" },
	{ "IDR5", "VAX", 2, "56" },
	{ "AIDR", "ArchMinorRev", 4, "3.4" },
};

static bool is_field(const struct smn_layout *l, char *item, uint64_t *words,
		     uint64_t *again)
{
	char *value = strchr(item, '='), *name = strchr(item, ':'), *end;
	const struct smn_field *f;
	const char *known;
	uint64_t v;

	*value++ = '\0';
	if (name)
		*name++ = '\0';
	v = strtoull(value, &end, 0);
	f = smn_layout_field(l, item, strlen(item));
	if (!f || *end || smn_field_get(f, words) != v)
		return false;
	known = smn_field_value_name(f, v);
	if (name && (!known || strcmp(known, name)))
		return false;
	return !smn_field_put(f, again, v, NULL);
}

static void vector(struct tap *t, const struct vector *v, unsigned int row)
{
	const struct smn_layout *l = smn_layout_by_name(v->layout);
	uint64_t words[SMN_MAX_WORDS], again[SMN_MAX_WORDS] = { 0 };
	char fields[400], *rest, *item;
	bool ok = l;

	memcpy(words, v->words, sizeof(words));
	snprintf(fields, sizeof(fields), "%s", v->fields);
	if (ok)
		again[0] = l->opcode;
	item = strtok_r(fields, " ", &rest);
	for (; ok && item; item = strtok_r(NULL, " ", &rest))
		ok = is_field(l, item, words, again);
	ok = ok && !memcmp(words, again, sizeof(words));
	/* "STE" is the whole entry; a VM's part must say the same */
	if (ok && l == &smn_ste)
		for (unsigned int i = 0; i < smn_vste.nfields; i++)
			ok &= smn_field_get(&smn_vste.fields[i], words) ==
				smn_field_get(&smn_ste.fields[i], words);
	tap_ok(t, ok, "vector %u: %s %.40s", row, v->layout, v->fields);
}

static void value(struct tap *t, const struct value *v)
{
	const struct smn_layout *l = smn_layout_by_name(v->layout);
	const struct smn_field *f = smn_layout_field(l, v->field,
						     strlen(v->field));
	const char *name = f ? smn_field_value_name(f, v->value) : NULL;

	tap_ok(t, name && !strcmp(name, v->name), "%s.%s=%" PRIu64 " is %s",
	       v->layout, v->field, v->value, v->name);
}

static void every_layout(struct tap *t)
{
	const struct smn_layout *l;
	unsigned int missing = 0, n = 0;

	for (unsigned int i = 0; (l = smn_layout_at(i)); i++, n++) {
		bool found = l == &smn_vste;	/* is one with "STE" */

		for (size_t k = 0; k < SMN_ARRAY_SIZE(vectors); k++)
			found |= smn_layout_by_name(vectors[k].layout) == l;
		missing += !found;
	}
	tap_ok(t, !missing, "each of the %u layouts has a vector", n);
}

/* Section 4.1.1, 7.3; arm_vsmmu_validate_user_cmd(), arm_smmu_handle_event() */
static void fates(struct tap *t)
{
	static const uint8_t forwarded[] = {
		0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x30, 0x40
	};
	static const uint8_t emulated[] = { 1, 2, 3, 4, 0x41, 0x44, 0x46 };
	static const uint8_t to_vm[] = {
		0x04, 0x06, 0x08, 0x0a, 0x10, 0x11, 0x12, 0x13
	};
	unsigned int cmd = 0, evt = 0;

	for (unsigned int i = 0; i < 256; i++) {
		const struct smn_layout *c = smn_cmd_by_opcode(i);
		const struct smn_layout *e = smn_evt_by_type(i);
		enum smn_fate fate = SMN_REFUSED;

		if (memchr(forwarded, i, sizeof(forwarded)))
			fate = SMN_FORWARDED;
		else if (memchr(emulated, i, sizeof(emulated)))
			fate = SMN_EMULATED;
		cmd += c ? c->fate != fate : fate != SMN_REFUSED;
		fate = memchr(to_vm, i, sizeof(to_vm)) ? SMN_FORWARDED :
			SMN_REFUSED;
		evt += e ? e->fate != fate : fate != SMN_REFUSED;
	}
	tap_ok(t, !cmd, "what becomes of each opcode is the driver's");
	tap_ok(t, !evt, "the events that reach a VM are the driver's");
	tap_ok(t, smn_ncmds == 34 && smn_nevts == 19, "all are there");
}

static void identity(struct tap *t)
{
	static const struct {
		uint32_t iidr;
		const char *name;
	} rows[] = {
		{ 0x4832043b, "Arm MMU-600 r2p0" },
		{ 0x4851043b, "Arm MMU-600AE r1p0" },
		{ 0x4871143b, "Arm MMU-700 r1p1" },
		{ 0x48a0043b, "Arm MMU-L1 r0p0" },
		{ 0x4980143b, "Arm MMU-S3 r0p1" },
		{ 0x00030736, "HiSilicon product 0x000 r3p0" },
		{ 0x12301fff, "implementer 0xfff product 0x123 r0p1" },
	};
	char buf[SMN_ID_NAME];

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		tap_ok(t, !strcmp(smn_iidr_name(rows[i].iidr, buf),
				  rows[i].name), "IIDR 0x%08x is %s",
		       rows[i].iidr, rows[i].name);
	tap_ok(t, !smn_iidr_name(0, buf), "IIDR 0 says nothing");
	tap_ok(t, !strcmp(smn_aidr_name(0, buf), "SMMUv3.0") &&
	       !strcmp(smn_aidr_name(2, buf), "SMMUv3.2"), "AIDR is a version");
}

int main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < SMN_ARRAY_SIZE(vectors); i++)
		vector(&t, &vectors[i], i);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(values); i++)
		value(&t, &values[i]);
	every_layout(&t);
	fates(&t);
	identity(&t);
	return tap_done(&t);
}
