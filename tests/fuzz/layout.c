// SPDX-License-Identifier: GPL-2.0-or-later
/* "Name=value" and lists of them, against the layout the first byte names. */
#include <errno.h>

#include "fuzz.h"

/* Exactly one field may have changed, and it can be told and told again. */
static void check_assigned(const struct smn_layout *l, const uint64_t *before,
			   const uint64_t *after, const char *text)
{
	const struct smn_field *f =
		smn_layout_field(l, text, strcspn(text, "="));
	uint64_t again[SMN_MAX_WORDS];
	char number[96];

	CHECK(f);
	memcpy(again, before, sizeof(again));
	for (unsigned int i = 0; i < SMN_MAX_WORDS; i++)
		CHECK(!((before[i] ^ after[i]) &
			~(i == f->word ? smn_field_mask(f) : 0)));
	snprintf(number, sizeof(number), "%s=%llu", f->name,
		 (unsigned long long)smn_field_get(f, after));
	CHECK(!smn_layout_assign(l, again, number, NULL));
	CHECK(!memcmp(again, after, sizeof(again)));
}

static void assign(const struct smn_layout *l, const char *text)
{
	uint64_t before[SMN_MAX_WORDS], after[SMN_MAX_WORDS];
	struct smn_why why = { "" };
	int ret;

	memset(before, 0xa5, sizeof(before));
	memcpy(after, before, sizeof(after));
	ret = smn_layout_assign(l, after, text, &why);
	if (!ret) {
		check_assigned(l, before, after, text);
		return;
	}
	CHECK(ret == -EINVAL || ret == -ENOENT || ret == -ERANGE);
	CHECK(!memcmp(before, after, sizeof(after)));
	check_why(&why);
}

/* What was parsed, formatted and parsed again is the same. */
static void parse(const struct smn_layout *l, const char *text)
{
	uint64_t words[SMN_MAX_WORDS] = { 0 }, again[SMN_MAX_WORDS] = { 0 };
	struct smn_why why = { "" };
	char list[4096], little[8];
	int ret = smn_layout_parse(l, words, text, &why);
	size_t len;

	if (ret) {
		CHECK(ret == -EINVAL || ret == -ENOENT || ret == -ERANGE ||
		      ret == -EEXIST);
		CHECK(!memcmp(words, again, sizeof(words)));
		check_why(&why);
		return;
	}
	for (unsigned int i = 0; i < SMN_MAX_WORDS; i++)
		CHECK(i < l->words ? !(words[i] & ~smn_layout_known(l, i)) :
		      !words[i]);
	len = smn_layout_format(l, words, list, sizeof(list));
	CHECK(len < sizeof(list) && strlen(list) == len);
	CHECK(smn_layout_format(l, words, little, sizeof(little)) == len);
	CHECK(!strncmp(little, list, sizeof(little) - 1) && IS_STRING(little));
	for (char *p = list; *p; p++)
		*p = *p == ' ' ? ',' : *p;
	CHECK(!smn_layout_parse(l, again, list, NULL));
	CHECK(!memcmp(words, again, sizeof(words)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct smn_layout *l;
	uint8_t which;
	char *text;

	take(&in, &which, sizeof(which));
	l = smn_layout_at(which);
	if (!l)
		return -1;
	text = take_text(&in);
	assign(l, text);
	parse(l, text);
	free(text);
	return 0;
}
