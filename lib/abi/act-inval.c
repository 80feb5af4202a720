// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IOMMU_HWPT_INVALIDATE: iommufd_hwpt_invalidate(),
 * arm_vsmmu_cache_invalidate(). Commands are checked one after the other and
 * issued in blocks; the first bad one decides which row holds. entry_num is
 * written back whatever happens.
 */
#include <inttypes.h>
#include <string.h>

#include "abi/row.h"
#include "abi/rules.h"

#define MOST_ENTRIES (1u << 19)	/* IOMMU_HWPT_INVALIDATE_ENTRY_NUM_MAX */
#define COMMAND sizeof(struct iommu_viommu_arm_smmuv3_invalidate)

/* The first kernel that counts what was issued, not what was found good. */
#define COUNTS_ISSUED 704

static const struct iommu_hwpt_invalidate *
inval_of(const struct smn_question *q)
{
	return q->in;
}

static struct smn_obj *viommu_of(const struct smn_question *q)
{
	return smn_question_obj(q, inval_of(q)->hwpt_id, SMN_T_VIOMMU);
}

/* --- the array --- */

static enum smn_truth no_array(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_hwpt_invalidate *in = inval_of(q);

	(void)row;
	(void)why;
	return smn_truth_of(in->entry_num &&
			    (!in->data_uptr || !in->entry_len));
}

static enum smn_truth long_entries(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	const struct iommu_hwpt_invalidate *in = inval_of(q);

	(void)row;
	(void)why;
	return smn_truth_of(in->entry_num && in->entry_len > q->w->page);
}

/* What hwpt_id stands for is of the types in .with. */
static enum smn_truth is_a(struct smn_question *q, const struct smn_row *row,
			   struct smn_why *why)
{
	struct smn_obj *o =
		smn_question_obj(q, inval_of(q)->hwpt_id, SMN_T_NONE);

	if (!o)
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "hwpt_id %" PRIu32 " is a %s, not a vIOMMU",
			    o->id, smn_type_name(o->type));
	return smn_truth_of(row->with >> o->type & 1);
}

/* The driver wants all of it in one piece of the kernel's memory. */
static enum smn_truth too_much(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	/* 2^10 pages are the largest piece, 2^13 where pages have 64 KiB */
	uint64_t most = q->w->page << (q->w->page < 1 << 16 ? 10 : 13);

	(void)row;
	(void)why;
	return smn_truth_of(inval_of(q)->entry_num * COMMAND > most);
}

/* --- the commands --- */

/* Is all that data_uptr points at to be had, or one copied command? */
static bool has_batch(const struct smn_question *q)
{
	const struct iommu_hwpt_invalidate *in = inval_of(q);

	if (q->w->answers)
		return true;
	return q->words && (uintptr_t)q->words == in->data_uptr &&
		(uint64_t)in->entry_num * in->entry_len <=
		q->nwords * sizeof(*q->words);
}

static size_t ncommands(const struct smn_question *q)
{
	return has_batch(q) ? inval_of(q)->entry_num : q->nwords / 2;
}

/*
 * Command @i, zero-extended to two words. 0, -EFAULT, or -E2BIG: bytes are set
 * beyond them.
 */
static int get_command(const struct smn_question *q, size_t i, uint64_t cmd[2])
{
	const struct iommu_hwpt_invalidate *in = inval_of(q);
	uint64_t at = in->data_uptr + i * in->entry_len;
	size_t n = in->entry_len < COMMAND ? in->entry_len : COMMAND;
	uint8_t more[64];
	int ret;

	cmd[0] = cmd[1] = 0;
	if (!has_batch(q)) {
		memcpy(cmd, q->words + 2 * i, COMMAND);
		return 0;
	}
	ret = smn_user_read(q->w, cmd, at, n);
	for (uint32_t end = in->entry_len; !ret && n < end;) {
		size_t part = end - n < sizeof(more) ? end - n : sizeof(more);

		ret = smn_user_read(q->w, more, at + n, part);
		for (size_t k = 0; !ret && k < part; k++)
			if (more[k])
				ret = -E2BIG;
		n += part;
	}
	return ret;
}

/* The first command that cannot be copied fails with the row's errno. */
static enum smn_truth uncopied(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	uint32_t len = inval_of(q)->entry_len;
	uint64_t cmd[2];
	int ret = 0;

	(void)why;
	if (row->err == E2BIG && len <= COMMAND)
		return SMN_NO;
	if (!has_batch(q))
		return SMN_UNKNOWN;
	if (!q->w->answers && row->err == EFAULT)
		return SMN_UNKNOWN;
	for (size_t i = 0; !ret && i < ncommands(q); i++)
		ret = get_command(q, i, cmd);
	return smn_truth_of(ret == -row->err);
}

static bool told(const struct smn_question *q)
{
	return q->smmu && q->smmu->told == SMN_YES;
}

static bool taken_opcode(const uint64_t cmd[2])
{
	const struct smn_layout *l = smn_cmd_by_opcode(cmd[0] & SMN_CMD_OPCODE);

	return l && l->fate == SMN_FORWARDED;
}

/* Older kernels look at the opcode alone. */
static bool is_lax(const struct smn_question *q)
{
	return q->w->kernel && q->w->kernel < 702;
}

static enum smn_truth bad_fields(const struct smn_question *q,
				 const uint64_t cmd[2])
{
	struct smn_violations bad;

	if (told(q))
		return smn_truth_of(!smn_rules_cmd_ok(&q->smmu->rules, cmd));
	if (smn_rules_cmd(cmd, SMN_FEATS_ALL, &bad))
		return SMN_YES;
	return smn_rules_cmd(cmd, 0, &bad) ? SMN_UNKNOWN : SMN_NO;
}

/* An SMMU with ATS, in a kernel without: the driver has the feature not. */
static enum smn_truth no_ats(const struct smn_question *q,
			     const uint64_t cmd[2])
{
	enum { ATC_INV = 0x40 };

	if ((cmd[0] & SMN_CMD_OPCODE) != ATC_INV)
		return SMN_NO;
	return smn_question_fact(q, SMN_FACT_NO_PCI_ATS) == SMN_YES ? SMN_YES :
		SMN_NO;
}

static enum smn_truth bad_command(const struct smn_question *q,
				  const uint64_t cmd[2])
{
	if (is_lax(q))
		return smn_truth_of(!taken_opcode(cmd));
	return smn_or(bad_fields(q, cmd), no_ats(q, cmd));
}

static bool get_vsid(const struct smn_question *q, const uint64_t cmd[2],
		     uint64_t *vsid)
{
	unsigned int opcode = cmd[0] & SMN_CMD_OPCODE;
	const struct smn_layout *l = smn_cmd_by_opcode(opcode);
	const struct smn_field *sid = !l ? NULL :
		told(q) && !is_lax(q) ? q->smmu->rules.cmd[opcode].sid :
		smn_layout_field(l, "SID", 3);

	if (sid)
		*vsid = smn_field_get(sid, cmd);
	return sid;
}

static enum smn_truth bad_vsid(const struct smn_question *q,
			       const uint64_t cmd[2])
{
	struct smn_obj *viommu = viommu_of(q);
	uint64_t vsid;

	if (!get_vsid(q, cmd, &vsid))
		return SMN_NO;
	return viommu ? smn_truth_of(!smn_viommu_vdevice(viommu, vsid)) :
		SMN_UNKNOWN;
}

/* What is known of the first command that is not good for certain. */
struct verdict {
	enum smn_truth cmd, vsid;
	uint64_t words[2];
	uint32_t at;		/* its index; how many, if all are good */
};

static size_t block(size_t n)
{
	return n < SMN_CMD_BLOCK ? n : SMN_CMD_BLOCK;
}

static struct verdict first_bad(const struct smn_question *q)
{
	struct verdict v = { SMN_NO, SMN_NO, { 0 }, q->first };
	size_t n = ncommands(q);

	/* a block that never completes ends it before the next is looked at */
	if (has_batch(q) &&
	    smn_question_fact(q, SMN_FACT_CMDQ_STUCK) == SMN_YES)
		n = block(n);
	for (size_t i = 0; i < n; i++, v.at++) {
		if (get_command(q, i, v.words))
			break;
		v.cmd = bad_command(q, v.words);
		if (v.cmd != SMN_YES)
			v.vsid = smn_and(bad_vsid(q, v.words), v.cmd == SMN_NO ?
					 SMN_YES : SMN_UNKNOWN);
		if (v.cmd != SMN_NO || v.vsid != SMN_NO)
			break;
	}
	return v;
}

static void why_command(const struct smn_question *q, const struct verdict *v,
			struct smn_why *why)
{
	smn_feats feats = told(q) ? q->smmu->feats : SMN_FEATS_ALL;
	struct smn_violations bad;

	if (smn_rules_cmd(v->words, feats, &bad))
		smn_why_set(why, "command %" PRIu32 ": %.200s", v->at,
			    bad.v[0].why.text);
}

static enum smn_truth bad_cmd(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	struct verdict v;

	(void)row;
	if (!q->words && !has_batch(q))
		return SMN_UNKNOWN;
	v = first_bad(q);
	q->bad = v.at;
	if (why && v.cmd == SMN_YES)
		why_command(q, &v, why);
	/* that an unknown kernel looks at more than the opcode is a guess */
	if (!q->w->kernel && v.cmd == SMN_YES && taken_opcode(v.words))
		return SMN_UNKNOWN;
	return v.cmd;
}

static void why_vsid(const struct smn_question *q, const struct verdict *v,
		     struct smn_why *why)
{
	struct smn_obj *viommu = viommu_of(q);
	struct smn_obj *one = viommu ? viommu->viommu.vdevices : NULL;
	uint64_t vsid;

	if (!get_vsid(q, v->words, &vsid))
		return;
	if (one)
		smn_why_set(why, "command %" PRIu32 ": vSID 0x%" PRIx64
			    " has no vDEVICE on this vIOMMU; %s has vSID 0x%"
			    PRIx64, v->at, vsid, one->vdevice.next ?
			    "one of those there are" : "the one there is",
			    one->vdevice.virt_id);
	else
		smn_why_set(why, "command %" PRIu32 ": vSID 0x%" PRIx64
			    " has no vDEVICE on this vIOMMU", v->at, vsid);
}

static enum smn_truth unknown_vsid(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	struct verdict v;

	(void)row;
	if (!q->words && !has_batch(q))
		return SMN_UNKNOWN;
	v = first_bad(q);
	q->bad = v.at;
	if (why && v.vsid != SMN_NO)
		why_vsid(q, &v, why);
	return v.vsid;
}

/* --- entry_num --- */

static void refused(struct smn_question *q, void *out, int err)
{
	struct iommu_hwpt_invalidate *a = out;

	if (!q->w->answers)
		return;
	switch (-err) {
	case EIO:
		a->entry_num = q->w->kernel < COUNTS_ISSUED ? q->bad :
			q->bad / SMN_CMD_BLOCK * SMN_CMD_BLOCK;
		break;
	case ETIMEDOUT:
		a->entry_num = block(a->entry_num) - 1;
		break;
	case ENOMEM:
		break;		/* the driver returns before it counts */
	default:
		a->entry_num = 0;
	}
}

#define ON(member) SMN_ON(iommu_hwpt_invalidate, member)

static const struct smn_row rows[] = {
	{ "inval.reserved", EOPNOTSUPP, ON(__reserved),
	  SMN_TEST(bits, .with = ~0ULL),
	  .cause = "__reserved is not 0",
	  .remedy = "set __reserved to 0" },
	{ "inval.array", EINVAL, ON(entry_num), .test = no_array,
	  .cause = "entry_num is not 0, and data_uptr or entry_len is",
	  .remedy = "point data_uptr at the commands, set entry_len to 16" },
	{ "inval.long", EINVAL, ON(entry_len), .test = long_entries,
	  .since = 702,
	  .cause = "entry_len is larger than a page",
	  .remedy = "set entry_len to 16" },
	{ "inval.many", EINVAL, ON(entry_num),
	  SMN_TEST(above, .with = MOST_ENTRIES), .since = 702,
	  .cause = "entry_num is more than 2^19",
	  .remedy = "send fewer commands at once" },
	{ "inval.id", ENOENT, ON(hwpt_id), SMN_TEST(no_object, .with = ~0ULL),
	  .cause = "no object has that id",
	  .remedy = "give the out_viommu_id of IOMMU_VIOMMU_ALLOC" },
	{ "inval.nested", EOPNOTSUPP, ON(hwpt_id), .test = is_a,
	  .with = SMN_IS(NESTED),
	  .cause = "hwpt_id is a nested HWPT, and on SMMUv3 a vIOMMU takes the "
		   "commands",
	  .remedy = "give the id of the vIOMMU as hwpt_id" },
	{ "inval.object", EINVAL, ON(hwpt_id), .test = is_a,
	  .with = ~(uint64_t)(SMN_IS(NESTED) | SMN_IS(VIOMMU)),
	  .cause = "hwpt_id is not a vIOMMU",
	  .remedy = "give the id of the vIOMMU as hwpt_id" },
	{ "inval.memory", ENOMEM, ON(entry_num), .test = too_much,
	  .cause = "the kernel has no piece of memory for that many commands",
	  .remedy = "send fewer commands at once" },
	{ "inval.type", EINVAL, ON(data_type),
	  SMN_TEST(is_not, .with = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3),
	  .cause = "data_type is not ARM_SMMUV3 (1)",
	  .remedy = "set data_type to ARM_SMMUV3 (1)" },
	{ "inval.empty", EINVAL, ON(entry_num), SMN_TEST(is, .with = 0),
	  .cause = "entry_num is 0: on SMMUv3 not even data_type can be tried "
		   "in that way",
	  .remedy = "send a command" },
	{ "inval.data", EFAULT, ON(data_uptr), .test = uncopied,
	  .cause = "the commands cannot be read at data_uptr",
	  .remedy = "point data_uptr at entry_num * entry_len bytes" },
	{ "inval.tail", E2BIG, ON(entry_len), .test = uncopied,
	  .cause = "bytes are set behind the 16 of a command",
	  .remedy = "set entry_len to 16, or zero what is behind" },
	{ "inval.cmd", EIO, .test = bad_cmd,
	  .cause = "the command is not one the kernel takes",
	  .remedy = "smmunest-ctl decode cmd WORDS" },
	{ "inval.vsid", EIO, .test = unknown_vsid,
	  .cause = "the vSID has no vDEVICE on this vIOMMU",
	  .remedy = "make SID and --vsid agree" },
	{ "inval.sync", ETIMEDOUT, SMN_IF(CMDQ_STUCK),
	  .cause = "no CMD_SYNC completed within a second: the SMMU or a "
		   "device's ATC hangs, or the command queue is in error",
	  .remedy = "dmesg | grep -i -e CMDQ -e CMD_SYNC",
	  .unreached = "the emulated SMMU completes every CMD_SYNC" },
};

SMN_ACT(IOMMU_HWPT_INVALIDATE, rows, .refused = refused, .allocates = true);
