// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arbitrary words, commands and STEs: the rules against the driver's masks and
 * conditions written out once more, the field engine against itself.
 */
#include <errno.h>

#include "fuzz.h"

#define HAS(f) (feats & 1u << SMN_FEAT_##f)

/* arm_smmu_validate_vste() */
static bool takes_vste(const uint64_t *ste)
{
	uint64_t cfg = ste[0] >> 1 & 7;

	return !(ste[0] & 1) || (!(ste[0] & ~0xf80fffffffffffffULL) &&
				 !(ste[1] & ~0x380000ffULL) &&
				 (cfg == 0 || cfg == 4 || cfg == 5) &&
				 (ste[1] >> 28 & 3) < 2);
}

/* arm_vsmmu_validate_range() */
static bool takes_range(const uint64_t *cmd, smn_feats feats)
{
	uint64_t num = cmd[0] >> 12 & 31, scale = cmd[0] >> 20 & 63;
	uint64_t ttl = cmd[1] >> 8 & 3, tg = cmd[1] >> 10 & 3;

	if (!HAS(RIL) || (!tg && !num && !scale && !ttl))
		return true;
	return tg && (num || scale || ttl) &&
		!(tg == 2 && ttl == 1 && !HAS(DS));
}

/* arm_vsmmu_validate_user_cmd() */
static bool takes_cmd(const uint64_t *cmd, smn_feats feats)
{
	uint64_t asid = HAS(ASID16) ? 0xffffULL << 48 : 0xffULL << 48;
	uint64_t vmid = 0xffffULL << 32, sid = 0xffffffffULL << 32;
	uint64_t range = !HAS(RIL) ? 0 : HAS(DS) ? 0x03f1f000 : 0x01f1f000;
	uint64_t va = HAS(RIL) ? 0xffffffffffffff01 : 0xfffffffffffff001;
	uint64_t w0 = 0xff, w1 = 0;

	switch (cmd[0] & 0xff) {
	case 0x30:
		break;
	case 0x10:
		w0 |= vmid;
		break;
	case 0x11:
		w0 |= vmid | asid;
		break;
	case 0x12:
		w0 |= vmid | asid | range;
		w1 = va & ~0x80ULL;
		break;
	case 0x13:
		w0 |= vmid | range;
		w1 = va & ~0x80ULL;
		break;
	case 0x40:
		w0 |= sid | (HAS(SSID) ? 0xfffffa00 : 0);
		w1 = 0xfffffffffffff03f;
		if (!HAS(ATS) || (cmd[1] & 63) > 52)
			return false;
		break;
	case 0x05:
		w0 |= sid | (HAS(SSID) ? 0xfffff000 : 0);
		w1 = 1;
		break;
	case 0x06:
		w0 |= sid;
		break;
	default:
		return false;
	}
	return !(cmd[0] & ~w0) && !(cmd[1] & ~w1) &&
		((cmd[0] & 0xfe) != 0x12 || takes_range(cmd, feats));
}

static void check_violations(int ret, const struct smn_violations *bad)
{
	CHECK(ret == (bad->n ? -EIO : 0) && bad->n <= SMN_MAX_VIOLATIONS);
	for (unsigned int i = 0; i < bad->n; i++) {
		CHECK(bad->v[i].id && bad->v[i].id[0]);
		check_why(&bad->v[i].why);
	}
}

static void check_rules(const uint64_t *words, smn_feats feats)
{
	struct smn_violations bad;
	int ret;

	ret = smn_rules_vste(words, feats, &bad);
	check_violations(ret, &bad);
	CHECK(!ret == takes_vste(words));
	ret = smn_rules_cmd(words, feats, &bad);
	check_violations(ret, &bad);
	CHECK(!ret == takes_cmd(words, feats));
}

static void check_field(const struct smn_layout *l, const struct smn_field *f,
			const uint64_t *words, uint64_t value)
{
	uint64_t same[SMN_MAX_WORDS], alone[SMN_MAX_WORDS] = { 0 };
	uint64_t v = smn_field_get(f, words), mask = smn_field_mask(f);

	memcpy(same, words, sizeof(same));
	CHECK(!smn_field_put(f, same, v, NULL));
	CHECK(!memcmp(same, words, sizeof(same)));
	CHECK(!smn_field_put(f, alone, v, NULL));
	CHECK(alone[f->word] == (words[f->word] & mask));
	CHECK(!(mask & ~smn_layout_known(l, f->word)));

	/* any value is put and read back, or refused and nothing touched */
	if (!smn_field_put(f, same, value, NULL)) {
		CHECK(smn_field_get(f, same) == value);
		same[f->word] ^= (same[f->word] ^ words[f->word]) & mask;
	}
	CHECK(!memcmp(same, words, sizeof(same)));
}

static void check_layout(const struct smn_layout *l, const uint64_t *words,
			 uint64_t value, smn_feats feats)
{
	for (unsigned int i = 0; i < l->nfields; i++)
		check_field(l, &l->fields[i], words, value);
	for (unsigned int i = 0; i < l->words; i++)
		CHECK(!(smn_rules_allowed(l, i, feats) &
			~smn_layout_known(l, i)));
}

/* Names of registers: whatever a machine reports. */
static void check_registers(const uint64_t *words)
{
	char iidr[SMN_ID_NAME], aidr[SMN_ID_NAME];
	uint32_t regs[SMN_NREGS];

	memcpy(regs, words, sizeof(regs));
	memset(iidr, 0xa5, sizeof(iidr));
	memset(aidr, 0xa5, sizeof(aidr));
	CHECK(!(smn_feats_of(regs) & ~SMN_FEATS_ALL) && smn_feats_of(regs) & 1);
	CHECK(!regs[6] == !smn_iidr_name(regs[6], iidr));
	CHECK(!regs[6] || IS_STRING(iidr));
	CHECK(smn_aidr_name(regs[7], aidr) && IS_STRING(aidr));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint64_t words[SMN_MAX_WORDS], value;
	const struct smn_layout *l;
	uint8_t some, which;
	smn_feats feats;

	take(&in, &some, sizeof(some));
	take(&in, &which, sizeof(which));
	take(&in, words, sizeof(words));
	take(&in, &value, sizeof(value));
	feats = (some & SMN_FEATS_ALL) | 1;
	check_rules(words, feats);
	l = smn_layout_at(which);
	if (l)
		check_layout(l, words, value, feats);
	check_registers(words);
	return 0;
}
