// SPDX-License-Identifier: GPL-2.0-or-later
/* What all sources share: choosing one, checks, waiting. See dma.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dma/source.h"
#include "smmunest.h"

#define EXEC "exec:"

const struct smn_dma_source *const smn_dma_sources[] = {
	&smn_dma_edu, &smn_dma_nvme, &smn_dma_testdev,
	&smn_dma_manual, &smn_dma_exec, &smn_dma_none, NULL,
};

static bool drives(const struct smn_dma_source *s, const struct smn_pci *pci)
{
	if (s->external || !(s->vendor || s->class_mask))
		return false;
	if (s->vendor && (pci->vendor != s->vendor ||
			  pci->device != s->device))
		return false;
	return (pci->class & s->class_mask) == s->class;
}

const struct smn_dma_source *smn_dma_of(const struct smn_pci *pci)
{
	size_t i = 0;

	while (smn_dma_sources[i] && !drives(smn_dma_sources[i], pci))
		i++;
	return smn_dma_sources[i] ? smn_dma_sources[i] : &smn_dma_none;
}

const struct smn_dma_source *smn_dma_named(const char *name,
					   const char **command)
{
	*command = NULL;
	if (!strncmp(name, EXEC, strlen(EXEC)) && name[strlen(EXEC)]) {
		*command = name + strlen(EXEC);
		return &smn_dma_exec;
	}
	for (size_t i = 0; smn_dma_sources[i]; i++)
		if (smn_dma_sources[i] != &smn_dma_exec &&
		    !strcmp(smn_dma_sources[i]->name, name))
			return smn_dma_sources[i];
	return NULL;
}

/* --- tags --- */

/* upper half: not what memory, or an error, happens to hold */
#define MARK 0xd3a50000u

uint32_t smn_dma_pattern(uint16_t tag)
{
	return MARK | tag;
}

uint16_t smn_dma_tag(uint32_t pattern)
{
	return (pattern & 0xffff0000) == MARK ? pattern : 0;
}

void *smn_dma_mem(const struct smn_dma *d, size_t offset)
{
	return (char *)d->setup.space.mem + offset;
}

uint64_t smn_dma_iova(const struct smn_dma *d, size_t offset)
{
	return d->setup.space.iova + offset;
}

/* --- opening --- */

static unsigned int bits_of(const struct smn_dma *d)
{
	return d->setup.bits ? d->setup.bits : d->source->bits;
}

static bool reaches(const struct smn_dma *d, uint64_t iova, uint64_t bytes)
{
	unsigned int bits = bits_of(d);
	uint64_t last = iova + bytes - 1;

	return last >= iova && (bits >= 64 || !(last >> bits));
}

static int check_setup(const struct smn_dma *d)
{
	const struct smn_dma_setup *u = &d->setup;

	if (!d->source || (u->command && strlen(u->command) >=
			   SMN_DMA_COMMAND))
		return -EINVAL;
	if (d->source == &smn_dma_exec && !u->command)
		return -EINVAL;
	if (d->source == &smn_dma_manual && !u->ask)
		return -EINVAL;
	if (d->source->external || d->source == &smn_dma_none)
		return 0;
	if (!u->space.mem || u->space.bytes < SMN_DMA_SPACE ||
	    u->space.iova % SMN_DMA_PAGE ||
	    (uintptr_t)u->space.mem % SMN_DMA_PAGE ||
	    !reaches(d, u->space.iova, SMN_DMA_SPACE))
		return -EINVAL;
	return 0;
}

static int undo_open(struct smn_session *s, void *ctx)
{
	struct smn_dma *d = ctx;

	(void)s;
	return d->source->stop ? d->source->stop(d) : 0;
}

int smn_dma_open(struct smn_session *s, const struct smn_device *dev,
		 const struct smn_dma_setup *setup, struct smn_dma *d)
{
	int ret;

	*d = (struct smn_dma){ .setup = *setup, .source = setup->source,
			       .s = s, .fd = dev->fd };
	ret = check_setup(d);
	if (ret || !d->source->open)
		return ret;
	ret = smn_bar_open(s, dev, 0, &d->bar);
	if (!ret)
		ret = smn_device_master(s, dev, true);
	if (!ret)
		ret = d->source->open(d);
	return ret ? ret : smn_session_later(s, undo_open, d);
}

/* --- transfers --- */

int smn_dma_check(const struct smn_dma *d, uint64_t iova)
{
	const struct smn_dma_source *source = d->source;

	if (source->align && iova % source->align)
		return -EINVAL;
	return reaches(d, iova, source->bytes ? source->bytes : 1) ? 0 :
		-ERANGE;
}

static int prepare(struct smn_dma *d, uint64_t iova, bool can)
{
	d->says.text[0] = '\0';
	if (can)
		return smn_dma_check(d, iova);
	smn_why_set(&d->says, "%s cannot do that", d->source->name);
	return -EOPNOTSUPP;
}

int smn_dma_write(struct smn_dma *d, uint64_t iova, uint16_t tag)
{
	int ret = prepare(d, iova, d->source->writes);

	return ret ? ret : d->source->write(d, iova, tag);
}

int smn_dma_read(struct smn_dma *d, uint64_t iova, uint16_t *seen)
{
	int ret = prepare(d, iova, d->source->reads);

	return ret ? ret : d->source->read(d, iova, seen);
}

int smn_dma_vectors(struct smn_dma *d, unsigned int n)
{
	d->says.text[0] = '\0';
	n = n < d->source->nvectors ? n : d->source->nvectors;
	return n && d->source->vectors ? d->source->vectors(d, n) : (int)n;
}

int smn_dma_msi(struct smn_dma *d, unsigned int vector)
{
	d->says.text[0] = '\0';
	if (d->source->msi && vector < d->source->nvectors)
		return d->source->msi(d, vector);
	smn_why_set(&d->says, "%s cannot send that interrupt by itself",
		    d->source->name);
	return -EOPNOTSUPP;
}

int smn_dma_begin(struct smn_dma *d, uint64_t iova, uint16_t tag,
		  unsigned int times)
{
	int ret = prepare(d, iova, d->source->begin);

	return ret ? ret : d->source->begin(d, iova, tag, times < SMN_DMA_TIMES
					    ? times : SMN_DMA_TIMES);
}

int smn_dma_busy(struct smn_dma *d)
{
	return d->source->busy ? d->source->busy(d) : 0;
}

bool smn_dma_wrote(const struct smn_dma *d, const void *page, uint16_t tag)
{
	uint32_t first;

	if (d->source->wrote)
		return d->source->wrote(d, page, tag);
	memcpy(&first, page, sizeof(first));
	return first == smn_dma_pattern(tag);
}

void smn_dma_put_tag(const struct smn_dma *d, void *page, uint16_t tag)
{
	uint32_t first = smn_dma_pattern(tag);

	memset(page, 0, SMN_DMA_PAGE);
	if (d->source->put_tag)
		d->source->put_tag(d, page, tag);
	else
		memcpy(page, &first, sizeof(first));
}

const char *smn_dma_says(const struct smn_dma *d)
{
	return d->says.text;
}

/* --- waiting, and when it was in vain --- */

int smn_dma_poll(struct smn_dma *d, uint32_t ms,
		 int (*look)(struct smn_dma *d, void *ctx), void *ctx)
{
	uint64_t end = smn_sys_now(d->s->sys) + ms * 1000000ULL;

	for (;;) {
		bool late = smn_sys_now(d->s->sys) >= end;
		int ret = look(d, ctx);

		if (ret <= 0)
			return ret;
		if (late)
			return -ETIMEDOUT;
		ret = smn_sys_poll(d->s->sys, NULL, 0, 1);
		if (ret < 0 && ret != -EINTR)
			return ret;
	}
}

struct awaited {
	uint32_t reg, mask, value;
};

static int is_other(struct smn_dma *d, void *ctx)
{
	const struct awaited *a = ctx;
	uint64_t v;
	int ret = smn_bar_read(d->s, &d->bar, a->reg, 4, &v);

	return ret ? ret : (v & a->mask) != a->value;
}

int smn_dma_await(struct smn_dma *d, uint32_t reg, uint32_t mask,
		  uint32_t value, uint32_t ms)
{
	struct awaited a = { reg, mask, value };

	return smn_dma_poll(d, ms, is_other, &a);
}

static int is_busy(struct smn_dma *d, void *ctx)
{
	(void)ctx;
	return smn_dma_busy(d);
}

int smn_dma_end(struct smn_dma *d)
{
	int ret = smn_dma_poll(d, d->source->ms, is_busy, NULL);

	return ret == -ETIMEDOUT ?
		smn_dma_hangs(d, "what was begun does not end") : ret;
}

int smn_dma_close(struct smn_dma *d)
{
	int ret = smn_session_undo(d->s, undo_open, d);

	return ret == -ENOENT ? 0 : ret;
}

int smn_dma_hangs(struct smn_dma *d, const char *what)
{
	const struct smn_device dev = { .fd = d->fd };
	int ret;

	/* whatever it is at, it shall not write to memory any more */
	ret = smn_device_master(d->s, &dev, false);
	d->reset = smn_device_reset(d->s, &dev);
	if (!d->reset)
		d->reset = ret;
	if (!d->reset)
		d->reset = smn_device_master(d->s, &dev, true);
	if (!d->reset && d->source->open)
		d->reset = d->source->open(d);
	smn_why_set(&d->says, "%s: %s; %s%s", d->source->name, what,
		    d->reset ? "it cannot be reset: " : "it was reset",
		    d->reset ? smn_errno_name(d->reset) : "");
	return -ETIMEDOUT;
}
