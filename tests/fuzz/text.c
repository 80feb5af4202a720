// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers, lists of words, sizes of memory and PCI addresses, against readers
 * that are written differently.
 */
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

/* Up to the next of @ends, or the end; a string of its own. */
static char *cut(const char *text, const char *ends)
{
	char *part = strndup(text, strcspn(text, ends));

	CHECK(part);
	return part;
}

static void check_words(const char *text)
{
	uint64_t words[5] = { 0 }, value;
	int ret = smn_words_parse(text, words, 4), n = 0, want = 0;

	while (!want) {
		char *part = cut(text, ",:");

		if (n == 4)
			want = -E2BIG;
		else if (strlen(part) > 31 || number(part, &value))
			want = -EINVAL;
		else
			CHECK(words[n++] == value);
		text += strlen(part);
		free(part);
		if (!want && !*text++)
			want = n;
	}
	CHECK(ret == want && !words[4]);
}

/* SIZE[K|M|G][@ADDR] */
static void check_memory(const char *text)
{
	uint64_t bytes = 0xa5, addr = 0x5a, size = 0, at = 0x5a;
	int ret = smn_memory_parse(text, &bytes, &addr);
	char *part = cut(text, "@");
	size_t len = strlen(part);
	unsigned __int128 want;
	const char *suffix = len ? strchr("KMG", part[len - 1]) : NULL;
	uint64_t unit = !suffix ? 1 : *suffix == 'K' ? 1 << 10 :
		*suffix == 'M' ? 1 << 20 : 1 << 30;
	bool good;

	text += len;
	if (suffix)
		part[len - 1] = '\0';
	good = strlen(part) <= 31 && !number(part, &size) &&
		(!*text || !number(text + 1, &at));
	want = (unsigned __int128)size * unit;
	good &= want >> 64 == 0;
	CHECK(ret == (good ? 0 : -EINVAL));
	CHECK(bytes == (good ? (uint64_t)want : 0xa5));
	CHECK(addr == (good ? at : 0x5a));
	free(part);
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
	check_words(text);
	check_memory(text);
	check_bdf(text);
	free(text);
	return 0;
}
