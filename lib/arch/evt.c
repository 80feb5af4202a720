// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Event records, IHI 0070 section 7.3. SMN_FORWARDED marks what Linux hands to
 * a vEVENTQ (arm_smmu_handle_event()): of these, only events of stage 1 that do
 * not stall get there, with SID replaced by the vSID.
 *
 * F_PERMISSION of newer SMMUs has three more bits that tell overlays,
 * AssuredOnly and dirty state; they have no rows and are told as unknown bits.
 */
#include "arch/field.h"

static const char *const class[] = { "cd", "tt", "in" };
static const char *const rnw[] = { "write", "read" };
static const char *const ind[] = { "data", "inst" };
static const char *const pnu[] = { "user", "priv" };
static const char *const stage[] = { "s1", "s2" };

#define SSID SMN_F("SSID", 0, 31, 12, .alias = "SubstreamID", \
		   .doc = "substream")
#define SID SMN_F("SID", 0, 63, 32, .alias = "StreamID", \
		  .doc = "stream; from a vEVENTQ the vSID")
#define WHO SMN_F("SSV", 0, 11, 11, .doc = "SSID is valid"), SSID, SID

#define REASON \
	SMN_F("Reason", 1, 15, 0, .doc = "implementation defined cause")
#define GPCF \
	SMN_F("GPCF", 1, 16, 16, .doc = "a granule protection check failed")
#define STAG \
	SMN_F("STAG", 1, 15, 0, .doc = "token for CMD_RESUME when stalled"), \
	SMN_F("Stall", 1, 31, 31, .doc = "the transaction is stalled")
#define RNW SMN_F("RnW", 1, 35, 35, SMN_VALUES(rnw), .doc = "the access")
#define ACCESS \
	SMN_F("PnU", 1, 33, 33, SMN_VALUES(pnu), .doc = "privilege"), \
	SMN_F("InD", 1, 34, 34, SMN_VALUES(ind), .doc = "what is accessed"), \
	RNW
#define NSIPA SMN_F("NSIPA", 1, 38, 38, .doc = "IPA is non-secure; Secure only")
#define S2 SMN_F("S2", 1, 39, 39, SMN_VALUES(stage), .doc = "faulting stage")
#define CLASS \
	SMN_F("CLASS", 1, 41, 40, SMN_VALUES(class), \
	      .doc = "what was accessed: CD, table, or the input address")
#define INPUT \
	SMN_F("InputAddr", 2, 63, 0, .doc = "address that the device gave")
#define PAGE \
	SMN_F("InputAddr", 2, 63, 12, .addr = true, \
	      .doc = "address that the device gave")
#define IPA \
	SMN_F("IPA", 3, 55, 12, .addr = true, \
	      .doc = "intermediate address, valid with S2")
#define FETCH \
	SMN_F("FetchAddr", 3, 55, 3, .addr = true, \
	      .doc = "physical address that aborted")
#define FAULT WHO, STAG, ACCESS, NSIPA, S2, CLASS, INPUT, IPA

static const struct smn_field uut[] = { WHO, REASON, ACCESS, INPUT };
static const struct smn_field who[] = { WHO };
static const struct smn_field fetch[] = { WHO, REASON, GPCF, FETCH };
static const struct smn_field ats_treq[] = {
	WHO,
	SMN_F("Span", 1, 3, 0, .doc = "STUs asked for"),
	SMN_F("P", 1, 28, 28, .doc = "privileged access asked for"),
	SMN_F("X", 1, 29, 29, .doc = "execution asked for"),
	SMN_F("W", 1, 30, 30, .doc = "writing asked for"),
	SMN_F("R", 1, 31, 31, .doc = "reading asked for"),
	PAGE,
};
static const struct smn_field disabled[] = { SID };
static const struct smn_field forbidden[] = { SID, RNW, INPUT };
static const struct smn_field substream[] = { SSID, SID };
static const struct smn_field walk[] = {
	WHO, REASON, GPCF, ACCESS, S2, CLASS, INPUT, FETCH
};
static const struct smn_field fault[] = { FAULT };
static const struct smn_field permission[] = {
	FAULT,
	SMN_F("TTRnW", 1, 44, 44, SMN_VALUES(rnw),
	      .doc = "access of the table walk, with CLASS=tt"),
};
static const struct smn_field tlb_conflict[] = {
	WHO, REASON, ACCESS, NSIPA, S2, INPUT, IPA
};
static const struct smn_field cfg_conflict[] = { WHO, REASON };
static const struct smn_field page_request[] = {
	WHO,
	SMN_F("uX", 1, 34, 34, .doc = "the user will execute"),
	SMN_F("uW", 1, 35, 35, .doc = "the user will write"),
	SMN_F("uR", 1, 36, 36, .doc = "the user will read"),
	SMN_F("pX", 1, 37, 37, .doc = "the kernel will execute"),
	SMN_F("pW", 1, 38, 38, .doc = "the kernel will write"),
	SMN_F("pR", 1, 39, 39, .doc = "the kernel will read"),
	SMN_F("Span", 1, 51, 44, .doc = "pages of 4K"),
	PAGE,
};

#define EVT(n, number, rows, section, ...) \
	{ .name = n, .kind = SMN_EVT, .words = 4, .bits = 64, \
	  .opcode = number, SMN_FIELDS(rows), .spec = section, __VA_ARGS__ }
#define TO_VM .fate = SMN_FORWARDED

const struct smn_layout smn_evts[] = {
	EVT("F_UUT", 0x01, uut, "7.3.2",
	    .doc = "transaction of a kind the SMMU cannot handle"),
	EVT("C_BAD_STREAMID", 0x02, who, "7.3.3",
	    .doc = "StreamID beyond the stream table"),
	EVT("F_STE_FETCH", 0x03, fetch, "7.3.4",
	    .doc = "fetching the STE aborted"),
	EVT("C_BAD_STE", 0x04, who, "7.3.5", TO_VM,
	    .doc = "the STE is invalid or illegal"),
	EVT("F_BAD_ATS_TREQ", 0x05, ats_treq, "7.3.6",
	    .doc = "ATS translation request from a stream that may not"),
	EVT("F_STREAM_DISABLED", 0x06, disabled, "7.3.7", TO_VM,
	    .doc = "S1DSS forbids transactions with this SubstreamID, or none"),
	EVT("F_TRANSL_FORBIDDEN", 0x07, forbidden, "7.3.8",
	    .doc = "translated transaction from a stream that may not"),
	EVT("C_BAD_SUBSTREAMID", 0x08, substream, "7.3.9", TO_VM,
	    .doc = "SubstreamID beyond the CD table, or none allowed"),
	EVT("F_CD_FETCH", 0x09, fetch, "7.3.10",
	    .doc = "fetching the CD aborted"),
	EVT("C_BAD_CD", 0x0a, who, "7.3.11", TO_VM,
	    .doc = "the CD is invalid or illegal"),
	EVT("F_WALK_EABT", 0x0b, walk, "7.3.12",
	    .doc = "fetching a translation table aborted"),
	EVT("F_TRANSLATION", 0x10, fault, "7.3.13", TO_VM,
	    .doc = "no translation for the address"),
	EVT("F_ADDR_SIZE", 0x11, fault, "7.3.14", TO_VM,
	    .doc = "a stage put out too large an address"),
	EVT("F_ACCESS", 0x12, fault, "7.3.15", TO_VM,
	    .doc = "the page's access flag is clear"),
	EVT("F_PERMISSION", 0x13, permission, "7.3.16", TO_VM,
	    .doc = "the page does not permit the access"),
	EVT("F_TLB_CONFLICT", 0x20, tlb_conflict, "7.3.17",
	    .doc = "two cached translations match"),
	EVT("F_CFG_CONFLICT", 0x21, cfg_conflict, "7.3.18",
	    .doc = "two cached STEs match, see STE.CONT"),
	EVT("E_PAGE_REQUEST", 0x24, page_request, "7.3.19",
	    .doc = "hint: a device is going to use these pages"),
	EVT("F_VMS_FETCH", 0x25, fetch, "7.3.20",
	    .doc = "fetching the virtual machine structure aborted"),
};
const unsigned int smn_nevts = SMN_ARRAY_SIZE(smn_evts);

const struct smn_layout *smn_evt_by_type(uint8_t type)
{
	for (unsigned int i = 0; i < smn_nevts; i++)
		if (smn_evts[i].opcode == type)
			return &smn_evts[i];
	return NULL;
}
