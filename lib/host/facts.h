/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the machine tells of itself beside iommufd: firmware tables. Each fact
 * is yes, no or unknown; for the unknown there is a sentence that says why.
 * Comes with smmunest.h.
 */
#ifndef SMN_HOST_FACTS_H
#define SMN_HOST_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/truth.h"
#include "arch/field.h"
#include "sys/sys.h"

struct smn_pci;
struct smn_pci_caps;

/* "0000:01:00.0" and its end; a domain may have five digits. */
#define SMN_BDF_LEN 16

/* --- the ACPI IORT (Arm DEN 0049): which SMMU a device is behind --- */

#define SMN_IORT "/sys/firmware/acpi/tables/IORT"

struct smn_iort {
	uint8_t *data;
	size_t size;
};

/*
 * Read the table that the kernel booted with; smn_iort_free() it.
 * -ENOENT: there is none, @why says whether the machine has a device tree
 * instead, where CANWBS can never be set; -EACCES: the table is root's alone;
 * -EBADMSG: damaged, @why says at which byte and how; -EFBIG, -ENOMEM.
 */
int smn_iort_load(struct smn_sys *sys, struct smn_iort *iort,
		  struct smn_why *why);
void smn_iort_free(struct smn_iort *iort);

/* Do all its bytes add up to 0? The kernel uses the table even if not. */
bool smn_iort_checksum(const struct smn_iort *iort);

/* A node; offsets are bytes from the beginning of the table. */
struct smn_iort_node {
	uint32_t index;		/* from 1 on; 0: before the first */
	uint32_t offset, length;
	uint32_t id;		/* the table's own name for it */
	uint32_t maps, nmaps;	/* where its ID mappings are, and how many */
	uint8_t type, revision;
};

/*
 * The node after @node, the first one when that is all zero. 1: here it is;
 * 0: there are no more; -EBADMSG: damaged, @why says at which byte and how.
 */
int smn_iort_next(const struct smn_iort *iort, struct smn_iort_node *node,
		  struct smn_why *why);

/* X(type, name, first byte of the node, bytes, lowest bit, bits, revision
 * since which it is there, shown in hexadecimal) */
#define SMN_IORT_FIELDS(X) \
	X(ITS, count, 16, 4, 0, 32, 0, false) \
	X(NC, stall, 16, 4, 0, 1, 0, false) \
	X(NC, pasid_bits, 16, 4, 1, 5, 0, false) \
	X(NC, CCA, 20, 4, 0, 1, 0, false) \
	X(RC, CCA, 16, 4, 0, 1, 0, false) \
	X(RC, CPM, 23, 1, 0, 1, 0, false) \
	X(RC, DACS, 23, 1, 1, 1, 0, false) \
	X(RC, CANWBS, 23, 1, 2, 1, 0, false) \
	X(RC, ATS, 24, 4, 0, 1, 0, false) \
	X(RC, PRI, 24, 4, 1, 1, 0, false) \
	X(RC, PASID_forward, 24, 4, 2, 1, 0, false) \
	X(RC, segment, 28, 4, 0, 32, 0, true) \
	X(RC, address_bits, 32, 1, 0, 8, 1, false) \
	X(RC, pasid_bits, 33, 2, 0, 5, 4, false) \
	X(SMMU3, base, 16, 8, 0, 64, 0, true) \
	X(SMMU3, COHACC, 24, 4, 0, 1, 0, false) \
	X(SMMU3, HTTU, 24, 4, 1, 2, 0, false) \
	X(SMMU3, model, 40, 4, 0, 32, 0, false) \
	X(SMMU3, event_gsiv, 44, 4, 0, 32, 0, false) \
	X(SMMU3, pri_gsiv, 48, 4, 0, 32, 0, false) \
	X(SMMU3, gerr_gsiv, 52, 4, 0, 32, 0, false) \
	X(SMMU3, sync_gsiv, 56, 4, 0, 32, 0, false) \
	X(RMR, remap, 16, 4, 0, 1, 0, false) \
	X(RMR, privileged, 16, 4, 1, 1, 0, false) \
	X(RMR, attributes, 16, 4, 2, 8, 0, false) \
	X(RMR, count, 20, 4, 0, 32, 0, false)

enum smn_iort_field_id {
#define X(type, name, ...) SMN_IORT_##type##_##name,
	SMN_IORT_FIELDS(X)
#undef X
	SMN_NIORT_FIELDS
};

/* X(type, number, name, bytes that a node has at least) */
#define SMN_IORT_TYPES(X) \
	X(ITS, 0, "ITS group", 20) \
	X(NC, 1, "named component", 30) \
	X(RC, 2, "root complex", 32) \
	X(SMMU2, 3, "SMMUv1/v2", 60) \
	X(SMMU3, 4, "SMMUv3", 60) \
	X(PMCG, 5, "PMCG", 32) \
	X(RMR, 6, "reserved memory", 28) \
	X(IWB, 7, "IWB", 26)

enum smn_iort_type {
#define X(type, number, ...) SMN_IORT_##type = number,
	SMN_IORT_TYPES(X)
#undef X
};

struct smn_iort_field {
	const char *name;
	uint8_t type;		/* enum smn_iort_type */
	uint8_t offset, size;	/* bytes, in the node */
	uint8_t lsb, width;	/* bits, in those bytes */
	uint8_t since;		/* the node's revision */
	bool hex;
};

/* One row per enum smn_iort_field_id. */
extern const struct smn_iort_field smn_iort_fields[SMN_NIORT_FIELDS];

/* "SMMUv3", or NULL for a type that this program does not know. */
const char *smn_iort_type_name(uint8_t type);

/* False when a node of this type, revision and length has no such field. */
bool smn_iort_get(const struct smn_iort *iort, const struct smn_iort_node *node,
		  enum smn_iort_field_id field, uint64_t *value);

/*
 * The name in the ACPI namespace of a named component, or "" for other nodes.
 * What is no printable ASCII is a '?'.
 */
#define SMN_IORT_NAME 64
void smn_iort_name(const struct smn_iort *iort,
		   const struct smn_iort_node *node, char name[SMN_IORT_NAME]);

/* Memory that firmware wants mapped one to one; @last is inclusive. */
struct smn_rmr {
	uint64_t start, last;
	bool relaxable;		/* the range may be remapped: VFIO is allowed */
};

#define SMN_MAX_SIDS 8
#define SMN_MAX_RMRS 16

/* What the table says of one device. */
struct smn_iort_device {
	enum smn_truth canwbs;	/* RC: coherent writes even if not cacheable */
	enum smn_truth cca;	/* RC: coherent */
	enum smn_truth ats;	/* RC: forwards translated requests */
	enum smn_truth cohacc;	/* SMMUv3: coherent; the kernel believes this,
				 * not IDR0.COHACC */
	uint32_t rc, smmu;	/* where the nodes are; 0 for none */
	unsigned int smmu_index; /* among the SMMUv3 nodes, from 0 on */
	uint64_t smmu_base;	/* address of its registers */
	unsigned int nsids;	/* one for each requester ID */
	uint32_t sid[SMN_MAX_SIDS];
	unsigned int nrmrs;
	struct smn_rmr rmr[SMN_MAX_RMRS];
};

/*
 * Follow a device with @n requester IDs (its own, and its aliases behind PCI
 * bridges) from its root complex to its SMMU, as the kernel does
 * (iort_iommu_configure_id(), iort_node_map_id()). On failure @dev holds what
 * was found on the way, the rest is unknown, and @why says what is wrong.
 * -ENODEV: no root complex has this PCI segment; -ENXIO: an ID is not mapped
 * to an SMMUv3; -EXDEV: the IDs are behind different SMMUs; -E2BIG: more IDs or
 * ranges than fit; -EBADMSG: damaged.
 *
 * The kernel honours reserved memory of a PCI device only when firmware asks
 * it to keep the bus numbers, which no table says: the "direct" ranges of
 * smn_pci.reserved are those in force.
 */
int smn_iort_find(const struct smn_iort *iort, uint32_t segment,
		  const uint32_t *rids, unsigned int n,
		  struct smn_iort_device *dev, struct smn_why *why);

/*
 * smn_iort_load() and smn_iort_find() for one device; errors are theirs. @caps
 * knows its requester IDs; NULL: it has only its own. Without an IORT CANWBS is
 * not set, and the device tree says whether the SMMU is coherent.
 */
int smn_iort_device(struct smn_sys *sys, const struct smn_pci *pci,
		    const struct smn_pci_caps *caps,
		    struct smn_iort_device *dev, struct smn_why *why);

/* --- the kernel's log between two moments --- */

/*
 * X(kind, text, text after it, goes with the line before it, something went
 * wrong, what it means).
 * Rows stand in order: the first whose texts are in a line tells its kind, ""
 * is in every line.
 */
#define SMN_KMSG_KINDS(X) \
	X(CMDQ_ILL, "CMDQ error", "Illegal command", \
	  false, true, "the SMMU refused a command as illegal") \
	X(CMDQ_ABT, "CMDQ error", "Abort on command fetch", \
	  false, true, "the SMMU could not read its command queue") \
	X(CMDQ_ATC, "CMDQ error", "ATC invalidate timeout", \
	  false, true, "a device did not answer an ATC invalidation") \
	X(CMDQ_ERROR, "CMDQ error", "", \
	  false, true, "the SMMU stopped at a command") \
	X(CMDQ_SKIP, "skipping command in error state", "", \
	  true, false, "the words of the refused command follow") \
	X(SYNC_TIMEOUT, "CMD_SYNC timeout", "", \
	  false, true, "the SMMU did not complete its commands in a second") \
	X(CMDQ_TIMEOUT, "CMDQ timeout", "", \
	  false, true, "the SMMU's command queue stayed full for a second") \
	X(EVENT_RAW, "event 0x", " received", \
	  false, true, "the SMMU reported an event, its words follow") \
	X(EVENT, "event: ", "client: ", \
	  true, true, "the event that no user space took") \
	X(EVENT_HOW, "stag: ", "", \
	  true, false, "the access that the event is about") \
	X(WORDS, "\\x090x", "", \
	  true, false, "a word of the command or event before it") \
	X(EVTQ_OVERFLOW, "EVTQ overflow", "", \
	  false, true, "the SMMU lost events: its queue was full") \
	X(PRIQ_OVERFLOW, "PRIQ overflow", "", \
	  false, true, "the SMMU lost page requests: its queue was full") \
	X(PRI, "unexpected PRI", "", \
	  false, true, "a device asked for a page, and nobody answers") \
	X(GERROR, "unexpected global error", "", \
	  false, true, "the SMMU reported an error of its own") \
	X(SFM, "Service Failure Mode", "", \
	  false, true, "the SMMU has given up: only a reset brings it back") \
	X(WRITE_ABORT, "write aborted", "", \
	  false, true, "the SMMU could not write to memory of the kernel") \
	X(DIRECT, "1:1 IOMMU mapping", "", \
	  false, true, "firmware wants memory mapped one to one: no VFIO") \
	X(COHACC, "IDR0.COHACC overridden", "", \
	  false, false, "firmware contradicts IDR0.COHACC, and is believed") \
	X(MSI_UNSAFE, "MSI interrupts are not secure", "", \
	  false, false, "interrupts are not isolated, and that is allowed") \
	X(UNBIND, "Relaying device request", "", \
	  false, false, "somebody wants the device back from VFIO") \
	X(UNBIND_BLOCKED, "No device request channel", "", \
	  false, true, "somebody waits until the device's program closes it") \
	X(OBJECT_BUSY, "Time out waiting for iommufd object", "", \
	  false, true, "an iommufd object was in use for a minute") \
	X(WARN, "WARNING: ", "", \
	  false, true, "the kernel found something wrong with itself") \
	X(OOPS, "Internal error: ", "", \
	  false, true, "the kernel made a mistake and may be unstable")

enum smn_kmsg_kind {
#define X(kind, ...) SMN_KMSG_##kind,
	SMN_KMSG_KINDS(X)
#undef X
	SMN_NKMSG
};

struct smn_kmsg_row {
	const char *id;		/* "SYNC_TIMEOUT" */
	const char *text, *then;
	bool follows, wrong;
	const char *meaning;
};

/* One row per enum smn_kmsg_kind. */
extern const struct smn_kmsg_row smn_kmsg_rows[SMN_NKMSG];

/* A terminal may show it: what is no printable ASCII becomes '?'. */
void smn_printable(char *text);

/* What a line of the log is, or SMN_NKMSG for anything else. */
enum smn_kmsg_kind smn_kmsg_kind(const char *line);

struct smn_kmsg {
	struct smn_sys *sys;
	int fd;
	bool begun;		/* a line was there that follows no other */
};

#define SMN_MAX_KMSG 48
#define SMN_KMSG_LEN 192

/* The recognised lines of some records; a long one is cut. */
struct smn_kmsg_seen {
	uint32_t kinds;		/* bit 1 << enum smn_kmsg_kind */
	unsigned int records;	/* read, recognised or not */
	unsigned int dropped;	/* recognised, but more than fit */
	bool lost;		/* the kernel overwrote records not yet read */
	unsigned int n;
	struct {
		enum smn_kmsg_kind kind;
		char text[SMN_KMSG_LEN];
	} line[SMN_MAX_KMSG];
};

_Static_assert(SMN_NKMSG <= 32, "smn_kmsg_seen.kinds has 32 bits");

/*
 * Listen to the kernel's log from now on; @whole: from the oldest record on.
 * -EPERM, -EACCES: only root, or whoever kernel.dmesg_restrict lets; -ENOENT:
 * no /dev/kmsg. @why says so. Close it also after a failure.
 *
 * The driver does not end the last line about an event (arm_smmu_dump_event()),
 * so the kernel shows it only when the next line comes: here it may be missing,
 * and a later listener would hear it first. Lines that go with one before are
 * therefore left out until there was one.
 */
int smn_kmsg_open(struct smn_sys *sys, struct smn_kmsg *kmsg, bool whole,
		  struct smn_why *why);

/*
 * What came since smn_kmsg_open() or the last smn_kmsg_read(). 0, or why it
 * could not be read to its end; @seen then holds what was read until there.
 */
int smn_kmsg_read(struct smn_kmsg *kmsg, struct smn_kmsg_seen *seen);
void smn_kmsg_close(struct smn_kmsg *kmsg);

/* --- the kernel's configuration --- */

/* X(option, without CONFIG_) */
#define SMN_CONFIGS(X) \
	X(IOMMUFD) \
	X(VFIO_DEVICE_CDEV) \
	X(VFIO_PCI) \
	X(ARM_SMMU_V3_IOMMUFD) \
	X(ARM_SMMU_V3_SVA) \
	X(PCI_ATS) \
	X(ACPI_TABLE_UPGRADE)

enum smn_kconfig_id {
#define X(option) SMN_CONFIG_##option,
	SMN_CONFIGS(X)
#undef X
	SMN_NCONFIGS
};

/* "CONFIG_IOMMUFD"; one row per enum smn_kconfig_id. */
extern const char *const smn_kconfig_names[SMN_NCONFIGS];

/* An option's value: 'y', 'm', 'n', or '?' for unknown. */
struct smn_kconfig {
	char value[SMN_NCONFIGS];
	char source[128];	/* the file that told, or "" */
};

/*
 * What the running kernel was built with: of /proc/config.gz, which is its
 * own and needs the program gzip, else of the files that distributions
 * install. -ENOENT: nothing tells; another error: that of the last file that
 * is there but cannot be read. All values are then '?'.
 */
int smn_kconfig_read(struct smn_sys *sys, struct smn_kconfig *config);

/*
 * The options in @text. An option that is not mentioned is 'n': its kernel does
 * not have it. -EBADMSG: @text is no kernel configuration.
 */
int smn_kconfig_parse(const char *text, struct smn_kconfig *config);

/* --- the device and its neighbours in sysfs --- */

/*
 * May iommufd bind devices whose interrupts are not isolated (the module's
 * parameter allow_unsafe_interrupts)? Unknown when there is no iommufd.
 */
enum smn_truth smn_unsafe_interrupts(struct smn_sys *sys);

/*
 * Does the node @path offer VFIO's nesting of old? 1 or 0; -errno: why it could
 * not be opened or asked. The kernel before iommufd's nesting said 1 on
 * /dev/vfio/vfio and could do nothing with it; iommufd's answer is 0 on both.
 */
int smn_has_legacy_nesting(struct smn_sys *sys, const char *path);

/*
 * Calls @each with every device of an IOMMU group and its driver, "" for none,
 * until it returns non-zero; returns that, or -ENOENT: no such group. All have
 * to be VFIO's, or without a driver, before one can be bound to iommufd.
 */
int smn_group_list(struct smn_sys *sys, int group,
		   int (*each)(void *ctx, const char *name, const char *driver),
		   void *ctx);

/*
 * Does the device tree say that the SMMU called @smmu in sysfs is coherent
 * (dma-coherent)? Unknown when the SMMU is not of a device tree.
 */
enum smn_truth smn_tree_coherent(struct smn_sys *sys, const char *smmu);

/* What a PCI device can do that matters to its SMMU. */
struct smn_pci_caps {
	enum smn_truth ats, pasid, pri;	/* it has the capability */
	enum smn_truth ats_enabled;	/* and the kernel has enabled it */
	char physfn[SMN_BDF_LEN];	/* it is a VF of this device, or "" */
	int numvfs;			/* VFs it has now, -1: never any */
	/* its requester IDs: its own, then aliases behind PCI bridges */
	unsigned int nrids;
	uint32_t rid[SMN_MAX_SIDS];
	bool all_rids;			/* no alias can be missing */
};

/*
 * From its configuration space and its place in sysfs. 0; -ENODEV: no such
 * device; -EACCES: all but the first 64 bytes are root's alone; -EIO: the
 * device does not answer; -E2BIG: more IDs than fit. On failure what is not
 * known is unknown. A VF's PASID and PRI are those of its physical function.
 */
int smn_pci_caps_read(struct smn_sys *sys, const struct smn_pci *pci,
		      struct smn_pci_caps *caps);

/* --- physical addresses --- */

struct smn_iorange {
	uint64_t start, last;		/* inclusive */
};

#define SMN_MAX_IOMEM 2048

/* What is somebody's, in no order, and may overlap. */
struct smn_iomem {
	unsigned int n;
	struct smn_iorange at[SMN_MAX_IOMEM];
};

/* -EBADMSG: it is no /proc/iomem; -EACCES: it hides the addresses; -E2BIG. */
int smn_iomem_parse(const char *text, size_t len, struct smn_iomem *m);

/*
 * Read /proc/iomem. On failure, as above and as smn_sys_read_file(), @m is
 * empty and @why says what is wrong with it.
 */
int smn_iomem_read(struct smn_sys *sys, struct smn_iomem *m,
		   struct smn_why *why);

/* One more range that is somebody's. -E2BIG. */
int smn_iomem_add(struct smn_iomem *m, uint64_t start, uint64_t last);

/*
 * The lowest @bytes (not 0) within @within that are nobody's and begin at a
 * multiple of @align, a power of two. -ENOSPC.
 */
int smn_iomem_hole(const struct smn_iomem *m, const struct smn_iorange *within,
		   uint64_t bytes, uint64_t align, uint64_t *hole);

#endif
