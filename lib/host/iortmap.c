// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a device's requester ID through the IORT to its SMMU and StreamID, with
 * the kernel's own reading of what firmware gets wrong.
 */
#include <errno.h>
#include <stdio.h>

#include "host/host.h"
#include "host/iort.h"

/* An ID mapping, and where in it what is. */
enum {
	MAPPING = 20,
	INPUT_BASE = 0,
	ID_COUNT = 4,
	OUTPUT_BASE = 8,
	OUTPUT_NODE = 12,
	FLAGS = 16,
	SINGLE = 1,
};

/* A reserved memory node's descriptors. */
enum { RMR_OFFSET = 24, DESCRIPTOR = 20, LENGTH = 8 };

/* A root complex may lead to its SMMU through others; not in a circle. */
#define MAX_HOPS 8

struct mapping {
	uint32_t input, count, output, node, flags;
};

/* A search: what is looked for, and where to tell what is wrong. */
struct search {
	const struct smn_iort *iort;
	struct smn_iort_device *dev;
	struct smn_why *why;
};

static int wrong(const struct search *s, uint64_t at, const char *what)
{
	smn_why_set(s->why, "the IORT is damaged at byte %llu: %s",
		    (unsigned long long)at, what);
	return -EBADMSG;
}

static enum smn_truth truth_of(const struct search *s,
			       const struct smn_iort_node *node,
			       enum smn_iort_field_id field)
{
	uint64_t v;

	if (!smn_iort_get(s->iort, node, field, &v))
		return SMN_UNKNOWN;
	return v ? SMN_YES : SMN_NO;
}

static int check_mappings(const struct search *s,
			  const struct smn_iort_node *n)
{
	/* what has none may have any offset */
	if (n->nmaps && (n->maps > n->length ||
			 n->nmaps > (n->length - n->maps) / MAPPING))
		return wrong(s, n->offset + SMN_IORT_NODE_MAPS,
			     "the ID mappings are not within their node");
	return 0;
}

static struct mapping get_mapping(const struct search *s,
				  const struct smn_iort_node *n, uint32_t i)
{
	uint64_t at = (uint64_t)n->offset + n->maps + (uint64_t)i * MAPPING;

	return (struct mapping){
		.input = smn_iort_number(s->iort, at + INPUT_BASE, 4),
		.count = smn_iort_number(s->iort, at + ID_COUNT, 4),
		.output = smn_iort_number(s->iort, at + OUTPUT_BASE, 4),
		.node = smn_iort_number(s->iort, at + OUTPUT_NODE, 4),
		.flags = smn_iort_number(s->iort, at + FLAGS, 4),
	};
}

/* The node that begins at @offset: 0, or -EBADMSG when none does. */
static int node_at(const struct search *s, uint32_t offset,
		   struct smn_iort_node *found)
{
	struct smn_iort_node n = { 0 };
	int ret;

	while ((ret = smn_iort_next(s->iort, &n, s->why)) > 0)
		if (n.offset == offset) {
			*found = n;
			return 0;
		}
	return ret ? ret : wrong(s, offset, "an ID mapping leads here, where "
				 "no node begins");
}

enum match { MATCH_NO, MATCH_YES, MATCH_LAST };

/*
 * Does the mapping take @id? Some firmware counts one too many, so the last ID
 * of a range counts only if no other range begins with it.
 */
static enum match map_id(const struct mapping *m, uint8_t type, uint32_t id,
			 bool had_last, uint32_t *out)
{
	if (m->flags & SINGLE) {
		if (type != SMN_IORT_RC && type != SMN_IORT_NC &&
		    type != SMN_IORT_IWB)
			return MATCH_NO;
		*out = m->output;
		return MATCH_YES;
	}
	if (id < m->input || id - m->input > m->count)
		return MATCH_NO;
	if (had_last && id != m->input)
		return MATCH_NO;
	*out = m->output + (id - m->input);
	return m->count && id - m->input == m->count ? MATCH_LAST : MATCH_YES;
}

/* One step: the node that @id of @node goes to, 0 when it goes nowhere. */
static int hop(const struct search *s, const struct smn_iort_node *node,
	       uint32_t *id, uint32_t *next)
{
	uint32_t in = *id, i;
	int ret = check_mappings(s, node);

	*next = 0;
	if (ret || !node->maps || !node->nmaps || !get_mapping(s, node, 0).node)
		return ret;
	for (i = 0; i < node->nmaps; i++) {
		struct mapping m = get_mapping(s, node, i);
		enum match match = map_id(&m, node->type, in, *next, id);

		if (match != MATCH_NO)
			*next = m.node;
		if (match == MATCH_YES)
			return 0;
	}
	return 0;
}

static int no_smmu(const struct search *s, uint32_t rid)
{
	smn_why_set(s->why, "the IORT maps requester ID 0x%x to no SMMUv3",
		    rid);
	return -ENXIO;
}

/* Where @rid of the root complex ends: its SMMU, and the StreamID there. */
static int map_rid(const struct search *s, const struct smn_iort_node *rc,
		   uint32_t rid, struct smn_iort_node *smmu, uint32_t *sid)
{
	struct smn_iort_node node = *rc;
	uint32_t id = rid, next;
	int ret;

	for (unsigned int hops = 0; hops < MAX_HOPS; hops++) {
		if (node.type == SMN_IORT_SMMU3) {
			*smmu = node;
			*sid = id;
			return 0;
		}
		if (node.type == SMN_IORT_SMMU2)
			break;
		ret = hop(s, &node, &id, &next);
		if (ret || !next)
			return ret ? ret : no_smmu(s, rid);
		ret = node_at(s, next, &node);
		if (ret)
			return ret;
	}
	return no_smmu(s, rid);
}

/* --- reserved memory --- */

static bool has_sid(const struct smn_iort_device *dev, const struct mapping *m)
{
	for (unsigned int i = 0; i < dev->nsids; i++)
		if (dev->sid[i] >= m->output &&
		    dev->sid[i] - m->output <= m->count)
			return true;
	return false;
}

static int add_rmr(const struct search *s, uint64_t at, bool relaxable)
{
	uint64_t start = smn_iort_number(s->iort, at, 8);
	uint64_t length = smn_iort_number(s->iort, at + LENGTH, 8);
	struct smn_iort_device *dev = s->dev;

	if (!length)
		return 0;
	if (start + length - 1 < start)
		return wrong(s, at, "reserved memory beyond the last address");
	if (dev->nrmrs == SMN_MAX_RMRS) {
		smn_why_set(s->why, "more than %d ranges of reserved memory",
			    SMN_MAX_RMRS);
		return -E2BIG;
	}
	dev->rmr[dev->nrmrs++] = (struct smn_rmr){
		start, start + length - 1, relaxable
	};
	return 0;
}

/* The ranges of a node that is about this device. */
static int add_ranges(const struct search *s, const struct smn_iort_node *n)
{
	uint64_t count = 0, remap = 0;
	uint32_t from = smn_iort_number(s->iort, n->offset + RMR_OFFSET, 4);
	int ret = 0;

	smn_iort_get(s->iort, n, SMN_IORT_RMR_count, &count);
	smn_iort_get(s->iort, n, SMN_IORT_RMR_remap, &remap);
	if (!from || !count)
		return 0;
	if (from > n->length || count > (n->length - from) / DESCRIPTOR)
		return wrong(s, n->offset + RMR_OFFSET,
			     "the ranges are not within their node");
	for (uint64_t i = 0; !ret && i < count; i++)
		ret = add_rmr(s, n->offset + from + i * DESCRIPTOR, remap);
	return ret;
}

static int look_at_rmr(const struct search *s, const struct smn_iort_node *n)
{
	int ret = check_mappings(s, n);

	for (uint32_t i = 0; !ret && n->maps && i < n->nmaps; i++) {
		struct mapping m = get_mapping(s, n, i);

		if (m.node == s->dev->smmu && has_sid(s->dev, &m))
			return add_ranges(s, n);
	}
	return ret;
}

static int find_rmrs(const struct search *s)
{
	struct smn_iort_node n = { 0 };
	int ret;

	while ((ret = smn_iort_next(s->iort, &n, s->why)) > 0) {
		if (n.type != SMN_IORT_RMR)
			continue;
		ret = look_at_rmr(s, &n);
		if (ret)
			return ret;
	}
	return ret;
}

/* --- a device --- */

/* The first root complex of the segment: the kernel takes no other. */
static int find_rc(const struct search *s, uint32_t segment,
		   struct smn_iort_node *rc)
{
	struct smn_iort_device *dev = s->dev;
	uint64_t v;
	int ret;

	while ((ret = smn_iort_next(s->iort, rc, s->why)) > 0)
		if (smn_iort_get(s->iort, rc, SMN_IORT_RC_segment, &v) &&
		    v == segment)
			break;
	if (ret < 0)
		return ret;
	if (!ret) {
		smn_why_set(s->why, "no root complex of the IORT has PCI "
			    "segment 0x%x", segment);
		return -ENODEV;
	}
	dev->rc = rc->offset;
	dev->canwbs = truth_of(s, rc, SMN_IORT_RC_CANWBS);
	dev->cca = truth_of(s, rc, SMN_IORT_RC_CCA);
	dev->ats = truth_of(s, rc, SMN_IORT_RC_ATS);
	return 0;
}

static int is_behind(const struct search *s, const struct smn_iort_node *smmu,
		     uint32_t sid)
{
	struct smn_iort_device *dev = s->dev;
	struct smn_iort_node n = { 0 };

	if (dev->smmu && dev->smmu != smmu->offset) {
		smn_why_set(s->why, "the device's requester IDs are behind "
			    "different SMMUs");
		return -EXDEV;
	}
	if (!dev->smmu) {
		dev->smmu = smmu->offset;
		dev->cohacc = truth_of(s, smmu, SMN_IORT_SMMU3_COHACC);
		smn_iort_get(s->iort, smmu, SMN_IORT_SMMU3_base,
			     &dev->smmu_base);
		while (smn_iort_next(s->iort, &n, s->why) > 0 &&
		       n.offset != smmu->offset)
			dev->smmu_index += n.type == SMN_IORT_SMMU3;
	}
	dev->sid[dev->nsids++] = sid;
	return 0;
}

int smn_iort_find(const struct smn_iort *iort, uint32_t segment,
		  const uint32_t *rids, unsigned int n,
		  struct smn_iort_device *dev, struct smn_why *why)
{
	struct search s = { iort, dev, why };
	struct smn_iort_node rc = { 0 }, smmu;
	uint32_t sid;
	int ret;

	*dev = (struct smn_iort_device){ 0 };
	ret = find_rc(&s, segment, &rc);
	if (!ret && n > SMN_MAX_SIDS) {
		smn_why_set(why, "more than %d requester IDs", SMN_MAX_SIDS);
		return -E2BIG;
	}
	for (unsigned int i = 0; !ret && i < n; i++) {
		ret = map_rid(&s, &rc, rids[i], &smmu, &sid);
		if (!ret)
			ret = is_behind(&s, &smmu, sid);
	}
	return ret ? ret : find_rmrs(&s);
}

int smn_iort_device(struct smn_sys *sys, const struct smn_pci *pci,
		    const struct smn_pci_caps *caps,
		    struct smn_iort_device *dev, struct smn_why *why)
{
	unsigned int segment = 0;
	struct smn_iort iort;
	int ret;

	*dev = (struct smn_iort_device){ 0 };
	sscanf(pci->bdf, "%x", &segment);
	ret = smn_iort_load(sys, &iort, why);
	/* only an IORT can say CANWBS; where /sys/firmware is hidden it may */
	if (ret == -ENOENT && (smn_sys_exists(sys, SMN_DEVICETREE) ||
			       smn_sys_exists(sys, SMN_ACPI_TABLES)))
		dev->canwbs = SMN_NO;
	if (ret == -ENOENT)
		dev->cohacc = smn_tree_coherent(sys, pci->smmu);
	if (ret)
		return ret;
	ret = smn_iort_find(&iort, segment, caps ? caps->rid : &pci->rid,
			    caps ? caps->nrids : 1, dev, why);
	smn_iort_free(&iort);
	return ret;
}
