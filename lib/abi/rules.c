// SPDX-License-Identifier: GPL-2.0-or-later
/* Acceptance rules. See rules.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "abi/rules.h"

__attribute__((format(printf, 4, 5)))
static void violate(struct smn_violations *out, const char *id,
		    const struct smn_field *field, const char *fmt, ...)
{
	struct smn_violation *v;
	va_list ap;

	if (out->n == SMN_MAX_VIOLATIONS)
		return;
	v = &out->v[out->n++];
	v->id = id;
	v->field = field;
	va_start(ap, fmt);
	vsnprintf(v->why.text, sizeof(v->why.text), fmt, ap);
	va_end(ap);
}

static bool has(smn_feats feats, unsigned int feat)
{
	return feats & 1u << feat;
}

/* The part of a field that a user may set on an SMMU with these features. */
static uint64_t allowed_mask(const struct smn_field *f, smn_feats feats)
{
	struct smn_field narrow = *f;

	if (f->user != SMN_USER || (f->feat && !has(feats, f->feat)))
		return 0;
	if (f->wide && !has(feats, f->wide))
		narrow.width = f->narrow;
	return smn_field_mask(&narrow);
}

uint64_t smn_rules_allowed(const struct smn_layout *l, unsigned int i,
			   smn_feats feats)
{
	uint64_t mask = smn_layout_type_bits(l, i);

	for (unsigned int k = 0; k < l->nfields; k++)
		if (l->fields[k].word == i)
			mask |= allowed_mask(&l->fields[k], feats);
	return mask;
}

/* Where a field's bits are, as people write it. */
static const char *position(const struct smn_field *f, char buf[24])
{
	if (f->width == 1)
		snprintf(buf, 24, "word %u bit %u", f->word, f->lo);
	else
		snprintf(buf, 24, "word %u bits %u:%u", f->word,
			 f->lo + f->width - 1, f->lo);
	return buf;
}

static void check_field(const struct smn_layout *l, const struct smn_field *f,
			const uint64_t *words, smn_feats feats,
			struct smn_violations *out)
{
	uint64_t value = smn_field_get(f, words);
	uint64_t bits = words[f->word] & smn_field_mask(f);
	const char *name;
	char at[24];

	if (bits && f->user != SMN_USER)
		violate(out, "field.kernel", f,
			"%s.%s (%s) is not the user's to "
			"set", l->name, f->name, position(f, at));
	else if (bits && f->feat && !has(feats, f->feat))
		violate(out, "field.feature", f, "%s.%s (%s) needs %s (%s)",
			l->name, f->name, position(f, at),
			smn_feat_name(f->feat), smn_feat_source(f->feat));
	else if (bits & ~allowed_mask(f, feats))
		violate(out, "field.width", f,
			"%s.%s=0x%" PRIx64 " has more than "
			"%u bits, which needs %s (%s)", l->name, f->name, value,
			f->narrow, smn_feat_name(f->wide),
			smn_feat_source(f->wide));
	else if (f->legal && !(f->legal >> value & 1)) {
		name = smn_field_value_name(f, value);
		violate(out, "field.value", f,
			"%s.%s=%" PRIu64 "%s%s%s is not a "
			"value the kernel takes", l->name, f->name, value,
			name ? " (" : "", name ? name : "", name ? ")" : "");
	}
}

static void check_fields(const struct smn_layout *l, const uint64_t *words,
			 smn_feats feats, struct smn_violations *out)
{
	for (unsigned int i = 0; i < l->nfields; i++)
		check_field(l, &l->fields[i], words, feats, out);
	for (unsigned int i = 0; i < l->words; i++) {
		uint64_t extra = words[i] & ~smn_layout_known(l, i);

		if (extra)
			violate(out, "field.reserved", NULL, "%s word %u has "
				"reserved bits set: 0x%016" PRIx64, l->name, i,
				extra);
	}
}

int smn_rules_vste(const uint64_t ste[2], smn_feats feats,
		   struct smn_violations *out)
{
	out->n = 0;
	if (smn_field_get(smn_layout_field(&smn_vste, "V", 1), ste))
		check_fields(&smn_vste, ste, feats, out);
	return out->n ? -EIO : 0;
}

/*
 * NUM, SCALE, TTL and TG together, IHI 0070 section 4.4.1.1; the kernel's
 * arm_vsmmu_validate_range().
 */
enum { TG, TTL, NUM, SCALE };

static const char *const range_fields[] = { "TG", "TTL", "NUM", "SCALE" };

enum { RANGE_OF_ONE = 1, RANGE_NEEDS_DS = 2, RANGE_EMPTY = 4 };

/* False where the layout or the SMMU knows no ranges. */
static bool find_range(const struct smn_layout *l, smn_feats feats,
		       const struct smn_field *range[4])
{
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(range_fields); i++) {
		const char *name = range_fields[i];

		range[i] = smn_layout_field(l, name, strlen(name));
		if (!range[i] || !has(feats, range[i]->feat))
			return false;
	}
	return true;
}

/* Which of the three is wrong, ored. */
static unsigned int range_faults(const struct smn_field *const range[4],
				 const uint64_t *cmd, smn_feats feats)
{
	uint64_t tg = smn_field_get(range[TG], cmd);
	uint64_t ttl = smn_field_get(range[TTL], cmd);
	uint64_t many = smn_field_get(range[NUM], cmd) |
			smn_field_get(range[SCALE], cmd);

	if (!tg)
		return many || ttl ? RANGE_OF_ONE : 0;
	return (tg == 2 && ttl == 1 && !has(feats, SMN_FEAT_DS) ?
		RANGE_NEEDS_DS : 0) | (!many && !ttl ? RANGE_EMPTY : 0);
}

static void check_range(const struct smn_layout *l, const uint64_t *cmd,
			smn_feats feats, struct smn_violations *out)
{
	const struct smn_field *range[4];
	unsigned int faults;

	if (!find_range(l, feats, range))
		return;
	faults = range_faults(range, cmd, feats);
	if (faults & RANGE_OF_ONE)
		violate(out, "cmd.range", NULL,
			"TG=0 means one address: NUM, SCALE "
			"and TTL must be 0");
	if (faults & RANGE_NEEDS_DS)
		violate(out, "cmd.range", NULL,
			"TTL=1 with TG=16k needs %s (%s)",
			smn_feat_name(SMN_FEAT_DS),
			smn_feat_source(SMN_FEAT_DS));
	if (faults & RANGE_EMPTY)
		violate(out, "cmd.range", NULL,
			"TG=%" PRIu64 " with NUM=SCALE=TTL=0 "
			"is a reserved combination",
			smn_field_get(range[TG], cmd));
}

int smn_rules_cmd(const uint64_t cmd[2], smn_feats feats,
		  struct smn_violations *out)
{
	uint8_t opcode = cmd[0] & SMN_CMD_OPCODE;
	const struct smn_layout *l = smn_cmd_by_opcode(opcode);

	out->n = 0;
	if (!l || l->fate != SMN_FORWARDED) {
		violate(out, "cmd.opcode", NULL,
			"opcode 0x%02x%s%s%s is not one "
			"that IOMMU_HWPT_INVALIDATE takes", opcode,
			l ? " (" : "", l ? l->name : "", l ? ")" : "");
		return -EIO;
	}
	if (l->feat && !has(feats, l->feat))
		violate(out, "cmd.feature", NULL, "%s needs %s (%s)", l->name,
			smn_feat_name(l->feat), smn_feat_source(l->feat));
	check_fields(l, cmd, feats, out);
	check_range(l, cmd, feats, out);
	return out->n ? -EIO : 0;
}

/* --- the same, made ready --- */

static void init_rule(struct smn_rule *r, const struct smn_layout *l,
		      smn_feats feats)
{
	r->layout = l;
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(r->allowed); i++)
		r->allowed[i] = smn_rules_allowed(l, i, feats);
}

void smn_rules_init(struct smn_rules *rules, smn_feats feats)
{
	*rules = (struct smn_rules){ .feats = feats };
	rules->v = smn_layout_field(&smn_vste, "V", 1);
	init_rule(&rules->vste, &smn_vste, feats);
	for (unsigned int i = 0; i < smn_ncmds; i++) {
		const struct smn_layout *l = &smn_cmds[i];
		struct smn_rule *r = &rules->cmd[l->opcode];

		if (l->fate != SMN_FORWARDED ||
		    (l->feat && !has(feats, l->feat)))
			continue;
		init_rule(r, l, feats);
		r->sid = smn_layout_field(l, "SID", 3);
		if (!find_range(l, feats, r->range))
			memset(r->range, 0, sizeof(r->range));
	}
}

/* No bit that is not the user's, and no value that is none. */
static bool fits(const struct smn_rule *r, const uint64_t words[2])
{
	const struct smn_layout *l = r->layout;

	if (!l || words[0] & ~r->allowed[0] || words[1] & ~r->allowed[1])
		return false;
	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];

		if (f->legal && !(f->legal >> smn_field_get(f, words) & 1))
			return false;
	}
	return true;
}

bool smn_rules_vste_ok(const struct smn_rules *rules, const uint64_t ste[2])
{
	return !smn_field_get(rules->v, ste) || fits(&rules->vste, ste);
}

bool smn_rules_cmd_ok(const struct smn_rules *rules, const uint64_t cmd[2])
{
	const struct smn_rule *r = &rules->cmd[cmd[0] & SMN_CMD_OPCODE];

	return fits(r, cmd) &&
	       (!r->range[TG] || !range_faults(r->range, cmd, rules->feats));
}
