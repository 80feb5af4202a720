// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile IORT. What is found in it must be there: nodes within the table
 * and of their types, a StreamID for each ID, ranges that end after they begin.
 */
#include "pretend.h"

#define NIDS 3

static const struct smn_iort_node *node_at(const struct smn_iort *iort,
					   uint32_t offset,
					   struct smn_iort_node *node)
{
	struct smn_why why;

	*node = (struct smn_iort_node){ 0 };
	while (smn_iort_next(iort, node, &why) > 0)
		if (node->offset == offset)
			return node;
	return NULL;
}

/* Each node begins where the one before it ends. */
static void check_nodes(const struct smn_iort *iort)
{
	struct smn_iort_node n = { 0 }, before;
	struct smn_why why = { "" };
	char name[SMN_IORT_NAME];
	uint64_t v;
	int ret;

	for (before = n; (ret = smn_iort_next(iort, &n, &why)) > 0;
	     before = n) {
		CHECK(n.index == before.index + 1);
		CHECK(!before.index ||
		      n.offset == before.offset + before.length);
		CHECK((size_t)n.offset + n.length <= iort->size);
		smn_iort_name(iort, &n, name);
		CHECK(IS_STRING(name) && (!name[0] || n.type == SMN_IORT_NC));
		for (int f = 0; f < SMN_NIORT_FIELDS; f++)
			CHECK(!smn_iort_get(iort, &n, f, &v) ||
			      smn_iort_fields[f].type == n.type);
	}
	if (ret)
		check_why(&why);
}

static void check_device(const struct smn_iort *iort, uint32_t segment,
			 const struct smn_iort_device *dev, int ret)
{
	struct smn_iort_node n;
	uint64_t v;

	CHECK(ret || (dev->rc && dev->smmu && dev->nsids == NIDS));
	CHECK(!dev->rc == (dev->canwbs == SMN_UNKNOWN));
	CHECK(!dev->smmu == !dev->nsids);
	CHECK(dev->nsids <= NIDS && dev->nrmrs <= SMN_MAX_RMRS);
	if (dev->rc)
		CHECK(node_at(iort, dev->rc, &n) &&
		      smn_iort_get(iort, &n, SMN_IORT_RC_segment, &v) &&
		      v == segment && n.type == SMN_IORT_RC);
	if (dev->smmu)
		CHECK(node_at(iort, dev->smmu, &n) && dev->rc &&
		      n.type == SMN_IORT_SMMU3 && dev->smmu_index < n.index);
	for (unsigned int i = 0; i < dev->nrmrs; i++)
		CHECK(dev->rmr[i].start <= dev->rmr[i].last && dev->smmu);
}

/* As a file; one that holds a form feed is cut there, see pretend.h. */
static void check_load(const uint8_t *data, size_t size)
{
	struct pretend p = { .chunk = 4096 };
	struct smn_sys sys = { .be = &pretend_backend, .priv = &p };
	struct smn_why why = { "" };
	struct smn_iort iort;
	char *file = malloc(size + 6);
	int ret;

	CHECK(file);
	memcpy(file, "/IORT=", 6);
	if (size)
		memcpy(file + 6, data, size);
	p.files = (struct input){ (uint8_t *)file, size + 6 };
	ret = smn_iort_load(&sys, &iort, &why);
	check_balance(&p);
	if (ret) {
		check_why(&why);
	} else {
		CHECK(iort.size <= size && !memcmp(iort.data, data, iort.size));
		smn_iort_free(&iort);
	}
	free(file);
}

/* As a table whose length is right, in memory of exactly its size. */
static void check_table(const uint8_t *data, size_t size, uint32_t segment,
			const uint32_t rids[NIDS])
{
	struct smn_iort iort = { malloc(size), size };
	struct smn_iort_device dev;
	struct smn_why why = { "" };
	int ret;

	CHECK(iort.data);
	memcpy(iort.data, data, size);
	smn_iort_checksum(&iort);
	check_nodes(&iort);
	memset(&dev, 0xa5, sizeof(dev));
	ret = smn_iort_find(&iort, segment, rids, NIDS, &dev, &why);
	check_device(&iort, segment, &dev, ret);
	if (ret)
		check_why(&why);
	smn_iort_free(&iort);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint32_t rids[NIDS];
	uint16_t rid, segment;

	take(&in, &segment, sizeof(segment));
	for (int i = 0; i < NIDS; i++) {
		take(&in, &rid, sizeof(rid));
		rids[i] = rid;
	}
	check_load(in.data, in.size);
	/* what smn_iort_load() never lets through */
	if (in.size >= 48)
		check_table(in.data, in.size, segment, rids);
	return 0;
}
