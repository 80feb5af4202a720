// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DMA of the model's devices: through the stage 1 that a VM's STE names, read
 * by the walk, and the stage 2 that the IOAS's mappings are. What stops it
 * takes the way of a real event: to the vIOMMU's queue, or to the log.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "abi/ioas.h"
#include "abi/ring.h"
#include "arch/walk.h"
#include "sys/gadget.h"

#define PIECE 4096	/* the smallest page there is */

/* One transaction on its way. */
struct trip {
	struct smn_model *m;
	struct smn_world *w;
	struct smn_pdev *dev;
	const struct smn_transfer *dma;
	struct smn_transfer_result *r;
	struct smn_space *space;	/* of stage 2, or of the only stage */
	bool s2;			/* is that one stage 2? */
	uint64_t iova;
	uint64_t hole; /* the IPA that a walk could not read */
};

/* --- events --- */

static void put(const struct smn_layout *l, uint64_t *evt, const char *name,
		uint64_t value)
{
	const struct smn_field *f = smn_layout_field(l, name, strlen(name));

	if (!f)
		return;
	if (f->addr)
		value &= smn_field_mask(f);
	smn_field_put(f, evt, value, NULL);
}

static uint64_t get(const struct smn_layout *l, const uint64_t *evt,
		    const char *name)
{
	const struct smn_field *f = smn_layout_field(l, name, strlen(name));

	return f ? smn_field_get(f, evt) : 0;
}

/* The queue that gets the device's events, or NULL. */
static struct smn_ring *ring_of(const struct smn_pdev *dev)
{
	const struct smn_obj *q = dev->vmaster ?
		dev->vmaster->viommu.veventqs : NULL;

	while (q && q->veventq.type != IOMMU_VEVENTQ_TYPE_ARM_SMMUV3)
		q = q->veventq.next;
	return q ? q->veventq.ring : NULL;
}

/* arm_smmu_handle_event(): to the VM what is its own, the rest to the log */
static bool stop(struct trip *t, const struct smn_layout *l,
		 const uint64_t evt[4])
{
	struct smn_ring *ring = ring_of(t->dev);

	memcpy(t->r->evt, evt, sizeof(t->r->evt));
	if (l->fate != SMN_FORWARDED || get(l, evt, "S2") ||
	    get(l, evt, "Stall") || !ring) {
		t->r->end = SMN_TRANSFER_LOGGED;
		t->w->log |= SMN_LOG_EVENT;
		return false;
	}
	put(l, t->r->evt, "SID", t->dev->vsid);
	smn_ring_put(ring, t->r->evt);
	t->r->end = SMN_TRANSFER_EVENT;
	return false;
}

/* The stage that the IOAS stands for does not translate @ipa. */
static bool fault(struct trip *t, const char *name, const char *class,
		  uint64_t ipa)
{
	const struct smn_layout *l = smn_layout_by_name(name);
	const struct smn_field *f = smn_layout_field(l, "CLASS", 5);
	uint64_t evt[4] = { l->opcode }, v = 0;

	while (v < f->nvalues && strcmp(f->values[v], class))
		v++;
	smn_field_put(f, evt, v, NULL);
	put(l, evt, "SID", t->dev->sid);
	put(l, evt, "RnW", !t->dma->write);
	put(l, evt, "InputAddr", t->iova);
	put(l, evt, "S2", t->s2);
	put(l, evt, "IPA", t->s2 ? ipa : 0);
	return stop(t, l, evt);
}

static bool end(struct trip *t, enum smn_transfer_end how, const char *why)
{
	smn_why_set(&t->r->why, "%s", why);
	t->r->end = how;
	return false;
}

/* --- what the IOAS maps --- */

static bool is_doorbell(const struct trip *t, uint64_t ipa)
{
	for (unsigned int i = 0; i < t->dev->nreserved; i++) {
		const struct smn_region *r = &t->dev->reserved[i];

		/* one page of it is a doorbell's, the others nobody's */
		if (r->msi && ipa >= r->start &&
		    ipa - r->start < t->w->page)
			return true;
	}
	return false;
}

/* What is mapped at @ipa, or NULL: revoked registers are not any more. */
static const struct smn_area *mapping(const struct trip *t, uint64_t ipa)
{
	const struct smn_area *a = smn_areas_find(&t->space->mapped, ipa, ipa);

	return a && !(a->pages && a->pages->revoked) ? a : NULL;
}

/* Registers of another device. QEMU keeps a device from its own, too. */
static int touch_registers(const struct trip *t, const struct smn_pages *pages,
			   uint64_t at, char *buf, size_t n, bool write)
{
	struct smn_gadget *g = pages->registers->gadget;
	ssize_t did = 1;

	if (pages->registers == t->dev || !g)
		return -EFAULT;
	for (; n && did > 0; n -= did, at += did, buf += did)
		did = smn_gadget_access(g, t->m, pages->offset + at, buf, n,
					write);
	return n ? -EFAULT : 0;
}

/* Bytes of a mapping: @n of them lie in one page. 0 or -EFAULT. */
static int touch(const struct trip *t, const struct smn_area *a, uint64_t ipa,
		 void *buf, size_t n, bool write)
{
	uint64_t va = a->from + (ipa - a->start);

	if (a->pages && a->pages->registers)
		return touch_registers(t, a->pages, va, buf, n, write);
	if (a->pages && a->pages->file)
		return -EFAULT;
	return write ? smn_user_write(t->w, va, buf, n) :
		smn_user_read(t->w, buf, va, n);
}

static bool at_memory(struct trip *t, uint64_t ipa, void *buf, size_t n)
{
	const struct smn_area *a = mapping(t, ipa);
	bool write = t->dma->write;

	if (is_doorbell(t, ipa)) {
		if (!write)
			memset(buf, 0, n);
		else
			t->r->msi = true;
		return true;
	}
	if (!a) {
		smn_why_set(&t->r->why, "0x%" PRIx64 " is not mapped in the "
			    "IOAS", ipa);
		return fault(t, "F_TRANSLATION", "in", ipa);
	}
	if (write ? !a->write : !a->read) {
		smn_why_set(&t->r->why, "0x%" PRIx64 " is mapped in the IOAS "
			    "without %s", ipa, write ? "IOMMU_IOAS_MAP_"
			    "WRITEABLE" : "IOMMU_IOAS_MAP_READABLE");
		return fault(t, "F_PERMISSION", "in", ipa);
	}
	if (touch(t, a, ipa, buf, n, write))
		return end(t, SMN_TRANSFER_UNKNOWN,
			   "what is behind the mapping cannot be "
			   "reached: memory that is not this process's any "
			   "more, or the device's own registers");
	return true;
}

/* The walk reads the VM's structures where the IOAS has them. */
static int read_guest(void *ctx, uint64_t ipa, void *buf, size_t len)
{
	struct trip *t = ctx;
	const struct smn_area *a = mapping(t, ipa);

	if (a && a->read && len - 1 <= a->last - ipa &&
	    !touch(t, a, ipa, buf, len, false))
		return 0;
	t->hole = ipa;
	return -EFAULT;
}

/* --- through stage 1 --- */

/* Memory that the walk cannot read is an IPA that stage 2 does not map. */
static bool walk_stopped(struct trip *t, const struct smn_walk_result *walk)
{
	t->r->why = walk->why;
	switch (walk->end) {
	case SMN_WALK_EVENT:
		if (!walk->unread)
			return stop(t, walk->event, walk->evt);
		smn_why_set(&t->r->why, "0x%" PRIx64 ", where the VM's tables "
			    "are, is not mapped in the IOAS", t->hole);
		return fault(t, "F_TRANSLATION", smn_layout_field(
			walk->event, "CLASS", 5) ? "tt" : "cd", t->hole);
	case SMN_WALK_SILENT:
		t->r->end = SMN_TRANSFER_BLOCKED;
		return false;
	default:
		t->r->end = SMN_TRANSFER_UNKNOWN;
		return false;
	}
}

static bool through_nested(struct trip *t, const struct smn_obj *nested,
			   uint64_t *ipa)
{
	struct smn_walk walk = {
		.from = SMN_WALK_STE, .ste_words = 2, .iova = t->iova,
		.sid = t->dev->sid, .write = t->dma->write,
		.read = read_guest, .ctx = t,
	};
	struct smn_smmu *smmu = t->dev->smmu;
	struct smn_walk_result result;

	/* the kernel makes an STE that aborts of one that is not valid */
	if (!get(&smn_vste, nested->nested.ste, "V"))
		return end(t, SMN_TRANSFER_BLOCKED, "the VM's STE has V=0");
	memcpy(walk.ste, nested->nested.ste, sizeof(nested->nested.ste));
	if (smmu && smmu->told == SMN_YES)
		walk.idr = smmu->regs;
	smn_walk_run(&walk, &result);
	*ipa = result.pa;
	return result.end == SMN_WALK_OUT || walk_stopped(t, &result);
}

/* What lies within one page. */
static bool piece(struct trip *t, struct smn_obj *hwpt, void *buf, size_t n)
{
	uint64_t ipa = t->iova;

	if (hwpt->type == SMN_T_NESTED && !through_nested(t, hwpt, &ipa))
		return false;
	return at_memory(t, ipa, buf, n);
}

static struct smn_pdev *find(struct smn_world *w, const char *bdf)
{
	struct smn_pdev *d = w->devs;

	while (d && strcmp(d->bdf, bdf))
		d = d->next;
	return d;
}

int smn_model_dma(struct smn_model *m, const char *bdf,
		  const struct smn_transfer *dma, struct smn_transfer_result *r)
{
	struct smn_world *w = smn_model_world(m);
	struct trip t = { .m = m, .w = w, .dev = find(w, bdf), .dma = dma,
			  .r = r };
	struct smn_obj *hwpt;

	*r = (struct smn_transfer_result){ .end = SMN_TRANSFER_DONE };
	if (!t.dev)
		return -ENODEV;
	hwpt = smn_pdev_group_hwpt(w, t.dev, 0);
	if (!hwpt) {
		end(&t, SMN_TRANSFER_BLOCKED,
		    "the device is attached to nothing");
		return 0;
	}
	t.space = smn_hwpt_space(hwpt);
	t.s2 = smn_hwpt_paging(hwpt)->paging.s2;
	while (r->done < dma->len) {
		size_t n = PIECE - (dma->iova + r->done) % PIECE;

		if (n > dma->len - r->done)
			n = dma->len - r->done;
		t.iova = dma->iova + r->done;
		if (!piece(&t, hwpt, (char *)dma->data + r->done, n))
			return 0;
		r->done += n;
	}
	if (r->msi)
		r->end = SMN_TRANSFER_MSI;
	return 0;
}
