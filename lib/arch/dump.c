// SPDX-License-Identifier: GPL-2.0-or-later
/* Dumps of records, in every form that they come in. See dump.h. */
#include <errno.h>
#include <string.h>

#include "arch/dump.h"

/* The driver's line before it dumps the words, one a line; NULL: never. */
static const char *log_marker(const struct smn_family *f)
{
	static const char *const markers[SMN_KINDS] = {
		[SMN_EVT] = "event 0x",
		[SMN_CMD] = "skipping command in error state:",
	};

	return markers[f - smn_families];
}

bool smn_dump_logged(const struct smn_family *f)
{
	return log_marker(f) != NULL;
}

const struct smn_family *smn_dump_announced(const char *line)
{
	for (unsigned int i = 0; i < SMN_KINDS; i++) {
		const char *marker = log_marker(&smn_families[i]);

		if (marker && strstr(line, marker))
			return &smn_families[i];
	}
	return NULL;
}

void smn_dump_restart(struct smn_dump *d)
{
	d->at = d->index = 0;
	if (!d->from.read)
		return;
	smn_source_restart(&d->from);
	d->n = 0;
	d->inside = false;
	d->err = 0;
}

static void stop(struct smn_dump *d, int err, const char *why)
{
	if (d->err)
		return;
	d->err = err;
	smn_why_set(&d->why, "%s", why);
}

/* Raw words; what is left of a word at the end is a mistake. */
static void fill_binary(struct smn_dump *d)
{
	size_t size = d->family->bits / 8, bytes, i;
	uint64_t *to = d->words + d->n;
	uint32_t narrow;

	bytes = smn_source_bytes(&d->from, to, (SMN_DUMP_WORDS - d->n) * size);
	/* spread 32-bit words from the last to the first, in place */
	for (i = bytes / size; size == sizeof(narrow) && i-- > 0;) {
		memcpy(&narrow, (char *)to + i * size, size);
		to[i] = narrow;
	}
	d->n += bytes / size;
	if (bytes % size && !d->from.err)
		stop(d, -ENODATA, "the file ends in the middle of a word");
}

/* A word's characters up to a separator; none at the end. */
static size_t read_word(struct smn_source *s, char *word, size_t size)
{
	static const char separators[] = " \t\r\n\v\f,:";
	size_t len = 0;
	int c;

	while ((c = smn_source_byte(s)) >= 0) {
		/* memchr() does not take the string's end for one of them */
		if (!memchr(separators, c, sizeof(separators) - 1)) {
			if (len < size)
				word[len] = c;
			len++;
		} else if (len) {
			break;
		}
	}
	return len;
}

static void fill_text(struct smn_dump *d)
{
	char word[64];
	uint64_t *to;
	size_t len;

	while (d->n < SMN_DUMP_WORDS &&
	       (len = read_word(&d->from, word, sizeof(word) - 1))) {
		/* cut off by a read that failed, it may be another number */
		if (d->from.err)
			return;
		to = &d->words[d->n];
		word[len < sizeof(word) ? len : sizeof(word) - 1] = '\0';
		if (strlen(word) != len || smn_number_parse(word, to) ||
		    (d->family->bits == 32 && *to > UINT32_MAX)) {
			stop(d, -EINVAL,
			     "the file has something that is not a word");
			return;
		}
		d->n++;
	}
}

/* "arm-smmu-v3 ...: \t0x0000001000000010": only behind a tab, and at the end */
bool smn_dump_word(const char *line, uint64_t *word)
{
	const char *at = strstr(line, "\t0x");

	return at && strlen(at) == 19 && !smn_number_parse(at + 1, word);
}

static void fill_log(struct smn_dump *d)
{
	char line[1024];
	size_t len;

	while (d->n < SMN_DUMP_WORDS &&
	       smn_source_line(&d->from, line, sizeof(line), &len)) {
		line[strcspn(line, "\r")] = '\0';
		if (strstr(line, log_marker(d->family))) {
			/* one that was cut off is not joined with the next */
			d->n -= d->n % d->stride;
			d->inside = true;
		} else if (d->inside && len < sizeof(line) &&
			   smn_dump_word(line, &d->words[d->n])) {
			d->n++;
			d->inside = d->n % d->stride;
		}
	}
}

/* The next block. A full one holds whole records: nothing is left of it. */
static void fill(struct smn_dump *d)
{
	static void (*const fills[])(struct smn_dump *d) = {
		[SMN_DUMP_TEXT] = fill_text,
		[SMN_DUMP_BINARY] = fill_binary,
		[SMN_DUMP_LOG] = fill_log,
	};

	d->n = d->at = 0;
	fills[d->form](d);
	if (d->from.err)
		stop(d, d->from.err, strerror(-d->from.err));
	if (d->n < SMN_DUMP_WORDS && d->n % d->stride)
		stop(d, -ENODATA, "the file ends in the middle of a record");
}

int smn_dump_next(struct smn_dump *d, const uint64_t **record,
		  struct smn_why *why)
{
	if (d->at + d->stride > d->n && d->from.read && !d->err)
		fill(d);
	if (d->at + d->stride > d->n) {
		if (d->err)
			smn_why_set(why, "%s", d->why.text);
		return d->err;
	}
	*record = d->words + d->at;
	d->at += d->stride;
	d->index++;
	return 1;
}

/* --- how many of each --- */

/* What no field describes, by opcode or type; no table is searched later. */
static void learn_unknown(const struct smn_dump *d,
			  uint64_t unknown[256][SMN_MAX_WORDS])
{
	for (unsigned int op = 0; op < 256; op++) {
		const uint64_t first[SMN_MAX_WORDS] = { op };
		const struct smn_layout *l =
			smn_family_layout(d->family, first, 0);

		for (unsigned int i = 0; i < d->stride; i++)
			unknown[op][i] = ~smn_layout_known(l, i);
	}
}

/* Counts the records of the block that are left. */
static void tally_block(struct smn_dump *d, struct smn_tally *t,
			uint64_t unknown[256][SMN_MAX_WORDS])
{
	const uint64_t *w = d->words + d->at, *end = d->words + d->n;
	unsigned int words = d->stride;

	for (; w + words <= end; w += words) {
		uint8_t op = w[0] & SMN_CMD_OPCODE;
		uint64_t extra = 0;

		for (unsigned int i = 0; i < words; i++)
			extra |= w[i] & unknown[op][i];
		t->count[op]++;
		t->unknown[op] += extra != 0;
	}
	d->index += (w - (d->words + d->at)) / words;
	d->at = w - d->words;
}

int smn_dump_tally(struct smn_dump *d, struct smn_tally *t, struct smn_why *why)
{
	uint64_t unknown[256][SMN_MAX_WORDS];
	const uint64_t *record;
	int ret;

	learn_unknown(d, unknown);
	while ((ret = smn_dump_next(d, &record, why)) > 0) {
		/* back to the one that made the block be read */
		d->at -= d->stride;
		d->index--;
		tally_block(d, t, unknown);
	}
	return ret;
}
