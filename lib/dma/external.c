// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices that only their owner can drive. manual asks the caller, who asks a
 * person; exec runs a command with what is wanted in its environment; none does
 * no DMA at all.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dma/source.h"
#include "smmunest.h"

#define WORD_BYTES 4


/* --- manual --- */

static int ask(struct smn_dma *d, const struct smn_dma_ask *what,
	       uint32_t *seen)
{
	int ret = d->setup.ask(d->setup.ask_ctx, what, seen);

	if (ret)
		smn_why_set(&d->says, "the transfer was not made");
	return ret;
}

static int manual_write(struct smn_dma *d, uint64_t iova, uint16_t tag)
{
	const struct smn_dma_ask what = {
		.iova = iova, .bytes = WORD_BYTES, .write = true,
		.pattern = smn_dma_pattern(tag),
	};
	uint32_t none = 0;

	return ask(d, &what, &none);
}

static int manual_read(struct smn_dma *d, uint64_t iova, uint16_t *seen)
{
	const struct smn_dma_ask what = { .iova = iova, .bytes = WORD_BYTES };
	uint32_t word = 0;
	int ret = ask(d, &what, &word);

	if (!ret)
		*seen = smn_dma_tag(word);
	return ret;
}

/* --- exec --- */

struct environment {
	char iova[48], bytes[48], direction[48], pattern[48];
	const char *list[5];
};

static void fill(struct environment *e, const struct smn_dma_ask *what)
{
	snprintf(e->iova, sizeof(e->iova), "SMMUNEST_DMA_IOVA=0x%" PRIx64,
		 what->iova);
	snprintf(e->bytes, sizeof(e->bytes), "SMMUNEST_DMA_BYTES=%" PRIu32,
		 what->bytes);
	snprintf(e->direction, sizeof(e->direction),
		 "SMMUNEST_DMA_DIRECTION=%s", what->write ? "write" : "read");
	snprintf(e->pattern, sizeof(e->pattern),
		 "SMMUNEST_DMA_PATTERN=0x%08" PRIx32, what->pattern);
	e->list[0] = e->iova;
	e->list[1] = e->bytes;
	e->list[2] = e->direction;
	e->list[3] = what->write ? e->pattern : NULL;
	e->list[4] = NULL;
}

/* What the command prints, as a string. */
static int run(struct smn_dma *d, const struct smn_dma_ask *what, char *said,
	       size_t len)
{
	const char *argv[] = { "sh", "-c", d->setup.command, NULL };
	struct environment env;
	const struct smn_program program = {
		.argv = argv, .env = env.list,
		.ms = d->setup.ms ? d->setup.ms : d->source->ms,
	};
	ssize_t n;

	fill(&env, what);
	n = smn_sys_run_program(d->s->sys, &program, said, len - 1);
	if (n == -ETIMEDOUT)
		smn_why_set(&d->says, "the command did not end within %" PRIu32
			    " ms and was killed", program.ms);
	else if (n == -EIO)
		smn_why_set(&d->says, "the command failed");
	else if (n == -EFBIG)
		smn_why_set(&d->says, "the command printed more than a "
			    "number");
	else if (n < 0)
		smn_why_set(&d->says, "the command cannot be run: %s",
			    smn_errno_name(n));
	if (n < 0)
		return n;
	said[n] = '\0';
	return 0;
}

static int exec_write(struct smn_dma *d, uint64_t iova, uint16_t tag)
{
	const struct smn_dma_ask what = {
		.iova = iova, .bytes = WORD_BYTES, .write = true,
		.pattern = smn_dma_pattern(tag),
	};
	char said[256];

	return run(d, &what, said, sizeof(said));
}

/* The command prints the word that the device read, as a number. */
static int exec_read(struct smn_dma *d, uint64_t iova, uint16_t *seen)
{
	const struct smn_dma_ask what = { .iova = iova, .bytes = WORD_BYTES };
	char said[256], *end;
	unsigned long long word;
	int ret = run(d, &what, said, sizeof(said));

	if (ret)
		return ret;
	errno = 0;
	word = strtoull(said, &end, 0);
	end += strspn(end, " \t\r\n");
	if (end == said || *end || errno || word > UINT32_MAX) {
		smn_why_set(&d->says, "the command did not print the word "
			    "that was read");
		return -ENODATA;
	}
	*seen = smn_dma_tag(word);
	return 0;
}

const struct smn_dma_source smn_dma_manual = {
	.name = "manual", .doc = "you, who are told what to do",
	.external = true, .reads = true, .writes = true, .write_tags = true,
	.bytes = WORD_BYTES, .align = WORD_BYTES, .bits = 64,
	.write = manual_write, .read = manual_read,
};

const struct smn_dma_source smn_dma_exec = {
	.name = "exec", .doc = "a command, run by sh -c",
	.external = true, .reads = true, .writes = true, .write_tags = true,
	.bytes = WORD_BYTES, .align = WORD_BYTES, .bits = 64, .ms = 10000,
	.write = exec_write, .read = exec_read,
};

const struct smn_dma_source smn_dma_none = {
	.name = "none", .doc = "no DMA, only what calls can show",
	.bits = 64,
};
