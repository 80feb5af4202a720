// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Commands of the command queue, IHI 0070 chapter 4. `forwarded` marks what
 * IOMMU_HWPT_INVALIDATE takes; SMN_USER marks the fields it lets through, VMID
 * and SID among them although the kernel replaces both by its own.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "arch/field.h"

static const char *const tg[] = { [1] = "4k", [2] = "16k", [3] = "64k" };
static const char *const size[] = { [52] = "all" };

#define SSEC SMN_F("SSec", 0, 10, 10, .spec = "4.1.6", .doc = "Secure stream")
#define SID SMN_F("SID", 0, 63, 32, .alias = "StreamID", .user = SMN_USER, \
		  .spec = "4.1.5", .doc = "stream; through iommufd a vSID")
#define SSID(...) SMN_F("SSID", 0, 31, 12, .alias = "SubstreamID", \
			.user = SMN_USER, .feat = SMN_FEAT_SSID, __VA_ARGS__)
#define VMID SMN_F("VMID", 0, 47, 32, .user = SMN_USER, .spec = "4.4.1", \
		   .doc = "virtual machine; the kernel puts its own")
#define ASID SMN_F("ASID", 0, 63, 48, .user = SMN_USER, .narrow = 8, \
		   .wide = SMN_FEAT_ASID16, .spec = "4.4.1", \
		   .doc = "address space")
#define RANGE \
	SMN_F("NUM", 0, 16, 12, .user = SMN_USER, .feat = SMN_FEAT_RIL, \
	      .spec = "4.4.1.1", .doc = "range: (NUM+1) * 2^SCALE granules"), \
	SMN_F("SCALE", 0, 25, 20, .user = SMN_USER, .feat = SMN_FEAT_RIL, \
	      .narrow = 5, .wide = SMN_FEAT_DS, .spec = "4.4.1.1", \
	      .doc = "range: log2 of the multiplier")
#define LEAF(...) SMN_F("Leaf", 1, 0, 0, .user = SMN_USER, __VA_ARGS__)
#define VA \
	LEAF(.spec = "4.4.1", .doc = "only last-level entries"), \
	SMN_F("TTL", 1, 9, 8, .user = SMN_USER, .feat = SMN_FEAT_RIL, \
	      .spec = "4.4.1", .doc = "level of the leaf entry"), \
	SMN_F("TG", 1, 11, 10, SMN_VALUES(tg), .user = SMN_USER, \
	      .feat = SMN_FEAT_RIL, .spec = "4.4.1", .doc = "granule"), \
	SMN_F("Address", 1, 63, 12, .addr = true, .user = SMN_USER, \
	      .spec = "4.4.1", .doc = "virtual address of the page")

static const struct smn_field cfgi_cd[] = {
	SSEC,
	SMN_F("SSV", 0, 11, 11, .spec = "4.3.3", .doc = "SSID is valid"),
	SSID(.spec = "4.3.3", .doc = "substream"),
	SID,
	LEAF(.spec = "4.3.3", .doc = "leave level-1 CD descriptors cached"),
};
static const struct smn_field cfgi_cd_all[] = { SSEC, SID };
static const struct smn_field tlbi_nh_all[] = { VMID };
static const struct smn_field tlbi_nh_asid[] = { VMID, ASID };
static const struct smn_field tlbi_nh_va[] = { RANGE, VMID, ASID, VA };
static const struct smn_field tlbi_nh_vaa[] = { RANGE, VMID, VA };
static const struct smn_field atc_inv[] = {
	SMN_F("Global", 0, 9, 9, .user = SMN_USER, .feat = SMN_FEAT_SSID,
	      .spec = "4.5.1", .doc = "all substreams"),
	SSEC,
	SMN_F("SSV", 0, 11, 11, .user = SMN_USER, .feat = SMN_FEAT_SSID,
	      .spec = "4.5.1", .doc = "SSID is valid"),
	SSID(.spec = "4.5.1", .doc = "substream"),
	SID,
	SMN_F("Size", 1, 5, 0, SMN_VALUES(size), .user = SMN_USER,
	      .legal = (1ULL << 53) - 1, .spec = "4.5.1",
	      .doc = "log2 of the number of 4K pages"),
	SMN_F("Address", 1, 63, 12, .addr = true, .user = SMN_USER,
	      .spec = "4.5.1", .doc = "first address"),
};

#define CMD(n, op, ...) \
	{ .name = n, .kind = SMN_CMD, .words = 2, .bits = 64, .opcode = op, \
	  .forwarded = true, __VA_ARGS__ }

const struct smn_layout smn_cmds[] = {
	CMD("CFGI_CD", 0x05, SMN_FIELDS(cfgi_cd), .spec = "4.3.3",
	    .doc = "forget one context descriptor of a stream"),
	CMD("CFGI_CD_ALL", 0x06, SMN_FIELDS(cfgi_cd_all), .spec = "4.3.4",
	    .doc = "forget all context descriptors of a stream"),
	CMD("TLBI_NH_ALL", 0x10, SMN_FIELDS(tlbi_nh_all), .spec = "4.4.2",
	    .doc = "forget all stage 1 translations of a VM"),
	CMD("TLBI_NH_ASID", 0x11, SMN_FIELDS(tlbi_nh_asid), .spec = "4.4.2",
	    .doc = "forget the translations of one address space"),
	CMD("TLBI_NH_VA", 0x12, SMN_FIELDS(tlbi_nh_va), .spec = "4.4.2",
	    .doc = "forget pages of one address space"),
	CMD("TLBI_NH_VAA", 0x13, SMN_FIELDS(tlbi_nh_vaa), .spec = "4.4.2",
	    .doc = "forget pages of every address space"),
	CMD("TLBI_NSNH_ALL", 0x30, .spec = "4.4.4",
	    .doc = "forget everything; the kernel narrows it to one VM"),
	CMD("ATC_INV", 0x40, SMN_FIELDS(atc_inv), .feat = SMN_FEAT_ATS,
	    .spec = "4.5.1", .doc = "empty a device's translation cache"),
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
	for (size_t i = 0; i < len; i++)
		if (name[i] != (s[i] == '-' ? '_' : toupper((unsigned char)s[i])))
			return false;
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
	char one[80];

	if (!l) {
		near = smn_nearest(text, len, cmd_name_at, NULL);
		smn_why_set(why, "no command '%.*s'%s%s%s", (int)len, text,
			    near ? "; did you mean " : "", near ? near : "",
			    near ? "?" : "");
		return -ENOENT;
	}
	cmd[0] = l->opcode;
	cmd[1] = 0;
	for (text += len; *text; text += len) {
		int ret;

		text++;
		len = strcspn(text, ",");
		if (len >= sizeof(one)) {
			smn_why_set(why, "'%.20s...': too long", text);
			return -EINVAL;
		}
		memcpy(one, text, len);
		one[len] = '\0';
		ret = smn_layout_assign(l, cmd, one, why);
		if (ret)
			return ret;
	}
	return 0;
}
