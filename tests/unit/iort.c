// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The IORT, from tables made here: what is said of a device, what of a table
 * that firmware got wrong, and that no cut or bent table is read beyond its
 * end (ASan sees it: every table has memory of exactly its size).
 */
#include <stdio.h>

#include "files.h"
#include "tap.h"

/* A table under construction: little-endian numbers, one after the other. */
struct table {
	uint8_t bytes[1024];
	uint32_t size;
};

static void put(struct table *t, uint64_t value, unsigned int bytes)
{
	while (bytes--) {
		t->bytes[t->size++] = value;
		value >>= 8;
	}
}

static void set(struct table *t, uint32_t at, uint32_t value, unsigned int n)
{
	uint32_t size = t->size;

	t->size = at;
	put(t, value, n);
	t->size = size;
}

static uint32_t begin(struct table *t, uint8_t type, uint8_t revision,
		      uint32_t nmaps, uint16_t maps, uint16_t length)
{
	uint32_t at = t->size;

	put(t, type, 1);
	put(t, length, 2);
	put(t, revision, 1);
	put(t, 7, 4);
	put(t, nmaps, 4);
	put(t, maps, 4);
	return at;
}

static void map(struct table *t, uint32_t in, uint32_t count, uint32_t out,
		uint32_t node, uint32_t flags)
{
	put(t, in, 4);
	put(t, count, 4);
	put(t, out, 4);
	put(t, node, 4);
	put(t, flags, 4);
}

static void header(struct table *t)
{
	*t = (struct table){ .bytes = "IORT", .size = 36 };
	put(t, 0, 4);
	put(t, 48, 4);
	put(t, 0, 4);
}

static void finish(struct table *t, uint32_t nodes)
{
	uint8_t sum = 0;

	set(t, 4, t->size, 4);
	set(t, 36, nodes, 4);
	for (uint32_t i = 0; i < t->size; i++)
		sum += t->bytes[i];
	t->bytes[9] -= sum;
}

enum { SMMU_SIZE = 68, RC_SIZE = 36 };

static uint32_t smmu(struct table *t, uint64_t base, uint32_t flags)
{
	uint32_t at = begin(t, SMN_IORT_SMMU3, 4, 0, 0, SMMU_SIZE);

	put(t, base, 8);
	put(t, flags, 4);
	while (t->size < at + SMMU_SIZE)
		put(t, 0, 4);
	return at;
}

static uint32_t rc(struct table *t, uint32_t segment, uint8_t flags,
		   uint32_t ats, uint32_t nmaps)
{
	uint32_t at = begin(t, SMN_IORT_RC, 3, nmaps, RC_SIZE,
			    RC_SIZE + 20 * nmaps);

	put(t, 1, 4);
	put(t, 0, 3);
	put(t, flags, 1);
	put(t, ats, 4);
	put(t, segment, 4);
	put(t, 64, 4);
	return at;
}

/* What is said of a device; the table in memory of exactly its size. */
struct answer {
	struct smn_iort_device dev;
	struct smn_why why;
	int ret;
};

static struct answer ask(const struct table *t, uint32_t segment,
			 const uint32_t *rids, unsigned int n)
{
	struct smn_iort iort = { malloc(t->size), t->size };
	struct answer a = { .ret = 1 };

	memcpy(iort.data, t->bytes, t->size);
	a.ret = smn_iort_find(&iort, segment, rids, n, &a.dev, &a.why);
	free(iort.data);
	return a;
}

static struct answer ask_rid(const struct table *t, uint32_t rid)
{
	return ask(t, 0, &rid, 1);
}

/* --- a whole machine: two segments, two SMMUs, reserved memory --- */

struct machine {
	struct table t;
	uint32_t smmu0, smmu1, rc0, rc1;
};

static void rmr(struct table *t, uint32_t flags, uint32_t sid, uint32_t count,
		uint32_t node, uint64_t start, uint64_t length)
{
	begin(t, SMN_IORT_RMR, 1, 1, 48, 68);
	put(t, flags, 4);
	put(t, 1, 4);
	put(t, 28, 4);
	put(t, start, 8);
	put(t, length, 8);
	put(t, 0, 4);
	map(t, 0, count, sid, node, 1);
}

static struct machine machine(void)
{
	struct machine m;
	struct table *t = &m.t;

	header(t);
	begin(t, SMN_IORT_ITS, 0, 0, 0, 24);
	put(t, 1, 4);
	put(t, 0, 4);
	m.smmu0 = smmu(t, 0x9050000, 0);
	m.smmu1 = smmu(t, 0x1234567890000, 1);
	m.rc0 = rc(t, 0, 0x3, 0, 2);
	map(t, 0x200, 0xff, 0x10000, m.smmu0, 0);
	map(t, 0x0, 0xff, 0x500, m.smmu1, 0);
	m.rc1 = rc(t, 5, 0x7, 1, 1);
	map(t, 0, 0xffff, 0x20000, m.smmu1, 0);
	rmr(t, 0, 0x20010, 0xf, m.smmu1, 0x80000000, 0x10000);
	rmr(t, 1, 0x20010, 0x0, m.smmu1, 0x90000000, 0x20000);
	rmr(t, 0, 0x20010, 0xf, m.smmu0, 0xa0000000, 0x10000);
	finish(t, 8);
	return m;
}

static void test_devices(struct tap *tap)
{
	struct machine m = machine();
	struct answer a = ask_rid(&m.t, 0x210);

	tap_ok(tap, !a.ret && a.dev.rc == m.rc0 && a.dev.smmu == m.smmu0 &&
	       a.dev.smmu_index == 0 && a.dev.smmu_base == 0x9050000 &&
	       a.dev.nsids == 1 && a.dev.sid[0] == 0x10010,
	       "the first mapping: SMMU and StreamID");
	tap_ok(tap, a.dev.canwbs == SMN_NO && a.dev.cca == SMN_YES &&
	       a.dev.ats == SMN_NO && a.dev.cohacc == SMN_NO,
	       "no CANWBS, no ATS, SMMU not coherent");
	tap_ok(tap, a.dev.nrmrs == 0, "no reserved memory of others");
	a = ask_rid(&m.t, 0x8);
	tap_ok(tap, !a.ret && a.dev.smmu == m.smmu1 && a.dev.smmu_index == 1 &&
	       a.dev.sid[0] == 0x508 && a.dev.cohacc == SMN_YES,
	       "the second mapping leads to the second SMMU");
	a = ask(&m.t, 5, &(uint32_t){ 0x10 }, 1);
	tap_ok(tap, !a.ret && a.dev.rc == m.rc1 && a.dev.canwbs == SMN_YES &&
	       a.dev.ats == SMN_YES && a.dev.smmu_base == 0x1234567890000,
	       "another segment has its own root complex");
	tap_ok(tap, a.dev.nrmrs == 2 && a.dev.rmr[0].start == 0x80000000 &&
	       a.dev.rmr[0].last == 0x8000ffff && !a.dev.rmr[0].relaxable &&
	       a.dev.rmr[1].relaxable && a.dev.rmr[1].start == 0x90000000,
	       "reserved memory is that of this StreamID on this SMMU");
	a = ask(&m.t, 5, &(uint32_t){ 0x1f }, 1);
	tap_ok(tap, a.dev.nrmrs == 1, "a range of StreamIDs has a last one");
	a = ask(&m.t, 5, &(uint32_t){ 0x20 }, 1);
	tap_ok(tap, a.dev.nrmrs == 0, "and none after it");
	a = ask(&m.t, 3, &(uint32_t){ 0 }, 1);
	tap_ok(tap, a.ret == -ENODEV && a.dev.canwbs == SMN_UNKNOWN &&
	       strstr(a.why.text, "0x3"), "no such segment");
	a = ask_rid(&m.t, 0x100);
	tap_ok(tap, a.ret == -ENXIO && !a.dev.smmu && !a.dev.nsids &&
	       a.dev.canwbs == SMN_NO && a.dev.cohacc == SMN_UNKNOWN &&
	       strstr(a.why.text, "0x100"),
	       "an ID without a mapping; the root complex is still told");
}

static void test_aliases(struct tap *tap)
{
	static const uint32_t same[] = { 0x208, 0x200 }, two[] = { 0x208, 8 };
	static const uint32_t many[SMN_MAX_SIDS + 1];
	struct machine m = machine();
	struct answer a = ask(&m.t, 0, same, 2);

	tap_ok(tap, !a.ret && a.dev.nsids == 2 && a.dev.sid[1] == 0x10000,
	       "two IDs have two StreamIDs");
	a = ask(&m.t, 0, two, 2);
	tap_ok(tap, a.ret == -EXDEV && a.dev.nsids == 1, "on one SMMU only");
	a = ask(&m.t, 0, many, SMN_MAX_SIDS + 1);
	tap_ok(tap, a.ret == -E2BIG && a.why.text[0], "more IDs than fit");
}

/* --- how the kernel reads mappings --- */

static struct answer mapped(uint32_t rid, const uint32_t maps[2][3])
{
	struct table t;
	uint32_t to[2];

	header(&t);
	to[0] = smmu(&t, 0x1000, 0);
	to[1] = smmu(&t, 0x2000, 0);
	rc(&t, 0, 0, 0, 2);
	for (int i = 0; i < 2; i++)
		map(&t, maps[i][0], maps[i][1], 0x1000 * (i + 1), to[i],
		    maps[i][2]);
	finish(&t, 3);
	return ask_rid(&t, rid);
}

static void test_mapping(struct tap *tap)
{
	static const uint32_t overlap[2][3] = { { 0, 8, 0 }, { 8, 7, 0 } };
	static const uint32_t twice[2][3] = { { 0, 8, 0 }, { 7, 7, 0 } };
	static const uint32_t single[2][3] = { { 99, 0, 1 }, { 0, 9, 0 } };
	static const uint32_t top[2][3] = { { 0xfffffff0, 0xffff, 0 },
					    { 5, 0, 0 } };
	struct answer a = mapped(8, overlap);

	tap_ok(tap, !a.ret && a.dev.sid[0] == 0x2000 && a.dev.smmu_index == 1,
	       "a range that counts one too many yields to the next");
	a = mapped(7, overlap);
	tap_ok(tap, a.dev.sid[0] == 0x1007 && a.dev.smmu_index == 0,
	       "the ID before is its own");
	a = mapped(8, twice);
	tap_ok(tap, !a.ret && a.dev.sid[0] == 0x1008 && a.dev.smmu_index == 0,
	       "the last ID of the first range, when the next begins earlier");
	a = mapped(3, single);
	tap_ok(tap, !a.ret && a.dev.sid[0] == 0x1000,
	       "a single mapping takes any ID");
	a = mapped(4, top);
	tap_ok(tap, a.ret == -ENXIO, "a range does not begin again at 0");
	a = mapped(5, top);
	tap_ok(tap, !a.ret && a.dev.sid[0] == 0x2000, "one ID is a range");
}

/* --- tables that are wrong --- */

static void test_damage(struct tap *tap)
{
	static const struct {
		const char *name;
		int from;	/* 0: the table; else a node's type */
		uint32_t at, value;
		int bytes;
		const char *said;
	} bent[] = {
		{ "node count", 0, 36, 9, 4, "36: there are fewer" },
		{ "first node far away", 0, 40, 0xfffffff0, 4,
		  "40: the first" },
		{ "first node in the header", 0, 40, 8, 4, "40: the first" },
		{ "length 0", SMN_IORT_SMMU3, 1, 0, 2, "too short" },
		{ "length too long", SMN_IORT_SMMU3, 1, 0xffff, 2, "beyond" },
		{ "mappings outside", SMN_IORT_RC, 12, 77, 4, "not within" },
		{ "too many mappings", SMN_IORT_RC, 8, 3, 4, "not within" },
		{ "count overflows", SMN_IORT_RC, 8, 0xccccccce, 4, "not wit" },
		{ "no node there", SMN_IORT_RC, 36 + 12, 49, 4, "49: an ID" },
	};
	struct answer a;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(bent); i++) {
		struct machine m = machine();
		uint32_t at = bent[i].at;

		at += bent[i].from == SMN_IORT_RC ? m.rc0 :
			bent[i].from == SMN_IORT_SMMU3 ? m.smmu0 : 0;
		set(&m.t, at, bent[i].value, bent[i].bytes);
		a = ask_rid(&m.t, 0x210);
		tap_ok(tap, a.ret == -EBADMSG &&
		       strstr(a.why.text, bent[i].said), "damaged: %s: %s",
		       bent[i].name, a.why.text);
	}
}

static void test_loop(struct tap *tap)
{
	struct table t;
	struct answer a;
	uint32_t at;

	header(&t);
	at = rc(&t, 0, 4, 0, 1);
	map(&t, 0, 0xffff, 0, at, 0);
	finish(&t, 1);
	a = ask_rid(&t, 1);
	tap_ok(tap, a.ret == -ENXIO && a.dev.canwbs == SMN_YES,
	       "mappings in a circle end");
}

/* Each table cut short, and each byte of the whole one bent. */
static void test_any(struct tap *tap)
{
	struct machine m = machine();
	uint32_t size = m.t.size, answered = 0;

	for (uint32_t i = 48; i < size; i++) {
		m.t.size = i;
		answered += ask(&m.t, 5, &(uint32_t){ 0x10 }, 1).ret <= 0;
	}
	m.t.size = size;
	for (uint32_t i = 4; i < size; i++)
		for (int bit = 0; bit < 8; bit++) {
			m.t.bytes[i] ^= 1 << bit;
			answered += ask_rid(&m.t, 0x10).ret <= 0;
			m.t.bytes[i] ^= 1 << bit;
		}
	tap_ok(tap, answered == size - 48 + (size - 4) * 8,
	       "any cut and any bit");
}

/* --- nodes and the file --- */

static void test_nodes(struct tap *tap)
{
	struct table t;
	struct smn_iort iort = { t.bytes, 0 };
	struct smn_iort_node n = { 0 };
	struct smn_why why;
	char name[SMN_IORT_NAME];
	uint64_t v = 99;

	header(&t);
	begin(&t, SMN_IORT_NC, 2, 0, 0, 34);
	put(&t, 0xb, 4);
	put(&t, 1, 8);
	put(&t, 0, 1);
	memcpy(t.bytes + t.size, "\\_S\x1b\x41", 5);
	t.size += 5;
	finish(&t, 1);
	iort.size = t.size;
	tap_ok(tap, smn_iort_next(&iort, &n, &why) == 1 &&
	       n.type == SMN_IORT_NC && n.index == 1 && n.offset == 48 &&
	       n.id == 7, "a named component");
	smn_iort_name(&iort, &n, name);
	tap_ok(tap, !strcmp(name, "\\_S?A"), "its name ends with the node");
	tap_ok(tap, smn_iort_get(&iort, &n, SMN_IORT_NC_pasid_bits, &v) &&
	       v == 5, "bits of a field");
	tap_ok(tap, !smn_iort_get(&iort, &n, SMN_IORT_RC_CANWBS, &v) && v == 5,
	       "another type's field is not there");
	tap_ok(tap, !smn_iort_next(&iort, &n, &why), "no more nodes");
	tap_ok(tap, smn_iort_checksum(&iort), "the checksum is right");
	t.bytes[20]++;
	tap_ok(tap, !smn_iort_checksum(&iort), "and wrong");
}

static void test_revision(struct tap *tap)
{
	struct machine m = machine();
	struct smn_iort iort = { m.t.bytes, m.t.size };
	struct smn_iort_node n = { 0 };
	struct smn_why why;
	uint64_t v;

	while (n.type != SMN_IORT_RC)
		smn_iort_next(&iort, &n, &why);
	tap_ok(tap, smn_iort_get(&iort, &n, SMN_IORT_RC_address_bits, &v) &&
	       v == 64 && !smn_iort_get(&iort, &n, SMN_IORT_RC_pasid_bits, &v),
	       "a revision has its fields and no later ones");
}

static int load(const struct file *file, struct smn_iort *iort,
		struct smn_why *why)
{
	struct files fs = { .file = file, .chunk = 100 };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };
	int ret = smn_iort_load(&sys, iort, why);

	return fs.nopen ? 1 : ret;
}

static void test_load(struct tap *tap)
{
	struct machine m = machine();
	struct smn_iort iort;
	struct smn_why why;
	struct file fine[] = { { SMN_IORT, m.t.bytes, m.t.size, 0 }, { 0 } };
	struct file tree[] = { { "/sys/firmware/devicetree/base", "x", 0, 0 },
			       { 0 } };
	struct file acpi[] = { { "/sys/firmware/acpi/tables", "x", 0, 0 },
			       { 0 } };
	struct file closed[] = { { SMN_IORT, "", 0, -EACCES }, { 0 } };
	struct file shorter[] = { { SMN_IORT, m.t.bytes, m.t.size - 1, 0 },
				  { 0 } };
	struct file stub[] = { { SMN_IORT, "IORT", 0, 0 }, { 0 } };
	struct file other[] = { { SMN_IORT, m.t.bytes + 1, m.t.size - 1, 0 },
				{ 0 } };
	struct file huge[] = { { SMN_IORT, calloc(1, (1 << 20) + 1),
				 (1 << 20) + 1, 0 }, { 0 } };

	tap_ok(tap, !load(fine, &iort, &why) && iort.size == m.t.size &&
	       !memcmp(iort.data, m.t.bytes, m.t.size), "the file is read");
	smn_iort_free(&iort);
	tap_ok(tap, load(tree, &iort, &why) == -ENOENT &&
	       strstr(why.text, "device tree"), "a device tree says so");
	tap_ok(tap, load(acpi, &iort, &why) == -ENOENT &&
	       strstr(why.text, "no IORT"), "ACPI without an IORT");
	tap_ok(tap, load(tree + 1, &iort, &why) == -ENOENT &&
	       strstr(why.text, "neither"), "/sys/firmware is hidden");
	tap_ok(tap, load(closed, &iort, &why) == -EACCES &&
	       strstr(why.text, "root"), "no permission");
	tap_ok(tap, load(shorter, &iort, &why) == -EBADMSG &&
	       strstr(why.text, "byte 4:"), "the length is not the file's");
	tap_ok(tap, load(stub, &iort, &why) == -EBADMSG &&
	       strstr(why.text, "byte 4:"), "ends within its header");
	tap_ok(tap, load(other, &iort, &why) == -EBADMSG &&
	       strstr(why.text, "byte 0:"), "another table");
	tap_ok(tap, load(huge, &iort, &why) == -EFBIG &&
	       strstr(why.text, "EFBIG"), "more than a table can be");
	free((void *)huge[0].content);
}

/* What the file system says, all together. */
static void test_device(struct tap *tap)
{
	struct machine m = machine();
	struct file fine[] = { { SMN_IORT, m.t.bytes, m.t.size, 0 }, { 0 } };
	struct file tree[] = {
		{ "/sys/firmware/devicetree/base", "x", 0, 0 },
		{ "/sys/class/iommu/smmu3.x/device/of_node", "x", 0, 0 },
		{ 0 },
	};
	struct files fs = { .file = fine };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };
	struct smn_pci pci = { .bdf = "0005:02:00.0", .rid = 0x10,
			       .smmu = "smmu3.x" };
	struct smn_pci_caps caps = { .nrids = 2, .rid = { 0x10, 0x20 } };
	struct smn_iort_device dev;
	struct smn_why why;

	tap_ok(tap, !smn_iort_device(&sys, &pci, NULL, &dev, &why) &&
	       dev.rc == m.rc1 && dev.nsids == 1 && dev.canwbs == SMN_YES,
	       "the segment of its address, its own ID");
	tap_ok(tap, !smn_iort_device(&sys, &pci, &caps, &dev, &why) &&
	       dev.nsids == 2 && dev.sid[1] == 0x20020, "and its aliases");
	fs.file = tree;
	tap_ok(tap, smn_iort_device(&sys, &pci, NULL, &dev, &why) == -ENOENT &&
	       dev.canwbs == SMN_NO && dev.cohacc == SMN_NO && !dev.nsids,
	       "a device tree has no CANWBS, and may have no coherent SMMU");
	fs.file = tree + 2;
	tap_ok(tap, smn_iort_device(&sys, &pci, NULL, &dev, &why) == -ENOENT &&
	       dev.canwbs == SMN_UNKNOWN && dev.cohacc == SMN_UNKNOWN,
	       "where nothing is shown nothing is known");
}

int main(void)
{
	struct tap tap = { 0 };

	test_devices(&tap);
	test_aliases(&tap);
	test_mapping(&tap);
	test_damage(&tap);
	test_loop(&tap);
	test_any(&tap);
	test_nodes(&tap);
	test_revision(&tap);
	test_load(&tap);
	test_device(&tap);
	return tap_done(&tap);
}
