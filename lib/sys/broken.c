// SPDX-License-Identifier: GPL-2.0-or-later
/* Models that do one thing wrong, a row each. See broken.h. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sys/broken.h"

struct smn_broken {
	const char *name, *doc;
	enum smn_op_id op;
	const char *row;	/* it is left out, or answers .err instead */
	int err;
	/* an errno for what no row refuses, or 0 */
	int (*refuses)(struct smn_question *q);
	bool idle;		/* it says that it was done, and does nothing */
	bool leaky;		/* it is out of memory, and has done it */
	/* what is wrong with the answer */
	void (*answers)(struct smn_question *q, void *out, int err);
};

/* --- refused although it is to be taken --- */

static int bypass_ste(struct smn_question *q)
{
	return q->words && q->nwords && (q->words[0] & 0xf) == 9 ? -EIO : 0;
}

static int invalid_ste(struct smn_question *q)
{
	return q->words && q->nwords > 1 && !(q->words[0] & 1) &&
		(q->words[0] || q->words[1]) ? -EIO : 0;
}

static int ats_ste(struct smn_question *q)
{
	return q->words && q->nwords > 1 && q->words[1] >> 28 & 1 ? -EIO : 0;
}

static int large_cdmax(struct smn_question *q)
{
	return q->words && q->nwords && q->words[0] >> 63 ? -EIO : 0;
}

static int zero_vsid(struct smn_question *q)
{
	const struct iommu_vdevice_alloc *in = q->in;

	return in->virt_id ? 0 : -EINVAL;
}

static int second_viommu(struct smn_question *q)
{
	const struct iommu_viommu_alloc *in = q->in;
	struct smn_obj *s2 = smn_question_obj(q, in->hwpt_id, SMN_T_PAGING);

	return s2 && s2->users > 1 ? -EBUSY : 0;
}

static int long_batch(struct smn_question *q)
{
	const struct iommu_hwpt_invalidate *in = q->in;

	return in->entry_num > SMN_CMD_BLOCK ? -EINVAL : 0;
}

static int foreign_vmid(struct smn_question *q)
{
	return q->words && q->nwords > 1 && q->words[0] >> 32 & 0xffff &&
		(q->words[0] & SMN_CMD_OPCODE) == 0x11 ? -EIO : 0;
}

static int same_again(struct smn_question *q)
{
	const struct vfio_device_attach_iommufd_pt *in = q->in;

	return q->dev && q->dev->hwpt && q->dev->hwpt->id == in->pt_id ?
		-EBUSY : 0;
}

static int not_attached(struct smn_question *q)
{
	return q->dev && !q->dev->hwpt ? -EINVAL : 0;
}

static int nameless_bypass(struct smn_question *q)
{
	const struct vfio_device_attach_iommufd_pt *in = q->in;
	struct smn_obj *s1 = smn_question_obj(q, in->pt_id, SMN_T_NESTED);

	return s1 && q->dev && !q->dev->vdevice ? -ENOENT : 0;
}

static int always_again(struct smn_question *q)
{
	(void)q;
	return -EAGAIN;
}

static int sleeps(struct smn_question *q)
{
	(void)q;
	for (;;)
		pause();
	return 0;
}

static int dies(struct smn_question *q)
{
	(void)q;
	kill(getpid(), SIGKILL);
	return 0;
}

/* --- answers that are not so --- */

static void entry_num_zero(struct smn_question *q, void *out, int err)
{
	struct iommu_hwpt_invalidate *o = out;

	(void)q;
	if (err)
		o->entry_num = 0;
}

static void entry_num_kept(struct smn_question *q, void *out, int err)
{
	const struct iommu_hwpt_invalidate *in = q->in;
	struct iommu_hwpt_invalidate *o = out;

	if (err)
		o->entry_num = in->entry_num;
}

static void entry_num_short(struct smn_question *q, void *out, int err)
{
	struct iommu_hwpt_invalidate *o = out;

	(void)q;
	if (!err && o->entry_num > SMN_CMD_BLOCK)
		o->entry_num--;
}

static void data_len_kept(struct smn_question *q, void *out, int err)
{
	const struct iommu_hw_info *in = q->in;
	struct iommu_hw_info *o = out;

	(void)err;
	o->data_len = in->data_len;
}

static void hw_type_none(struct smn_question *q, void *out, int err)
{
	struct iommu_hw_info *o = out;

	(void)q;
	(void)err;
	o->out_data_type = 0;
}

static void unmap_less(struct smn_question *q, void *out, int err)
{
	struct iommu_ioas_unmap *o = out;

	(void)q;
	if (!err && o->length)
		o->length--;
}

static void no_count(struct smn_question *q, void *out, int err)
{
	const struct iommu_ioas_iova_ranges *in = q->in;
	struct iommu_ioas_iova_ranges *o = out;

	if (err)
		o->num_iovas = in->num_iovas;
}

static void alignment_one(struct smn_question *q, void *out, int err)
{
	struct iommu_ioas_iova_ranges *o = out;

	(void)q;
	(void)err;
	o->out_iova_alignment = 1;
}

static void pt_id_kept(struct smn_question *q, void *out, int err)
{
	const struct vfio_device_attach_iommufd_pt *in = q->in;
	struct vfio_device_attach_iommufd_pt *o = out;

	(void)err;
	o->pt_id = in->pt_id;
}

static void option_other(struct smn_question *q, void *out, int err)
{
	const struct iommu_option *in = q->in;
	struct iommu_option *o = out;

	if (!err && in->op == IOMMU_OPTION_OP_GET)
		o->val64 = !o->val64;
}

/* --- the table --- */

#define LAX(op_, row_) \
	{ "lax-" row_, "does not check " row_, SMN_##op_, .row = row_ }
#define OTHERWISE(op_, row_, e) \
	{ #e "-for-" row_, "answers " #e " where " row_ " holds", \
	  SMN_##op_, .row = row_, .err = e }
#define STRICT(name_, doc_, op_, f) \
	{ name_, "refuses " doc_, SMN_##op_, .refuses = f }
#define WRONG(name_, doc_, op_, f) { name_, doc_, SMN_##op_, .answers = f }
#define LEAKY(name_, op_) \
	{ name_, "has no memory for it, and does it nevertheless", SMN_##op_, \
	  .leaky = true }
#define IDLE(name_, op_) \
	{ name_, "says it is done, and does nothing", SMN_##op_, .idle = true }

static const struct smn_broken table[] = {
	LAX(IOMMU_HWPT_ALLOC, "s1.ste"), LAX(IOMMU_HWPT_ALLOC, "s1.length"),
	LAX(IOMMU_HWPT_ALLOC, "hwpt.reserved"),
	LAX(IOMMU_HWPT_ALLOC, "hwpt.dirty"),
	LAX(IOMMU_HWPT_ALLOC, "hwpt.parent.mixed"),
	LAX(IOMMU_HWPT_ALLOC, "s2.aperture"),
	LAX(IOMMU_HWPT_INVALIDATE, "inval.cmd"),
	LAX(IOMMU_HWPT_INVALIDATE, "inval.vsid"),
	LAX(IOMMU_HWPT_INVALIDATE, "inval.empty"),
	LAX(IOMMU_HWPT_INVALIDATE, "inval.tail"),
	LAX(IOMMU_HWPT_INVALIDATE, "inval.type"),
	LAX(IOMMU_VIOMMU_ALLOC, "viommu.nest"),
	LAX(IOMMU_VIOMMU_ALLOC, "viommu.type"),
	LAX(IOMMU_VIOMMU_ALLOC, "viommu.flags"),
	LAX(IOMMU_VDEVICE_ALLOC, "vdevice.vsid"),
	LAX(VFIO_DEVICE_ATTACH_IOMMUFD_PT, "attach.vdevice"),
	LAX(VFIO_DEVICE_ATTACH_IOMMUFD_PT, "attach.flags"),
	LAX(VFIO_DEVICE_DETACH_IOMMUFD_PT, "detach.flags"),
	LAX(VFIO_DEVICE_BIND_IOMMUFD, "bind.flags"),
	LAX(IOMMU_IOAS_ALLOC, "ioas.flags"),
	LAX(IOMMU_IOAS_ALLOC, "struct.new"),
	LAX(IOMMU_IOAS_MAP, "map.access"), LAX(IOMMU_IOAS_MAP, "map.reserved"),
	LAX(IOMMU_IOAS_MAP, "map.align"),
	LAX(IOMMU_IOAS_UNMAP, "unmap.nothing"),
	LAX(IOMMU_VEVENTQ_ALLOC, "veventq.taken"),
	LAX(IOMMU_FAULT_QUEUE_ALLOC, "faultq.flags"),
	LAX(IOMMU_IOAS_MAP_FILE, "file.dmabuf-gone"),
	LAX(IOMMU_IOAS_MAP_FILE, "file.dmabuf-kind"),
	LAX(VFIO_DEVICE_FEATURE, "dmabuf.end"),
	LAX(IOMMU_GET_HW_INFO, "hwinfo.flags"),
	LAX(IOMMU_HWPT_SET_DIRTY_TRACKING, "dirty.untracked"),

	OTHERWISE(IOMMU_HWPT_ALLOC, "hwpt.pt", ENOENT),
	OTHERWISE(IOMMU_HWPT_ALLOC, "s1.ste", EINVAL),
	OTHERWISE(IOMMU_HWPT_ALLOC, "hwpt.fault", EINVAL),
	OTHERWISE(IOMMU_HWPT_INVALIDATE, "inval.nested", EINVAL),
	OTHERWISE(IOMMU_VIOMMU_ALLOC, "viommu.parent", EINVAL),
	OTHERWISE(IOMMU_VDEVICE_ALLOC, "vdevice.taken", EBUSY),
	OTHERWISE(VFIO_DEVICE_ATTACH_IOMMUFD_PT, "attach.id", EINVAL),
	OTHERWISE(IOMMU_IOAS_MAP, "map.taken", EBUSY),
	OTHERWISE(IOMMU_DESTROY, "destroy.busy", EINVAL),

	STRICT("no-bypass", "Cfg=bypass", IOMMU_HWPT_ALLOC, bypass_ste),
	STRICT("no-rubbish", "V=0 with more than that", IOMMU_HWPT_ALLOC,
	       invalid_ste),
	STRICT("no-eats", "EATS=full", IOMMU_HWPT_ALLOC, ats_ste),
	STRICT("no-cdmax", "S1CDMax beyond SSIDSIZE", IOMMU_HWPT_ALLOC,
	       large_cdmax),
	STRICT("no-vsid-0", "vSID 0", IOMMU_VDEVICE_ALLOC, zero_vsid),
	STRICT("no-second-viommu", "a second vIOMMU of a parent",
	       IOMMU_VIOMMU_ALLOC, second_viommu),
	STRICT("no-long-batch", "more than a block", IOMMU_HWPT_INVALIDATE,
	       long_batch),
	STRICT("no-vmid", "TLBI_NH_ASID with a VMID", IOMMU_HWPT_INVALIDATE,
	       foreign_vmid),
	STRICT("no-same-again", "the HWPT that is attached",
	       VFIO_DEVICE_ATTACH_IOMMUFD_PT, same_again),
	STRICT("no-detach-of-none", "to detach what is not attached",
	       VFIO_DEVICE_DETACH_IOMMUFD_PT, not_attached),
	STRICT("no-nameless-bypass", "bypass and abort without vDEVICE",
	       VFIO_DEVICE_ATTACH_IOMMUFD_PT, nameless_bypass),
	STRICT("no-empty-read", "to read an empty vEVENTQ", READ_VEVENTQ,
	       always_again),

	IDLE("idle-attach", VFIO_DEVICE_ATTACH_IOMMUFD_PT),
	IDLE("idle-detach", VFIO_DEVICE_DETACH_IOMMUFD_PT),
	IDLE("idle-destroy", IOMMU_DESTROY),
	IDLE("idle-map", IOMMU_IOAS_MAP),
	IDLE("idle-unmap", IOMMU_IOAS_UNMAP),
	IDLE("idle-irqs", VFIO_DEVICE_SET_IRQS),
	IDLE("idle-registers", WRITE_REGION),
	IDLE("idle-feature", VFIO_DEVICE_FEATURE),
	IDLE("idle-allow", IOMMU_IOAS_ALLOW_IOVAS),
	IDLE("idle-option", IOMMU_OPTION),

	LAX(IOMMU_IOAS_ALLOC, "injected"),
	{ "EIO-for-injected", "answers EIO where it has no memory",
	  SMN_IOMMU_VIOMMU_ALLOC, .row = "injected", .err = EIO },
	LEAKY("leaky-ioas", IOMMU_IOAS_ALLOC),
	LEAKY("leaky-vdevice", IOMMU_VDEVICE_ALLOC),
	LEAKY("leaky-veventq", IOMMU_VEVENTQ_ALLOC),
	LEAKY("leaky-map", IOMMU_IOAS_MAP),
	LEAKY("leaky-attach", VFIO_DEVICE_ATTACH_IOMMUFD_PT),

	WRONG("entry-num-zero", "entry_num is 0 after a failure",
	      IOMMU_HWPT_INVALIDATE, entry_num_zero),
	WRONG("entry-num-kept", "entry_num stays after a failure",
	      IOMMU_HWPT_INVALIDATE, entry_num_kept),
	WRONG("entry-num-short", "entry_num is one less after long batches",
	      IOMMU_HWPT_INVALIDATE, entry_num_short),
	WRONG("data-len-kept", "data_len stays as the caller had it",
	      IOMMU_GET_HW_INFO, data_len_kept),
	WRONG("hw-type-none", "registers are of no type", IOMMU_GET_HW_INFO,
	      hw_type_none),
	WRONG("unmap-less", "a byte less was unmapped", IOMMU_IOAS_UNMAP,
	      unmap_less),
	WRONG("no-count", "num_iovas stays when there is no room",
	      IOMMU_IOAS_IOVA_RANGES, no_count),
	WRONG("alignment-one", "IOVAs need no alignment",
	      IOMMU_IOAS_IOVA_RANGES, alignment_one),
	WRONG("pt-id-kept", "pt_id stays when a HWPT is made",
	      VFIO_DEVICE_ATTACH_IOMMUFD_PT, pt_id_kept),
	WRONG("option-other", "options are read the other way round",
	      IOMMU_OPTION, option_other),

	{ "hangs", "IOMMU_OPTION never comes back", SMN_IOMMU_OPTION,
	  .refuses = sleeps },
	{ "dies", "IOMMU_OPTION kills the process", SMN_IOMMU_OPTION,
	  .refuses = dies },
};

const char *smn_broken_name(unsigned int i)
{
	return i < SMN_ARRAY_SIZE(table) ? table[i].name : NULL;
}

const char *smn_broken_doc(unsigned int i)
{
	return i < SMN_ARRAY_SIZE(table) ? table[i].doc : NULL;
}

const struct smn_broken *smn_broken_by_name(const char *name)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

/* --- deciding --- */

/* The first row that holds, but for the one that is left out. */
static const struct smn_row *first_row(const struct smn_broken *b,
				       struct smn_question *q)
{
	bool lax = b->row && !b->err;
	const struct smn_row *row;

	for (unsigned int i = 0; (row = smn_row_at(q->op, i)); i++)
		if (!(lax && !strcmp(row->id, b->row)) &&
		    smn_row_holds(q, row, NULL) == SMN_YES)
			return row;
	return NULL;
}

int smn_broken_decide(const struct smn_broken *b, struct smn_question *q,
		      void *out)
{
	int err, ret;

	if (q->op != b->op) {
		q->row = smn_row_first(q);
		err = q->row ? -q->row->err : 0;
		ret = smn_world_happened(q, out, err);
		return ret ? ret : err;
	}
	q->row = first_row(b, q);
	err = q->row ? -q->row->err : b->refuses ? b->refuses(q) : 0;
	if (q->row && b->err && !strcmp(q->row->id, b->row))
		err = -b->err;
	if (b->leaky && q->row && q->row->with == SMN_FACT_INJECTED &&
	    !q->row->test)
		ret = smn_world_happened(q, out, 0);
	else
		ret = !err && b->idle ? 0 : smn_world_happened(q, out, err);
	if (b->answers)
		b->answers(q, out, err);
	return ret ? ret : err;
}
