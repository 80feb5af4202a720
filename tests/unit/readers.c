// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read from files and command lines: dumps, commands, words, images. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "smmunest.h"
#include "tap.h"

/* A file in memory that comes in pieces, and may end in an error. */
struct file {
	const char *data;
	size_t size, at, most;
	int err;
};

static int read_file(void *ctx, void *buf, size_t len, size_t *got)
{
	struct file *f = ctx;

	*got = f->size - f->at;
	*got = *got < len ? *got : len;
	*got = *got < f->most ? *got : f->most;
	memcpy(buf, f->data + f->at, *got);
	f->at += *got;
	return *got ? 0 : f->err;
}

/* --- dumps --- */

#define LINE(word) "smmu: \t0x00000000" word "\n"
#define EVENT "smmu: event 0x10 received:\n"

static const struct dump_case {
	const char *what;
	enum smn_kind kind;
	enum smn_dump_form form;
	const char *data;
	size_t size;
	int err;		/* of the file */
	int ret;
	size_t n;		/* words of whole records */
	uint64_t words[8];
} dump_cases[] = {
#define FILE_OF(s) .data = s, .size = sizeof(s) - 1
	{ "nothing", SMN_CMD, SMN_DUMP_TEXT, FILE_OF("") },
	{ "blanks alone", SMN_CMD, SMN_DUMP_TEXT, FILE_OF(" \t\r\n\v\f") },
	{ "words joined and apart", SMN_CMD, SMN_DUMP_TEXT,
	  FILE_OF("0x30 0\n1,2:3\t4"), .n = 6,
	  .words = { 0x30, 0, 1, 2, 3, 4 } },
	{ "separators that stand alone", SMN_CMD, SMN_DUMP_TEXT,
	  FILE_OF(", 1 , 2 :: 3\n,4\n"), .n = 4, .words = { 1, 2, 3, 4 } },
	{ "a broken word after a record", SMN_CMD, SMN_DUMP_TEXT,
	  FILE_OF("1 2 3 four 5"), .ret = -EINVAL, .n = 2, .words = { 1, 2 } },
	{ "a zero byte is no end", SMN_CMD, SMN_DUMP_TEXT,
	  FILE_OF("1 2\0x 3"), .ret = -EINVAL },
	{ "64 bits are too many for a register", SMN_IDR, SMN_DUMP_TEXT,
	  FILE_OF("0xffffffff 0x100000000"), .ret = -EINVAL, .n = 1,
	  .words = { 0xffffffff } },
	{ "half a record", SMN_EVT, SMN_DUMP_TEXT, FILE_OF("1 2 3 4 5 6"),
	  .ret = -ENODATA, .n = 4, .words = { 1, 2, 3, 4 } },
	{ "a read that fails", SMN_CMD, SMN_DUMP_TEXT, FILE_OF("1 2 3 4"),
	  .err = -EIO, .ret = -EIO, .n = 2, .words = { 1, 2 } },

	{ "raw words", SMN_CMD, SMN_DUMP_BINARY,
	  FILE_OF("\x30\0\0\0\0\0\0\x80\1\2\0\0\0\0\0\0"), .n = 2,
	  .words = { 0x8000000000000030, 0x201 } },
	{ "raw registers", SMN_IDR, SMN_DUMP_BINARY,
	  FILE_OF("\1\0\0\x80\2\0\0\0\3\0\0\0"), .n = 3,
	  .words = { 0x80000001, 2, 3 } },
	{ "half a word", SMN_IDR, SMN_DUMP_BINARY, FILE_OF("\1\0\0\0\2"),
	  .ret = -ENODATA, .n = 1, .words = { 1 } },
	{ "a raw read that fails within a word", SMN_IDR, SMN_DUMP_BINARY,
	  FILE_OF("\1\0\0\0\2"), .err = -EIO, .ret = -EIO, .n = 1,
	  .words = { 1 } },

	{ "a logged event", SMN_EVT, SMN_DUMP_LOG,
	  FILE_OF(EVENT LINE("00000010") "other: at \t0x1\n" LINE("00000002")
		  LINE("00000003") LINE("0000000A")), .n = 4,
	  .words = { 0x10, 2, 3, 10 } },
	{ "a fifth word belongs to nothing", SMN_EVT, SMN_DUMP_LOG,
	  FILE_OF(LINE("00000009") EVENT LINE("00000010") LINE("00000002")
		  LINE("00000003") LINE("00000004") LINE("00000005")), .n = 4,
	  .words = { 0x10, 2, 3, 4 } },
	{ "an event that was cut off before the next", SMN_EVT, SMN_DUMP_LOG,
	  FILE_OF(EVENT LINE("00000010") EVENT LINE("00000011")
		  LINE("00000012") LINE("00000013") LINE("00000014")), .n = 4,
	  .words = { 0x11, 0x12, 0x13, 0x14 } },
	{ "the log ends within an event", SMN_EVT, SMN_DUMP_LOG,
	  FILE_OF(EVENT LINE("00000010")), .ret = -ENODATA },
	{ "words before an event, and one that is cut off", SMN_EVT,
	  SMN_DUMP_LOG,
	  FILE_OF(LINE("00000001") LINE("00000002") LINE("00000003")
		  LINE("00000004") EVENT LINE("00000010")), .ret = -ENODATA },
	{ "more than a word on a line", SMN_CMD, SMN_DUMP_LOG,
	  FILE_OF("skipping command in error state:\n\t0x0000000000000001 2\n"
		  LINE("00000003") LINE("00000004")), .n = 2,
	  .words = { 3, 4 } },
	{ "a command is no event", SMN_CMD, SMN_DUMP_LOG,
	  FILE_OF(EVENT LINE("00000010")) },
};

static struct smn_dump *open_dump(const struct dump_case *c, struct file *f)
{
	struct smn_dump *d = calloc(1, sizeof(*d));

	if (!d)
		exit(1);
	d->family = &smn_families[c->kind];
	d->stride = d->family->words;
	d->form = c->form;
	d->from.read = read_file;
	d->from.ctx = f;
	return d;
}

static bool reads_as(struct smn_dump *d, const struct dump_case *c)
{
	struct smn_why why = { "" };
	const uint64_t *record;
	bool same = true;
	size_t n = 0;
	int ret;

	for (; (ret = smn_dump_next(d, &record, &why)) > 0; n += d->stride)
		same &= n < c->n && !memcmp(record, c->words + n,
					    d->stride * sizeof(*record));
	return same && n == c->n && ret == c->ret && !ret == !why.text[0] &&
		d->index == n / d->stride;
}

static void dumps(struct tap *t)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(dump_cases); i++) {
		const struct dump_case *c = &dump_cases[i];
		bool good = true;

		for (size_t most = 1; most <= c->size + 1; most++) {
			struct file f = { c->data, c->size, 0, most, c->err };
			struct smn_dump *d = open_dump(c, &f);

			good &= reads_as(d, c);
			f.at = 0;
			smn_dump_restart(d);
			good &= reads_as(d, c);
			free(d);
		}
		tap_ok(t, good, "dump: %s, in pieces of every size, twice",
		       c->what);
	}
}

/* More than two blocks, of words that tell where they are from. */
static void long_dump(struct tap *t)
{
	enum { WORDS = 2 * SMN_DUMP_WORDS + 8 };
	static const struct dump_case c = { .kind = SMN_EVT,
					    .form = SMN_DUMP_BINARY };
	uint64_t *words = calloc(WORDS, sizeof(*words));
	struct file f = { (char *)words, WORDS * 8 - 3, 0, 8 * 1021, 0 };
	struct smn_dump *d = open_dump(&c, &f);
	struct smn_tally tally = { 0 };
	const uint64_t *record;
	bool good = true;
	size_t n = 0;

	for (size_t i = 0; words && i < WORDS; i++)
		words[i] = i << 8 | 0x10;
	for (; smn_dump_next(d, &record, NULL) > 0; n += 4)
		good &= !memcmp(record, words + n, 4 * sizeof(*words));
	tap_ok(t, good && n == WORDS - 4, "dump: blocks are joined");
	f.at = 0;
	smn_dump_restart(d);
	tap_ok(t, smn_dump_tally(d, &tally, NULL) == -ENODATA &&
	       d->index == WORDS / 4 - 1 && tally.count[0x10] == d->index &&
	       tally.unknown[0x10] && tally.unknown[0x10] <= d->index,
	       "dump: all blocks are counted");
	free(words);
	free(d);
}

/* Back to the start in the middle of the file. */
static void restarts(struct tap *t)
{
	static const struct dump_case *c = &dump_cases[2];
	struct file f = { c->data, c->size, 0, 4, 0 };
	struct smn_dump *d = open_dump(c, &f);
	bool good;

	good = smn_source_byte(&d->from) == '0';
	f.at = 0;
	smn_dump_restart(d);
	tap_ok(t, good && reads_as(d, c), "dump: from the start again");
	free(d);
}

/* A line of a log that is too long is not what its first part looks like. */
static void long_log_line(struct tap *t)
{
	static const struct dump_case c = { .kind = SMN_CMD,
					    .form = SMN_DUMP_LOG };
	char text[2048];
	struct file f = { text, 0, 0, 4096, 0 };
	struct smn_dump *d = open_dump(&c, &f);

	f.size = snprintf(text, sizeof(text),
			  "skipping command in error state:\n"
			  "%1004s\t0x%016d7\n", "", 1);
	tap_ok(t, reads_as(d, &c), "dump: a line of a log that is too long");
	free(d);
}

/* Bytes, many of them and lines, from one file that comes three at a time. */
static void sources(struct tap *t)
{
	struct file f = { "abcdefghij\nklm\n\nno", 18, 0, 3, -EIO };
	struct smn_source s = { .read = read_file, .ctx = &f };
	char text[8] = "";
	size_t len;

	tap_ok(t, smn_source_byte(&s) == 'a' &&
	       smn_source_bytes(&s, text, 7) == 7 &&
	       !memcmp(text, "bcdefgh", 7), "source: bytes after a byte");
	tap_ok(t, smn_source_line(&s, text, sizeof(text), &len) && len == 2 &&
	       !strcmp(text, "ij"), "source: the rest of a line");
	tap_ok(t, smn_source_line(&s, text, 3, &len) && len == 3 &&
	       !strcmp(text, "kl"), "source: a line that does not fit");
	tap_ok(t, smn_source_line(&s, text, sizeof(text), &len) && !len &&
	       !text[0] && !s.err, "source: an empty line");
	tap_ok(t, smn_source_line(&s, text, sizeof(text), &len) && len == 2 &&
	       s.err == -EIO, "source: a line that breaks off");
	f.at = 0;
	tap_ok(t, !smn_source_line(&s, text, sizeof(text), &len) &&
	       smn_source_byte(&s) == -1 && !smn_source_bytes(&s, text, 1) &&
	       !f.at, "source: the end stays the end");
}

/* --- words and sizes --- */

static const struct words_case {
	const char *text;
	int ret;
} words_cases[] = {
	{ "1", 1 }, { "0x1,2", 2 }, { "1:2:0xffffffffffffffff", 3 },
	{ "1:2,3:4", -E2BIG }, { "", -EINVAL }, { "1,", -EINVAL },
	{ ",1", -EINVAL }, { "1,,2", -EINVAL }, { "1, 2", -EINVAL },
	{ "-1", -EINVAL }, { "1,x", -EINVAL },
	{ "0x10000000000000000", -EINVAL },
	{ "18446744073709551616", -EINVAL },
	{ "0x0000000000000000000000000000001", -EINVAL },
};

static void words(struct tap *t)
{
	uint64_t w[3];

	for (size_t i = 0; i < SMN_ARRAY_SIZE(words_cases); i++)
		tap_ok(t, smn_words_parse(words_cases[i].text, w, 3) ==
		       words_cases[i].ret, "words: '%s'", words_cases[i].text);
	tap_ok(t, smn_words_parse("7,0x8:9", w, 3) == 3 && w[0] == 7 &&
	       w[1] == 8 && w[2] == 9, "words: in their order");
	tap_ok(t, smn_words_parse("1", w, 0) == -E2BIG, "words: no room");
}

static const struct memory_case {
	const char *text;
	int ret;
	uint64_t bytes, addr;
} memory_cases[] = {
	{ "0", 0, 0, 9 }, { "4096", 0, 4096, 9 }, { "64K", 0, 65536, 9 },
	{ "2M@0x40000000", 0, 2 << 20, 0x40000000 }, { "1G@0", 0, 1 << 30, 0 },
	{ "0x10K@1", 0, 0x4000, 1 },
	{ "17179869183G", 0, 0xffffffffc0000000, 9 },
	{ "17179869184G", -EINVAL, 1, 9 }, { "K", -EINVAL, 1, 9 },
	{ "", -EINVAL, 1, 9 }, { "@1", -EINVAL, 1, 9 },
	{ "2M@", -EINVAL, 1, 9 }, { "2M@1K", -EINVAL, 1, 9 },
	{ "2T", -EINVAL, 1, 9 }, { "2k", -EINVAL, 1, 9 },
	{ "2MK", -EINVAL, 1, 9 }, { "2M@1@2", -EINVAL, 1, 9 },
};

static void sizes(struct tap *t)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(memory_cases); i++) {
		const struct memory_case *c = &memory_cases[i];
		uint64_t bytes = 1, addr = 9;

		tap_ok(t, smn_memory_parse(c->text, &bytes, &addr) == c->ret &&
		       bytes == c->bytes && addr == c->addr,
		       "memory: '%s'", c->text);
	}
}

/* --- files of commands --- */

static const struct cmd_case {
	const char *what, *data;
	size_t size;
	int err, ret;
	unsigned int n, line;
	uint64_t last;		/* the first word of the last command */
} cmd_cases[] = {
	{ "nothing", FILE_OF("") },
	{ "comments and blank lines", FILE_OF("# x\n\n \t\r\n  #\n"),
	  .line = 4 },
	{ "names and words", FILE_OF("tlbi-nsnh-all # all\n0x11,0\n\t0x46:1"),
	  .n = 3, .line = 3, .last = 0x46 },
	{ "no command of that name", FILE_OF("0x30:0\n\nnope\n0x30:0"),
	  .ret = -ENOENT, .n = 1, .line = 3, .last = 0x30 },
	{ "a field twice", FILE_OF("tlbi-nh-asid:ASID=1,ASID=1"),
	  .ret = -EEXIST, .line = 1 },
	{ "a value that is too large", FILE_OF("tlbi-nh-asid:ASID=65536"),
	  .ret = -ERANGE, .line = 1 },
	{ "two commands", FILE_OF("0x30:0 0x30:0"), .ret = -EINVAL,
	  .line = 1 },
	{ "three words", FILE_OF("0x30:0:0"), .ret = -ENOENT, .line = 1 },
	{ "a zero byte", FILE_OF("0x30:0\n\0\n"), .ret = -EINVAL, .n = 1,
	  .line = 2, .last = 0x30 },
	{ "a read that fails within a line", FILE_OF("0x30:0\n0x46:0"),
	  .err = -EIO, .ret = -EIO, .n = 1, .line = 2, .last = 0x30 },
};

static void command_files(struct tap *t)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(cmd_cases); i++) {
		const struct cmd_case *c = &cmd_cases[i];
		struct file f = { c->data, c->size, 0, 2, c->err };
		struct smn_cmd_file file = { .from = { .read = read_file,
						       .ctx = &f } };
		struct smn_why why = { "" };
		uint64_t cmd[2] = { 0 }, last = 0;
		unsigned int n = 0;
		int ret;

		for (; (ret = smn_cmd_file_next(&file, cmd, &why)) > 0; n++)
			last = cmd[0];
		tap_ok(t, ret == c->ret && n == c->n && file.line == c->line &&
		       last == c->last && !ret == !why.text[0],
		       "commands: %s", c->what);
	}
}

/* A line has room for 1023 characters, a comment needs none. */
static void long_lines(struct tap *t)
{
	char text[8192];
	struct file f = { text, 0, 0, 8192, 0 };
	struct smn_cmd_file file = { .from = { .read = read_file,
					       .ctx = &f } };
	uint64_t cmd[2];

	f.size = snprintf(text, sizeof(text), "#%2000d\n0x30:0 #%1100d\n"
			  "%1017s0x46:1\n%1018s0x46:1\n", 0, 0, "", "");
	tap_ok(t, smn_cmd_file_next(&file, cmd, NULL) == 1 && cmd[0] == 0x30 &&
	       file.line == 2, "commands: long comments are skipped");
	tap_ok(t, smn_cmd_file_next(&file, cmd, NULL) == 1 && cmd[0] == 0x46 &&
	       cmd[1] == 1, "commands: the longest line");
	tap_ok(t, smn_cmd_file_next(&file, cmd, NULL) == -E2BIG &&
	       file.line == 4, "commands: a line that is too long");
}

/* --- images --- */

static int read_image(void *ctx, uint64_t offset, void *buf, size_t len)
{
	if (!ctx)
		return -EIO;
	memcpy(buf, (char *)ctx + offset, len);
	return 0;
}

static const struct image_case {
	uint64_t base, size;
	int ret;
} image_cases[] = {
	{ 0x1000, 16, 0 }, { 0x1010, 8, 0 }, { 0x1020, 8, 0 },
	{ 0x2000, 0, -ENODATA }, { 0x2000, 7, -EINVAL },
	{ 0xff9, 8, -EEXIST }, { 0x1017, 8, -EEXIST },
	{ 0x1008, 8, -EEXIST }, { 0xff8, 16, -EEXIST },
	{ 0x1020, 8, -EEXIST }, { 0, 0x10000, -EEXIST },
	{ 0x1018, 8, 0 },	/* between two, touching both */
	{ 0xfffffffffffffff8, 8, 0 },
	{ 0xfffffffffffffff8, 8, -EEXIST },
	{ 0xfffffffffffffff0, 24, -EOVERFLOW },
};

static void images(struct tap *t)
{
	static char bytes[] = "0123456789abcdef";
	struct smn_memory m = { 0 };
	char buf[24] = "";

	for (size_t i = 0; i < SMN_ARRAY_SIZE(image_cases); i++) {
		const struct image_case *c = &image_cases[i];
		struct smn_image image = { .name = "x", .base = c->base,
					   .read = read_image,
					   .ctx = c->base == 0x1018 ? NULL :
					   bytes };
		struct smn_why why = { "" };
		int ret = smn_memory_add(&m, &image, c->size, &why);

		tap_ok(t, ret == c->ret && !ret == !why.text[0],
		       "image: %" PRIu64 " bytes at 0x%" PRIx64 ": %d", c->size,
		       c->base, c->ret);
	}
	tap_ok(t, !smn_memory_read(&m, 0x1008, buf, 16) &&
	       !memcmp(buf, "89abcdef01234567", 16), "image: where two meet");
	tap_ok(t, smn_memory_read(&m, 0x1010, buf, 16) == -EIO,
	       "image: one that cannot be read");
	tap_ok(t, smn_memory_read(&m, 0x1020, buf, 9) == -ENXIO &&
	       smn_memory_read(&m, 0xfff, buf, 1) == -ENXIO,
	       "image: beyond the last, before the first");
	tap_ok(t, !smn_memory_read(&m, 0x100f, buf, 1) && buf[0] == 'f',
	       "image: the last byte of one");
	tap_ok(t, !smn_memory_read(&m, 0xfffffffffffffff8, buf, 8) &&
	       !memcmp(buf, "01234567", 8), "image: the last eight bytes");
}

static void many_images(struct tap *t)
{
	struct smn_memory m = { 0 };
	struct smn_image image = { .name = "x", .read = read_image };
	bool good = true;

	for (; image.base < SMN_MAX_IMAGES * 8; image.base += 8)
		good &= !smn_memory_add(&m, &image, 8, NULL);
	tap_ok(t, good && smn_memory_add(&m, &image, 8, NULL) == -ENOSPC,
	       "image: %d and no more", SMN_MAX_IMAGES);
}

int main(void)
{
	struct tap t = { 0 };

	dumps(&t);
	long_dump(&t);
	restarts(&t);
	long_log_line(&t);
	sources(&t);
	words(&t);
	sizes(&t);
	command_files(&t);
	long_lines(&t);
	images(&t);
	many_images(&t);
	return tap_done(&t);
}
