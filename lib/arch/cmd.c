// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Commands of the command queue, IHI 0070 chapter 4. SMN_FORWARDED marks what
 * IOMMU_HWPT_INVALIDATE takes; SMN_USER marks the fields it lets through, VMID
 * and SID among them although the kernel replaces both by its own.
 * SMN_EMULATED marks what a VM may well issue and a VMM answers by itself, e.g.
 * CFGI_STE by another IOMMU_HWPT_ALLOC.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "arch/field.h"

static const char *const tg[] = { [1] = "4k", [2] = "16k", [3] = "64k" };
static const char *const size[] = { [52] = "all" };
static const char *const steps[] = { [31] = "all" };
static const char *const region[] = {
	"4k", "16k", "64k", "2m", "32m", "512m", "1g", "16g", "64g", "512g"
};
static const char *const resp[] = { "failure", "invalid", "success" };
static const char *const ac[] = { "terminate", "retry" };
static const char *const ab[] = { "raz-wi", "abort" };
static const char *const cs[] = { "none", "irq", "sev" };
static const char *const share[] = { [0] = "nsh", [2] = "osh", [3] = "ish" };

#define SSEC SMN_F("SSec", 0, 10, 10, .spec = "4.1.6", .doc = "Secure stream")
#define SSV(...) SMN_F("SSV", 0, 11, 11, .spec = "4.1.6", \
		       .doc = "SSID is valid", __VA_ARGS__)
#define SSID(...) SMN_F("SSID", 0, 31, 12, .alias = "SubstreamID", \
			.spec = "4.1.6", .doc = "substream", __VA_ARGS__)
#define SUBSTREAMS .user = SMN_USER, .feat = SMN_FEAT_SSID
#define SID(...) SMN_F("SID", 0, 63, 32, .alias = "StreamID", \
		       .spec = "4.1.7", __VA_ARGS__)
#define VSID SID(.user = SMN_USER, .doc = "stream; through iommufd a vSID")
#define STREAM SID(.doc = "stream")
#define LEAF(...) SMN_F("Leaf", 1, 0, 0, __VA_ARGS__)
#define LEVELS .doc = "leave first-level descriptors cached"

/*
 * Fields of the TLB commands: @u is what a user may do with them, if anything.
 * TTL128 came after the driver: no user may set it.
 */
#define VMID(...) SMN_F("VMID", 0, 47, 32, .spec = "4.4", __VA_ARGS__)
#define VM VMID(.user = SMN_USER, \
		.doc = "virtual machine; the kernel puts its own")
#define ANY_VM VMID(.doc = "virtual machine")
#define ASID(u) SMN_F("ASID", 0, 63, 48, .user = u, .narrow = 8, \
		      .wide = SMN_FEAT_ASID16, .spec = "4.4", \
		      .doc = "address space")
#define RANGE(u) \
	SMN_F("NUM", 0, 16, 12, .user = u, .feat = SMN_FEAT_RIL, \
	      .spec = "4.4.1.1", .doc = "range: (NUM+1) * 2^SCALE granules"), \
	SMN_F("SCALE", 0, 25, 20, .user = u, .feat = SMN_FEAT_RIL, \
	      .narrow = 5, .wide = SMN_FEAT_DS, .spec = "4.4.1.1", \
	      .doc = "range: log2 of the multiplier")
#define HINTS(u) \
	LEAF(.user = u, .doc = "only last-level entries"), \
	SMN_F("TTL128", 1, 7, 7, .spec = "4.4.1.1", \
	      .doc = "TTL is of 128-bit descriptors"), \
	SMN_F("TTL", 1, 9, 8, .user = u, .feat = SMN_FEAT_RIL, \
	      .spec = "4.4.1.1", .doc = "level of the leaf entry"), \
	SMN_F("TG", 1, 11, 10, SMN_VALUES(tg), .user = u, \
	      .feat = SMN_FEAT_RIL, .spec = "4.4.1.1", .doc = "granule")
#define VA(u) \
	HINTS(u), \
	SMN_F("Address", 1, 63, 12, .addr = true, .user = u, \
	      .spec = "4.1.6", .doc = "virtual address of the page")
#define IPA \
	HINTS(SMN_KERNEL), \
	SMN_F("Address", 1, 55, 12, .addr = true, .spec = "4.1.6", \
	      .doc = "intermediate physical address of the page")

static const struct smn_field prefetch_config[] = {
	SSEC, SSV(), SSID(), STREAM
};
static const struct smn_field prefetch_addr[] = {
	SSEC, SSV(), SSID(), STREAM,
	SMN_F("Size", 1, 4, 0, .doc = "log2 of the number of translations"),
	SMN_F("Stride", 1, 9, 5, .doc = "log2 of their distance, in 4K pages"),
	SMN_F("NS", 1, 11, 11, .doc = "the IPA is non-secure; Secure only"),
	SMN_F("Address", 1, 63, 12, .addr = true, .doc = "first address"),
};
static const struct smn_field cfgi_ste[] = { SSEC, STREAM, LEAF(LEVELS) };
static const struct smn_field cfgi_ste_range[] = {
	SSEC, STREAM,
	SMN_F("Range", 1, 4, 0, SMN_VALUES(steps),
	      .doc = "2^(Range+1) streams; 31 is CFGI_ALL"),
};
static const struct smn_field cfgi_cd[] = {
	SSEC, SSID(SUBSTREAMS), VSID, LEAF(.user = SMN_USER, LEVELS),
};
static const struct smn_field cfgi_cd_all[] = { SSEC, VSID };
static const struct smn_field cfgi_vms_pidm[] = { SSEC, ANY_VM };

static const struct smn_field nh_all[] = { VM };
static const struct smn_field nh_asid[] = { VM, ASID(SMN_USER) };
static const struct smn_field nh_va[] = {
	RANGE(SMN_USER), VM, ASID(SMN_USER), VA(SMN_USER)
};
static const struct smn_field nh_vaa[] = { RANGE(SMN_USER), VM, VA(SMN_USER) };
static const struct smn_field el_asid[] = { ASID(SMN_KERNEL) };
static const struct smn_field el_va[] = {
	RANGE(SMN_KERNEL), ASID(SMN_KERNEL), VA(SMN_KERNEL)
};
static const struct smn_field el_vaa[] = { RANGE(SMN_KERNEL), VA(SMN_KERNEL) };
static const struct smn_field vmall[] = { ANY_VM };
static const struct smn_field s2_ipa[] = { RANGE(SMN_KERNEL), ANY_VM, IPA };

static const struct smn_field atc_inv[] = {
	SMN_F("Global", 0, 9, 9, SUBSTREAMS, .doc = "all substreams"),
	SSV(SUBSTREAMS), SSID(SUBSTREAMS), VSID,
	SMN_F("Size", 1, 5, 0, SMN_VALUES(size), .user = SMN_USER,
	      .legal = (1ULL << 53) - 1,
	      .doc = "log2 of the number of 4K pages"),
	SMN_F("Address", 1, 63, 12, .addr = true, .user = SMN_USER,
	      .doc = "first address"),
};
static const struct smn_field pri_resp[] = {
	SSV(), SSID(), STREAM,
	SMN_F("PRGIndex", 1, 8, 0, .doc = "page request group"),
	SMN_F("Resp", 1, 13, 12, SMN_VALUES(resp), .doc = "response"),
};
static const struct smn_field dpti_pa[] = {
	LEAF(.doc = "only last-level entries"),
	SMN_F("SIZE", 1, 11, 8, SMN_VALUES(region), .doc = "of the region"),
	SMN_F("Address", 1, 55, 12, .addr = true, .doc = "physical address"),
};
static const struct smn_field resume[] = {
	SSEC,
	SMN_F("Ac", 0, 12, 12, SMN_VALUES(ac), .alias = "Action",
	      .doc = "what happens to the transaction"),
	SMN_F("Ab", 0, 13, 13, SMN_VALUES(ab), .alias = "Abort",
	      .doc = "how it is terminated"),
	STREAM,
	SMN_F("STAG", 1, 15, 0, .doc = "the token of the event"),
};
static const struct smn_field stall_term[] = { SSEC, STREAM };
static const struct smn_field sync[] = {
	SMN_F("CS", 0, 13, 12, SMN_VALUES(cs), .alias = "ComplSignal",
	      .legal = 7,
	      .doc = "completion signal"),
	SMN_F("MSH", 0, 23, 22, SMN_VALUES(share),
	      .doc = "shareability of the MSI"),
	SMN_F("MSIAttr", 0, 27, 24, .doc = "memory type of the MSI"),
	SMN_F("MSIData", 0, 63, 32, .doc = "what the MSI writes"),
	SMN_F("MSIAddress", 1, 55, 2, .addr = true,
	      .doc = "where the MSI writes; 0: no MSI"),
	SMN_F("MSI_NS", 1, 63, 63, .doc = "the MSI is non-secure; Realm only"),
};

#define CMD(n, op, section, ...) \
	{ .name = n, .kind = SMN_CMD, .words = 2, .bits = 64, .opcode = op, \
	  .spec = section, __VA_ARGS__ }
#define FORWARDED .fate = SMN_FORWARDED
#define EMULATED .fate = SMN_EMULATED

const struct smn_layout smn_cmds[] = {
	CMD("PREFETCH_CONFIG", 0x01, "4.2.1", SMN_FIELDS(prefetch_config),
	    EMULATED, .doc = "fetch the STE and CD of a stream ahead"),
	CMD("PREFETCH_ADDR", 0x02, "4.2.2", SMN_FIELDS(prefetch_addr), EMULATED,
	    .doc = "fetch translations ahead"),
	CMD("CFGI_STE", 0x03, "4.3.1", SMN_FIELDS(cfgi_ste), EMULATED,
	    .doc = "forget one stream table entry"),
	CMD("CFGI_STE_RANGE", 0x04, "4.3.2", SMN_FIELDS(cfgi_ste_range),
	    EMULATED, .doc = "forget a range of stream table entries, or all"),
	CMD("CFGI_CD", 0x05, "4.3.3", SMN_FIELDS(cfgi_cd), FORWARDED,
	    .doc = "forget one context descriptor of a stream"),
	CMD("CFGI_CD_ALL", 0x06, "4.3.4", SMN_FIELDS(cfgi_cd_all), FORWARDED,
	    .doc = "forget all context descriptors of a stream"),
	CMD("CFGI_VMS_PIDM", 0x07, "4.3.5", SMN_FIELDS(cfgi_vms_pidm),
	    .doc = "forget a VM's map of MPAM partitions"),

	CMD("TLBI_NH_ALL", 0x10, "4.4.2.1", SMN_FIELDS(nh_all), FORWARDED,
	    .doc = "forget all stage 1 translations of a VM"),
	CMD("TLBI_NH_ASID", 0x11, "4.4.2.2", SMN_FIELDS(nh_asid), FORWARDED,
	    .doc = "forget the translations of one address space"),
	CMD("TLBI_NH_VA", 0x12, "4.4.2.4", SMN_FIELDS(nh_va), FORWARDED,
	    .doc = "forget pages of one address space"),
	CMD("TLBI_NH_VAA", 0x13, "4.4.2.3", SMN_FIELDS(nh_vaa), FORWARDED,
	    .doc = "forget pages of every address space"),
	CMD("TLBI_EL3_ALL", 0x18, "4.4.2.5",
	    .doc = "forget all EL3 translations"),
	CMD("TLBI_EL3_VA", 0x1a, "4.4.2.6", SMN_FIELDS(el_vaa),
	    .doc = "forget EL3 pages"),
	CMD("TLBI_EL2_ALL", 0x20, "4.4.2.7",
	    .doc = "forget all EL2 translations"),
	CMD("TLBI_EL2_ASID", 0x21, "4.4.2.10", SMN_FIELDS(el_asid),
	    .doc = "forget one EL2 address space"),
	CMD("TLBI_EL2_VA", 0x22, "4.4.2.8", SMN_FIELDS(el_va),
	    .doc = "forget pages of one EL2 address space"),
	CMD("TLBI_EL2_VAA", 0x23, "4.4.2.9", SMN_FIELDS(el_vaa),
	    .doc = "forget pages of every EL2 address space"),
	CMD("TLBI_S12_VMALL", 0x28, "4.4.3.2", SMN_FIELDS(vmall),
	    .doc = "forget both stages of a VM"),
	CMD("TLBI_S2_IPA", 0x2a, "4.4.3.1", SMN_FIELDS(s2_ipa),
	    .doc = "forget stage 2 pages of a VM"),
	CMD("TLBI_NSNH_ALL", 0x30, "4.4.4.1", FORWARDED,
	    .doc = "forget everything; the kernel narrows it to one VM"),

	CMD("ATC_INV", 0x40, "4.5.1", SMN_FIELDS(atc_inv), FORWARDED,
	    .feat = SMN_FEAT_ATS, .doc = "empty a device's translation cache"),
	CMD("PRI_RESP", 0x41, "4.5.2", SMN_FIELDS(pri_resp), EMULATED,
	    .doc = "answer a device's page request"),
	CMD("RESUME", 0x44, "4.7.1", SMN_FIELDS(resume), EMULATED,
	    .doc = "retry or terminate a stalled transaction"),
	CMD("STALL_TERM", 0x45, "4.7.2", SMN_FIELDS(stall_term),
	    .doc = "terminate all stalled transactions of a stream"),
	CMD("SYNC", 0x46, "4.7.3", SMN_FIELDS(sync), EMULATED,
	    .doc = "wait for the commands before; the kernel adds its own"),

	CMD("TLBI_S_EL2_ALL", 0x50, "4.4.2.11",
	    .doc = "forget all Secure EL2 translations"),
	CMD("TLBI_S_EL2_ASID", 0x51, "4.4.2.14", SMN_FIELDS(el_asid),
	    .doc = "forget one Secure EL2 address space"),
	CMD("TLBI_S_EL2_VA", 0x52, "4.4.2.12", SMN_FIELDS(el_va),
	    .doc = "forget pages of one Secure EL2 address space"),
	CMD("TLBI_S_EL2_VAA", 0x53, "4.4.2.13", SMN_FIELDS(el_vaa),
	    .doc = "forget pages of every Secure EL2 address space"),
	CMD("TLBI_S_S12_VMALL", 0x58, "4.4.3.4", SMN_FIELDS(vmall),
	    .doc = "forget both Secure stages of a VM"),
	/* and NS, which has no row: an unknown bit of word 1 */
	CMD("TLBI_S_S2_IPA", 0x5a, "4.4.3.3", SMN_FIELDS(s2_ipa),
	    .doc = "forget Secure stage 2 pages of a VM"),
	CMD("TLBI_SNH_ALL", 0x60, "4.4.4.2",
	    .doc = "forget every Secure translation"),

	CMD("DPTI_ALL", 0x70, "4.6.1",
	    .doc = "forget all device permissions"),
	CMD("DPTI_PA", 0x73, "4.6.2", SMN_FIELDS(dpti_pa),
	    .doc = "forget the device permissions of a region"),
};
const unsigned int smn_ncmds = SMN_ARRAY_SIZE(smn_cmds);

const struct smn_layout *smn_cmd_by_opcode(uint8_t opcode)
{
	for (unsigned int i = 0; i < smn_ncmds; i++)
		if (smn_cmds[i].opcode == opcode)
			return &smn_cmds[i];
	return NULL;
}

/* tlbi-nh-va, TLBI_NH_VA and CMD_TLBI_NH_VA are one name */
static bool same_name(const char *name, const char *s, size_t len)
{
	if (len > 4 && (!strncmp(s, "CMD_", 4) || !strncmp(s, "cmd-", 4)))
		s += 4, len -= 4;
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s[i] == '-' ? '_' : toupper((unsigned char)s[i]);

		if (name[i] != c)
			return false;
	}
	return true;
}

const struct smn_layout *smn_cmd_by_name(const char *name, size_t len)
{
	for (unsigned int i = 0; i < smn_ncmds; i++)
		if (same_name(smn_cmds[i].name, name, len))
			return &smn_cmds[i];
	return NULL;
}

static const char *cmd_name_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i < smn_ncmds ? smn_cmds[i].name : NULL;
}

int smn_cmd_parse(const char *text, uint64_t cmd[2], struct smn_why *why)
{
	size_t len = strcspn(text, ":");
	const struct smn_layout *l = smn_cmd_by_name(text, len);
	const char *near;

	if (!l) {
		near = smn_nearest(text, len, cmd_name_at, NULL);
		smn_why_set(why, "no command '%.*s'%s%s%s", (int)len, text,
			    near ? "; did you mean " : "", near ? near : "",
			    near ? "?" : "");
		return -ENOENT;
	}
	if (text[len] && !text[len + 1]) {
		smn_why_set(why, "'%s': NAME=VALUE is needed after ':'", text);
		return -EINVAL;
	}
	return smn_layout_parse(l, cmd, text + len + (text[len] == ':'), why);
}
