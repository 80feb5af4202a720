// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dumps of any family and form. The records do not depend on how the file is
 * cut into pieces, are those that a simple reader finds in it, are the same in
 * every form, and are all counted.
 */
#include <ctype.h>

#include "chunks.h"

struct result {
	size_t n;		/* words */
	int ret;
	struct smn_why why;
	uint64_t *words;
};

static struct smn_dump *open_dump(const struct smn_family *family,
				  enum smn_dump_form form, struct chunks *c)
{
	struct smn_dump *d = calloc(1, sizeof(*d));

	CHECK(d);
	d->family = family;
	d->stride = family->words;
	d->form = form;
	d->from.read = read_chunk;
	d->from.ctx = c;
	c->at = 0;
	c->over = false;
	return d;
}

/* A word takes at least a byte of the file, and one between them. */
static struct result read_all(const struct smn_family *family,
			      enum smn_dump_form form, struct chunks *c)
{
	struct smn_dump *d = open_dump(family, form, c);
	struct result r = { .words = calloc(c->size + 1, 8) };
	const uint64_t *record;

	CHECK(r.words);
	while ((r.ret = smn_dump_next(d, &record, &r.why)) > 0) {
		CHECK(r.n + d->stride <= c->size);
		memcpy(r.words + r.n, record, d->stride * sizeof(*record));
		r.n += d->stride;
	}
	CHECK(d->index == r.n / d->stride);
	CHECK(!r.ret || r.ret == -EINVAL || r.ret == -ENODATA ||
	      (r.ret == -EIO && c->fails));
	CHECK(r.ret || !c->fails);
	if (r.ret)
		check_why(&r.why);
	/* the end stays the end */
	CHECK(smn_dump_next(d, &record, NULL) == r.ret);
	free(d);
	return r;
}

static void check_same(const struct result *a, const struct result *b)
{
	CHECK(a->n == b->n && a->ret == b->ret);
	CHECK(!memcmp(a->words, b->words, a->n * sizeof(*a->words)));
	CHECK(!a->ret || !strcmp(a->why.text, b->why.text));
}

static void check_tally(const struct smn_family *f, enum smn_dump_form form,
			struct chunks *c, const struct result *r)
{
	struct smn_dump *d = open_dump(f, form, c);
	struct smn_tally tally = { 0 }, want = { 0 };

	for (size_t i = 0; i < r->n; i += f->words) {
		const uint64_t *w = r->words + i;
		const struct smn_layout *l = smn_family_layout(f, w, 0);
		bool unknown = false;

		for (unsigned int k = 0; k < f->words; k++)
			unknown |= (w[k] & ~smn_layout_known(l, k)) != 0;
		want.count[w[0] & 0xff]++;
		want.unknown[w[0] & 0xff] += unknown;
	}
	CHECK(smn_dump_tally(d, &tally, NULL) == r->ret);
	CHECK(d->index == r->n / f->words);
	CHECK(!memcmp(&tally, &want, sizeof(want)));
	free(d);
}

/* --- what a reader that has it all in memory makes of the file --- */

/* Raw words: the bytes themselves. */
static void check_binary(const struct smn_family *f, const struct chunks *c,
			 const struct result *r)
{
	size_t size = f->bits / 8, record = f->words * size;
	const uint8_t *at = c->data;

	CHECK(r->n == c->size / record * f->words);
	CHECK(r->ret == (c->fails ? -EIO : c->size % record ? -ENODATA : 0));
	for (size_t i = 0; i < r->n; i++) {
		uint64_t word = 0;

		for (size_t b = size; b-- > 0;)
			word = word << 8 | at[b];
		CHECK(r->words[i] == word);
		at += size;
	}
}

static bool is_separator(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == ',' || c == ':';
}

/* Text: its words one after the other, up to one that is none, or is longer. */
#define MAX_WORD 63

static void check_text(const struct smn_family *f, const struct chunks *c,
		       const struct result *r)
{
	size_t at = 0, n = 0;
	bool bad = false;

	while (!bad) {
		char word[MAX_WORD + 1] = "";
		size_t begin;
		uint64_t value;

		while (at < c->size && is_separator(c->data[at]))
			at++;
		begin = at;
		while (at < c->size && !is_separator(c->data[at]))
			at++;
		if (at == begin || (c->fails && at == c->size))
			break;
		if (at - begin <= MAX_WORD)
			memcpy(word, c->data + begin, at - begin);
		bad = strlen(word) != at - begin ||
			smn_number_parse(word, &value) ||
			(f->bits == 32 && value >> 32);
		if (bad)
			break;
		CHECK(n >= r->n || r->words[n] == value);
		n++;
	}
	CHECK(r->n == n - n % f->words);
	CHECK(r->ret == (bad ? -EINVAL : c->fails ? -EIO :
			 n % f->words ? -ENODATA : 0));
}

/* A line of a log without its end, and its length there; NULL at the log's. */
static char *next_line(const struct chunks *c, size_t *at, size_t *len)
{
	const uint8_t *begin = c->data + *at;
	size_t rest = c->size - *at;
	const uint8_t *end = rest ? memchr(begin, '\n', rest) : NULL;
	char *line;

	if (!rest)
		return NULL;
	*len = end ? (size_t)(end - begin) : rest;
	*at += *len + (end != NULL);
	/* longer lines than the kernel's are of no use */
	line = strndup((const char *)begin, *len < 1023 ? *len : 1023);
	CHECK(line);
	line[strcspn(line, "\r")] = '\0';
	return line;
}

/* Sixteen digits behind a tab, the first of the line that begin a number. */
static bool line_word(const char *line, uint64_t *word)
{
	const char *at = strstr(line, "\t0x");
	unsigned long long value;
	int end = 0;

	if (!at || strspn(at + 3, "0123456789abcdefABCDEF") != 16)
		return false;
	CHECK(sscanf(at + 3, "%llx%n", &value, &end) == 1 && end == 16);
	*word = value;
	return !at[3 + end];
}

/* A log: as many words as make a record, behind the line that begins one. */
static void check_log(const struct smn_family *f, const struct chunks *c,
		      const struct result *r)
{
	const char *marker = f == &smn_families[SMN_CMD] ?
		"skipping command in error state:" : "event 0x";
	uint64_t *words = calloc(c->size + 1, sizeof(*words));
	size_t at = 0, n = 0, want = 0, len;
	char *line;

	CHECK(words);
	while ((line = next_line(c, &at, &len))) {
		if (strstr(line, marker)) {
			n -= n % f->words;
			want = f->words;
		} else if (want && len < 1024 && line_word(line, &words[n])) {
			n++;
			want--;
		}
		free(line);
	}
	CHECK(r->n == n - n % f->words);
	CHECK(!memcmp(r->words, words, r->n * sizeof(*words)));
	CHECK(r->ret == (c->fails ? -EIO : n % f->words ? -ENODATA : 0));
	free(words);
}

/* --- the same records in other forms --- */

static void append(FILE *to, const struct smn_family *f,
		   enum smn_dump_form form, const struct result *r, size_t i)
{
	unsigned long long word = r->words[i];

	if (form == SMN_DUMP_BINARY) {
		fwrite(&r->words[i], f->bits / 8, 1, to);
	} else if (form == SMN_DUMP_TEXT) {
		fprintf(to, i % 3 ? "0x%llx," : "\t%llu\n", word);
	} else {
		if (i % f->words == 0)
			fputs(f == &smn_families[SMN_CMD] ?
			      "x: skipping command in error state:\r\n" :
			      "[ 1.0] event 0x10 received:\n", to);
		fprintf(to, "y: something else\nx: \t0x%016llX\n", word);
	}
}

static void check_written(const struct smn_family *f, enum smn_dump_form form,
			  const struct result *r)
{
	struct chunks c = { .most = 3 };
	struct result again;
	char *text = NULL;
	FILE *to = open_memstream(&text, &c.size);

	CHECK(to);
	for (size_t i = 0; i < r->n; i++)
		append(to, f, form, r, i);
	CHECK(!fclose(to));
	c.data = (uint8_t *)text;
	again = read_all(f, form, &c);
	CHECK(!again.ret && again.n == r->n);
	CHECK(!memcmp(again.words, r->words, r->n * sizeof(*r->words)));
	free(again.words);
	free(text);
}

static void check_forms(const struct smn_family *f, enum smn_dump_form form,
			struct chunks *c, const struct result *r)
{
	if (form == SMN_DUMP_BINARY)
		check_binary(f, c, r);
	else if (form == SMN_DUMP_TEXT)
		check_text(f, c, r);
	else
		check_log(f, c, r);
	if (f->bits == 64)
		check_tally(f, form, c, r);
	check_written(f, SMN_DUMP_BINARY, r);
	check_written(f, SMN_DUMP_TEXT, r);
	if (smn_dump_logged(f))
		check_written(f, SMN_DUMP_LOG, r);
}

/* The letters that begin the file: its form, a capital when it breaks off. */
static const char forms[] = { [SMN_DUMP_TEXT] = 't', [SMN_DUMP_BINARY] = 'b',
			      [SMN_DUMP_LOG] = 'l' };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct result whole, pieces;
	const struct smn_family *f;
	enum smn_dump_form form;
	const char *letter;
	struct chunks c;
	uint8_t how[2];

	take(&in, how, sizeof(how));
	letter = memchr(forms, tolower(how[0]), sizeof(forms));
	if (!letter)
		return -1;
	form = letter - forms;
	f = &smn_families[how[1] % SMN_KINDS];
	if (form == SMN_DUMP_LOG && !smn_dump_logged(f))
		return -1;

	c = (struct chunks){ .data = in.data, .size = in.size,
			     .fails = isupper(how[0]) };
	whole = read_all(f, form, &c);
	c.most = 1 + size % 7;
	pieces = read_all(f, form, &c);
	check_same(&whole, &pieces);
	check_forms(f, form, &c, &whole);
	free(whole.words);
	free(pieces.words);
	return 0;
}
