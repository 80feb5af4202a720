// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which physical addresses are somebody's: /proc/iomem. A line is
 * "START-LAST : NAME", what lies within it follows with blanks before. To all
 * but root it shows zeroes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"

#define IOMEM "/proc/iomem"
#define IOMEM_MAX (4u << 20)	/* bytes of it, of a very large machine */

int smn_iomem_add(struct smn_iomem *m, uint64_t start, uint64_t last)
{
	if (m->n == SMN_MAX_IOMEM)
		return -E2BIG;
	m->at[m->n].start = start;
	m->at[m->n++].last = last;
	return 0;
}

/* Up to 16 hexadecimal digits at *@s, which moves on behind them. */
static bool number(const char **s, const char *end, uint64_t *value)
{
	unsigned int n = 0;

	for (*value = 0; *s < end && n <= 16; (*s)++, n++) {
		const char *digits = "0123456789abcdef";
		const char *at = **s ? strchr(digits, **s) : NULL;

		if (!at)
			break;
		*value = *value << 4 | (uint64_t)(at - digits);
	}
	return n && n <= 16;
}

static int line(struct smn_iomem *m, const char *s, const char *end)
{
	uint64_t start, last;

	if (s < end && *s == ' ')
		return 0;
	if (!number(&s, end, &start) || s == end || *s++ != '-' ||
	    !number(&s, end, &last) || s == end || *s != ' ' || start > last)
		return -EBADMSG;
	return smn_iomem_add(m, start, last);
}

int smn_iomem_parse(const char *text, size_t len, struct smn_iomem *m)
{
	const char *end = text + len;
	bool seen = false;
	int ret = 0;

	m->n = 0;
	while (!ret && text < end) {
		const char *stop = memchr(text, '\n', end - text);

		stop = stop ? stop : end;
		ret = line(m, text, stop);
		text = stop < end ? stop + 1 : end;
	}
	for (unsigned int i = 0; i < m->n; i++)
		seen |= m->at[i].last != 0;
	if (!ret && !seen)
		ret = m->n ? -EACCES : -EBADMSG;
	return ret;
}

int smn_iomem_read(struct smn_sys *sys, struct smn_iomem *m,
		   struct smn_why *why)
{
	uint8_t *data = NULL;
	size_t size = 0;
	int ret = smn_sys_read_file(sys, IOMEM, IOMEM_MAX, &data, &size);

	m->n = 0;
	if (!ret)
		ret = size ? smn_iomem_parse((const char *)data, size, m) :
			-EBADMSG;
	free(data);
	if (!ret)
		return 0;
	m->n = 0;
	if (ret == -EACCES || ret == -EPERM)
		smn_why_set(why, IOMEM " shows its addresses to root alone");
	else
		smn_why_set(why, IOMEM " cannot be used: %s",
			    smn_errno_name(ret));
	return ret;
}

/* The range that lies in the way of [at, last], or NULL. */
static const struct smn_iorange *obstacle(const struct smn_iomem *m,
					  uint64_t at, uint64_t last)
{
	for (unsigned int i = 0; i < m->n; i++)
		if (m->at[i].start <= last && m->at[i].last >= at)
			return &m->at[i];
	return NULL;
}

int smn_iomem_hole(const struct smn_iomem *m, const struct smn_iorange *within,
		   uint64_t bytes, uint64_t align, uint64_t *hole)
{
	uint64_t at = (within->start + align - 1) & ~(align - 1);

	/* each turn leaves a range behind for good */
	while (at >= within->start && at <= within->last &&
	       bytes - 1 <= within->last - at) {
		const struct smn_iorange *r = obstacle(m, at, at + bytes - 1);

		if (!r) {
			*hole = at;
			return 0;
		}
		at = (r->last + align) & ~(align - 1);
		if (at <= r->last)
			break;
	}
	return -ENOSPC;
}
