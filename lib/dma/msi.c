// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's interrupts through both stages. See proof.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "dma/proof.h"

#define RING_MS 1000
#define SILENCE_MS 100	/* for one that must not come */

struct rings {
	struct smn_bed *bed;
	struct smn_msi_proof *p;
};

static int arm(struct rings *r)
{
	const struct smn_dma_source *source = r->bed->dma.source;
	struct smn_bed *bed = r->bed;
	uint32_t n, v;
	int ret = smn_irq_count(bed->s, &bed->nest.dev, source->irq_index,
				&r->p->has);

	if (ret)
		return ret;
	n = r->p->has < source->nvectors ? r->p->has : source->nvectors;
	for (v = 0; !ret && v < n; v++)
		ret = smn_irq_arm(bed->s, &bed->nest.dev, source->irq_index,
				  v, &r->p->fd[v]);
	r->p->vectors = n;
	return ret;
}

/* Has it been signalled? 0 or -errno, *came tells. */
static int look(struct rings *r, uint32_t vector, uint32_t ms, bool *came)
{
	uint64_t count;
	int ret = smn_irq_wait(r->bed->s, r->p->fd[vector], ms, &count);

	*came = !ret;
	return ret == -ETIMEDOUT ? 0 : ret;
}

/* No vector has been signalled; and if one had, does not say so any more. */
static int silence(struct rings *r, bool *silent)
{
	bool came;
	int ret = 0;

	*silent = true;
	for (uint32_t v = 0; !ret && v < r->p->vectors; v++) {
		ret = look(r, v, 0, &came);
		*silent &= !came;
	}
	return ret;
}

/* Where in the window the doorbell is, only the event tells. */
static void aim(struct smn_bed *bed, struct smn_proof_move *m)
{
	const struct smn_field *f = m->want.event ?
		smn_layout_field(m->want.event, "InputAddr", 9) : NULL;
	uint64_t at;

	if (!f || !m->came)
		return;
	at = smn_field_get(f, m->evt);
	if (at >= bed->doorbell.start && at <= bed->doorbell.last)
		smn_bed_expect(bed, at, true, &m->want);
}

/* What the queue has of an interrupt that cannot arrive. */
static int overhear(struct rings *r, uint64_t start)
{
	struct smn_proof_move *m = &r->p->control;
	int ret;

	*m = (struct smn_proof_move){ 0 };
	smn_bed_expect(r->bed, r->bed->doorbell.start, true, &m->want);
	ret = smn_proof_listen(r->bed, m, start);
	if (ret || !m->came)
		return ret;
	aim(r->bed, m);
	m->ok = smn_bed_same_event(&m->want, m->evt, &m->why);
	return 0;
}

static int ring_once(struct rings *r, const char *when, uint32_t vector,
		     bool wanted, struct smn_proof_ring *at)
{
	struct smn_bed *bed = r->bed;
	uint64_t start;
	bool silent;
	int ret;

	*at = (struct smn_proof_ring){ .when = when, .vector = vector,
				       .wanted = wanted };
	ret = smn_proof_prepare(bed);
	if (!ret)
		ret = silence(r, &silent);
	if (ret)
		return ret;
	start = smn_sys_now(bed->s->sys);
	at->err = smn_dma_msi(&bed->dma, vector);
	smn_why_set(&at->says, "%s", smn_dma_says(&bed->dma));
	if (at->err == -EINTR)
		return at->err;
	if (!wanted)
		ret = overhear(r, start);
	if (!ret)
		ret = look(r, vector, wanted ? RING_MS : SILENCE_MS,
			   &at->came);
	at->ns = smn_sys_now(bed->s->sys) - start;
	if (!ret)
		ret = silence(r, &silent);
	at->stray = !silent;
	at->ok = at->came == wanted && silent;
	return ret;
}

static int ring(struct rings *r, const char *when, uint32_t vector,
		bool wanted)
{
	struct smn_msi_proof *p = r->p;

	return ring_once(r, when, vector, wanted, &p->ring[p->nrings++]);
}

int smn_msi_again(struct smn_bed *bed, struct smn_msi_proof *p,
		  uint32_t vector, struct smn_proof_ring *at)
{
	struct rings r = { bed, p };

	return ring_once(&r, "again", vector, bed->rings, at);
}

static int ring_all(struct rings *r, const char *when, bool wanted)
{
	int ret = 0;

	for (uint32_t v = 0; !ret && v < r->p->vectors; v++)
		ret = ring(r, when, v, wanted);
	return ret;
}

static int replace(struct smn_bed *bed)
{
	uint32_t s1;
	int ret = smn_s1_alloc(bed->s, bed->nest.dev.id, bed->nest.viommu,
			       bed->setup.plan.ste, 0, &s1);

	return ret ? ret : smn_device_attach(bed->s, &bed->nest.dev, s1);
}

static int reattach(struct smn_bed *bed)
{
	int ret = smn_device_detach(bed->s, &bed->nest.dev);

	return ret ? ret : smn_device_attach(bed->s, &bed->nest.dev,
					     bed->nest.s1);
}

static int control(struct rings *r)
{
	struct smn_proof_move *m = &r->p->control;
	int ret = smn_bed_doorbell(r->bed, false);

	if (!ret)
		ret = ring(r, "unmapped", 0, false);
	m->tried = true;
	if (m->want.fate == SMN_DMA_ARRIVES) {
		m->ok = false;
		smn_why_set(&m->why, "stage 1 maps the doorbell still");
	}
	if (!ret)
		ret = smn_bed_doorbell(r->bed, true);
	return ret ? ret : ring(r, "mapped-again", 0, true);
}

static void say(struct rings *r)
{
	struct smn_msi_proof *p = r->p;
	unsigned int i = 0;

	while (i < p->nrings && p->ring[i].ok)
		i++;
	if (i == p->nrings)
		smn_why_set(&p->why, "the control: %.200s",
			    p->control.why.text);
	else if (p->ring[i].stray)
		smn_why_set(&p->why, "vector %" PRIu32 ", %s: another "
			    "vector was signalled%s", p->ring[i].vector,
			    p->ring[i].when, p->ring[i].came ? ", too" : "");
	else if (p->ring[i].came)
		smn_why_set(&p->why, "vector %" PRIu32 ", %s: the interrupt "
			    "came although stage 1 does not map the doorbell",
			    p->ring[i].vector, p->ring[i].when);
	else
		smn_why_set(&p->why, "vector %" PRIu32 ", %s: the interrupt "
			    "did not come: %.160s", p->ring[i].vector,
			    p->ring[i].when, smn_proof_muted(r->bed) ?
			    "the device may not master the bus" :
			    p->log.n ? p->log.line[0].text :
			    p->control.came ? "its write faulted" :
			    "and nothing tells why");
}

static void conclude(struct rings *r)
{
	struct smn_msi_proof *p = r->p;

	smn_proof_log(r->bed, 0, &p->log);
	p->ok = !p->control.tried || p->control.ok;
	for (unsigned int i = 0; i < p->nrings; i++)
		p->ok &= p->ring[i].ok;
	p->unseen = p->ok && r->bed->setup.spoil == SMN_BREAK_NO_TLBI;
	if (!p->ok)
		say(r);
}

/*
 * Some of the vectors may be more than the device has queues for. A device that
 * cannot be made ready at all is told of by the first interrupt.
 */
static int get_ready(struct rings *r)
{
	const struct smn_dma_source *source = r->bed->dma.source;
	int n = smn_dma_vectors(&r->bed->dma, r->p->vectors), ret = 0;

	if (n > 0 && (uint32_t)n < r->p->vectors)
		r->p->vectors = n;
	if (n == -EINTR)
		return n;
	/* its commands raise interrupts, which are no answer to ours */
	if (n > 1)
		ret = smn_irq_settle(r->bed->s, &r->bed->nest.dev,
				     source->irq_index);
	return ret == -EBUSY ? 0 : ret;
}

/* Everything that is to be tried, as far as it makes sense. */
static int try(struct rings *r)
{
	uint64_t start = smn_sys_now(r->bed->s->sys);
	bool wanted = r->bed->rings;
	struct smn_msi_proof *p = r->p;
	int ret = wanted ? get_ready(r) : 0;

	if (!ret)
		ret = ring_all(r, "first", wanted);
	p->delivered = p->nrings;
	for (unsigned int i = 0; i < p->nrings; i++)
		p->delivered &= p->ring[i].came;
	if (ret || !wanted)
		return ret;
	if (!p->delivered)
		return overhear(r, start);
	ret = replace(r->bed);
	if (!ret)
		ret = ring_all(r, "replaced", true);
	if (!ret)
		ret = reattach(r->bed);
	if (!ret)
		ret = ring_all(r, "reattached", true);
	return ret || !smn_bed_has_s1(r->bed) ? ret : control(r);
}

int smn_msi_prove(struct smn_bed *bed, struct smn_msi_proof *p,
		  struct smn_why *why)
{
	struct rings r = { bed, p };
	int ret;

	*p = (struct smn_msi_proof){ 0 };
	why->text[0] = '\0';
	if (!bed->dma.source->msi)
		smn_why_set(why, "%s sends no interrupt by itself",
			    bed->dma.source->name);
	else if (!bed->doorbell.last)
		smn_why_set(why, "no MSI window is reserved for the device");
	if (why->text[0])
		return -EOPNOTSUPP;
	ret = arm(&r);
	if (!ret)
		ret = smn_bed_spoil(bed, SMN_PLACE_TABLES);
	if (!ret)
		ret = smn_bed_announce(bed);
	if (ret == -EIO) {
		smn_why_set(&p->why, "no vDEVICE has the vSID 0x%" PRIx64
			    ": CFGI_CD_ALL for it was refused",
			    bed->setup.plan.vsid);
		return 0;
	}
	bed->begun = true;
	if (!ret)
		ret = try(&r);
	if (!ret)
		conclude(&r);
	return ret;
}
