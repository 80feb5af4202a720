// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and PCI addresses, against readers that are written differently. */
#include <errno.h>

#include "fuzz.h"

static int digit(char c)
{
	static const char digits[] = "00112233445566778899aAbBcCdDeEfF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) / 2 : 16;
}

/* Decimal or 0x hexadecimal, nothing else around it, 64 bits. */
static int number(const char *s, uint64_t *value)
{
	int base = s[0] == '0' && (s[1] | 0x20) == 'x' ? 16 : 10;
	unsigned __int128 v = 0;
	bool large = false;

	s += base == 16 ? 2 : 0;
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		if (digit(*s) >= base)
			return -EINVAL;
		v = v * base + digit(*s);
		large |= v >> 64 != 0;
		v = (uint64_t)v;
	}
	*value = v;
	return large ? -ERANGE : 0;
}

static void check_number(const char *text)
{
	uint64_t value = 0xa5, want = 0xa5;
	int ret = number(text, &want);

	CHECK(smn_number_parse(text, &value) == ret);
	CHECK(value == (ret ? 0xa5 : want));
}

/* [D...:]BB:DD.F; without a domain it is 0000. */
static bool is_bdf(const char *s)
{
	size_t domain = strcspn(s, ":"), at = 0;
	bool full = domain == 4 || domain == 5;
	const char *rest = full ? s + domain + 1 : s;

	for (; full && at < domain; at++)
		if (digit(s[at]) == 16)
			return false;
	return (!full || s[domain]) && strlen(rest) == 7 &&
		digit(rest[0]) < 16 && digit(rest[1]) < 16 && rest[2] == ':' &&
		digit(rest[3]) < 16 && digit(rest[4]) < 16 && rest[5] == '.' &&
		digit(rest[6]) < 8;
}

static void check_bdf(const char *text)
{
	char bdf[SMN_BDF_LEN], again[SMN_BDF_LEN];
	size_t len = strlen(text);
	int ret;

	memset(bdf, 0xa5, sizeof(bdf));
	ret = smn_bdf_parse(text, bdf);
	CHECK(ret == (is_bdf(text) ? 0 : -EINVAL));
	if (ret)
		return;
	/* it goes into paths: only these characters, and in one spelling */
	CHECK(IS_STRING(bdf) && strlen(bdf) == (len == 7 ? 12 : len));
	CHECK(strspn(bdf, "0123456789abcdef:.") == strlen(bdf));
	CHECK(!strcasecmp(bdf + strlen(bdf) - len, text));
	CHECK(!smn_bdf_parse(bdf, again) && !strcmp(bdf, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *text = take_text(&in);

	check_number(text);
	check_bdf(text);
	free(text);
	return 0;
}
