// SPDX-License-Identifier: GPL-2.0-or-later
/* The bitfield engine: get, put, parse, name. See field.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arch/field.h"

void smn_why_set(struct smn_why *why, const char *fmt, ...)
{
	va_list ap;

	if (!why)
		return;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
}

static uint64_t ones(unsigned int width)
{
	return width < 64 ? (1ULL << width) - 1 : ~0ULL;
}

uint64_t smn_field_mask(const struct smn_field *f)
{
	return ones(f->width) << f->lo;
}

uint64_t smn_field_get(const struct smn_field *f, const uint64_t *words)
{
	uint64_t bits = words[f->word] & smn_field_mask(f);

	return f->addr ? bits : bits >> f->lo;
}

int smn_field_put(const struct smn_field *f, uint64_t *words, uint64_t value,
		  struct smn_why *why)
{
	uint64_t mask = smn_field_mask(f);
	uint64_t low = f->addr ? ones(f->lo) : 0;
	uint64_t max = f->addr ? mask : ones(f->width);

	if (value & low) {
		smn_why_set(why, "%s=0x%" PRIx64 ": an address aligned to 0x%"
			    PRIx64 " is needed", f->name, value, low + 1);
		return -EINVAL;
	}
	if (value & ~max) {
		smn_why_set(why, "%s=0x%" PRIx64 " does not fit: the largest "
			    "is 0x%" PRIx64, f->name, value, max);
		return -ERANGE;
	}
	words[f->word] &= ~mask;
	words[f->word] |= f->addr ? value : value << f->lo;
	return 0;
}

const char *smn_field_value_name(const struct smn_field *f, uint64_t v)
{
	return v < f->nvalues ? f->values[v] : NULL;
}

static bool same(const char *name, const char *s, size_t len)
{
	return name && strlen(name) == len && !strncasecmp(name, s, len);
}

const struct smn_field *smn_layout_field(const struct smn_layout *l,
					 const char *name, size_t len)
{
	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];

		if (same(f->name, name, len) || same(f->alias, name, len))
			return f;
	}
	return NULL;
}

int smn_number_parse(const char *s, uint64_t *value)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	uint64_t v;
	char *end;

	/* strtoull() would take blanks, signs and octal; none is meant here */
	if (!isxdigit((unsigned char)s[hex ? 2 : 0]))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, hex ? 16 : 10);
	if (*end)
		return -EINVAL;
	if (errno)
		return -ERANGE;
	*value = v;
	return 0;
}

/* Goes on counting where @buf is full, as snprintf() does. */
__attribute__((format(printf, 4, 5)))
static void append(char *buf, size_t len, size_t *at, const char *fmt, ...)
{
	bool room = *at < len;
	va_list ap;

	va_start(ap, fmt);
	*at += vsnprintf(room ? buf + *at : NULL, room ? len - *at : 0, fmt,
			 ap);
	va_end(ap);
}

/* "abort, bypass, s1" */
static const char *value_names(const struct smn_field *f, char *buf, size_t len)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned int v = 0; v < f->nvalues; v++)
		if (f->values[v])
			append(buf, len, &at, "%s%s", at ? ", " : "",
			       f->values[v]);
	return buf;
}

static int parse_value(const struct smn_field *f, const char *s,
		       uint64_t *value, struct smn_why *why)
{
	char names[160];
	int ret;

	for (*value = 0; *value < f->nvalues; (*value)++)
		if (f->values[*value] && !strcasecmp(f->values[*value], s))
			return 0;

	ret = smn_number_parse(s, value);
	if (ret == -ERANGE)
		smn_why_set(why, "%s=%s: more than 64 bits", f->name, s);
	else if (ret)
		smn_why_set(why, "%s=%.40s is neither a number%s%s", f->name, s,
			    f->nvalues ? " nor one of: " : "",
			    value_names(f, names, sizeof(names)));
	return ret;
}

static const char *field_name_at(const void *ctx, unsigned int i)
{
	const struct smn_layout *l = ctx;

	return i < l->nfields ? l->fields[i].name : NULL;
}

int smn_layout_assign_once(const struct smn_layout *l, uint64_t *words,
			   uint64_t *seen, const char *assignment,
			   struct smn_why *why)
{
	size_t len = strcspn(assignment, "=");
	const struct smn_field *f = smn_layout_field(l, assignment, len);
	const char *near;
	uint64_t value;
	int ret;

	if (!assignment[len]) {
		smn_why_set(why, "'%s': NAME=VALUE is needed", assignment);
		return -EINVAL;
	}
	if (!f) {
		near = smn_nearest(assignment, len, field_name_at, l);
		smn_why_set(why, "%s has no field '%.*s'%s%s%s", l->name,
			    (int)len, assignment, near ? "; did you mean " : "",
			    near ? near : "", near ? "?" : "");
		return -ENOENT;
	}
	if (seen && seen[f->word] & smn_field_mask(f)) {
		smn_why_set(why, "%s is given twice", f->name);
		return -EEXIST;
	}
	ret = parse_value(f, assignment + len + 1, &value, why);
	if (!ret)
		ret = smn_field_put(f, words, value, why);
	if (!ret && seen)
		seen[f->word] |= smn_field_mask(f);
	return ret;
}

int smn_layout_assign(const struct smn_layout *l, uint64_t *words,
		      const char *assignment, struct smn_why *why)
{
	return smn_layout_assign_once(l, words, NULL, assignment, why);
}

int smn_layout_parse(const struct smn_layout *l, uint64_t *words,
		     const char *list, struct smn_why *why)
{
	uint64_t seen[SMN_MAX_WORDS] = { 0 };
	uint64_t parsed[SMN_MAX_WORDS] = { l->opcode };
	char one[80];

	while (*list) {
		size_t len = strcspn(list, ",");
		int ret;

		if (len >= sizeof(one)) {
			smn_why_set(why, "'%.20s...': too long", list);
			return -EINVAL;
		}
		memcpy(one, list, len);
		one[len] = '\0';
		ret = smn_layout_assign_once(l, parsed, seen, one, why);
		if (ret)
			return ret;
		list += len + (list[len] == ',');
	}
	memcpy(words, parsed, l->words * sizeof(*words));
	return 0;
}

size_t smn_layout_format(const struct smn_layout *l, const uint64_t *words,
			 char *buf, size_t len)
{
	size_t at = 0;

	if (len)
		buf[0] = '\0';
	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];
		uint64_t v = smn_field_get(f, words);
		const char *name = smn_field_value_name(f, v);

		if (!v)
			continue;
		append(buf, len, &at, "%s%s=", at ? " " : "", f->name);
		if (name)
			append(buf, len, &at, "%s", name);
		else
			append(buf, len, &at, v > 9 ? "0x%" PRIx64 : "%" PRIu64,
			       v);
	}
	for (unsigned int i = 0; i < l->words; i++) {
		uint64_t extra = words[i] & ~smn_layout_known(l, i);

		if (extra)
			append(buf, len, &at, "%sunknown%u=0x%" PRIx64,
			       at ? " " : "", i, extra);
	}
	return at;
}

uint64_t smn_layout_type_bits(const struct smn_layout *l, unsigned int i)
{
	if (i == 0 && l->kind == SMN_CMD)
		return SMN_CMD_OPCODE;
	return i == 0 && l->kind == SMN_EVT ? SMN_EVT_TYPE : 0;
}

uint64_t smn_layout_known(const struct smn_layout *l, unsigned int i)
{
	uint64_t known = smn_layout_type_bits(l, i);

	for (unsigned int k = 0; k < l->nfields; k++)
		if (l->fields[k].word == i)
			known |= smn_field_mask(&l->fields[k]);
	return known;
}

/* Edit distance, case-blind; names are short, so one row of costs is enough. */
static unsigned int distance(const char *a, size_t na, const char *b)
{
	unsigned int cost[32];
	size_t nb = strlen(b);

	if (na >= SMN_ARRAY_SIZE(cost) || nb >= SMN_ARRAY_SIZE(cost))
		return ~0u;
	for (size_t j = 0; j <= nb; j++)
		cost[j] = j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int diagonal = cost[0];

		cost[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned int up = cost[j], best = diagonal +
				(tolower((unsigned char)a[i - 1]) !=
				 tolower((unsigned char)b[j - 1]));

			if (up + 1 < best)
				best = up + 1;
			if (cost[j - 1] + 1 < best)
				best = cost[j - 1] + 1;
			cost[j] = best;
			diagonal = up;
		}
	}
	return cost[nb];
}

const char *smn_nearest(const char *name, size_t len,
			const char *(*names)(const void *ctx, unsigned int i),
			const void *ctx)
{
	unsigned int best = len / 2 + 1;
	const char *near = NULL, *candidate;

	for (unsigned int i = 0; (candidate = names(ctx, i)); i++) {
		unsigned int d = distance(name, len, candidate);

		if (d < best) {
			best = d;
			near = candidate;
		}
	}
	return near;
}
