// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What `compare` and `report` read: documents of one machine, or of two with a
 * form feed between them. The page that comes of it has to be well-formed.
 */
#include <unistd.h>
#include <sys/mman.h>

#include "cases/case.h"
#include "compare.h"
#include "fuzz.h"
#include "page.h"

/* The suite is not what is tried: one case that nests. */
int case_list_make(struct case_list *list)
{
	list->cases = calloc(1, sizeof(*list->cases));
	CHECK(list->cases);
	list->cases[0].bed = BED_ATTACHED;
	strcpy(list->cases[0].name, "attach.same");
	list->n = list->room = 1;
	return 0;
}

static struct json_object *machine_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("evidence", 0);
	struct smn_why why = { "" };
	struct json_object *m;
	char path[40];

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	m = evidence_read(path, &why);
	if (!m)
		check_why(&why);
	close(fd);
	return m;
}

/* --- the page: every tag is ours, is closed, and has its values quoted --- */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-';
}

/* Behind the attributes at @s, where ">" or "/>" is. */
static const char *skip_attributes(const char *s)
{
	while (*s == ' ') {
		size_t len = 0;

		while (is_name(s[1 + len]))
			len++;
		CHECK(len && s[1 + len] == '=' && s[2 + len] == '"');
		CHECK(strncmp(s, " on", 3) && strncmp(s, " style", 6));
		s += len + 3;
		s += strcspn(s, "\"<>");
		CHECK(*s++ == '"');
	}
	return s;
}

struct open {
	const char *name[64];
	size_t len[64];
	unsigned int depth;
};

/* The tag at @s, and what is behind it. */
static const char *take_tag(struct open *open, const char *s)
{
	bool ends = s[1] == '/';
	const char *name = s + 1 + ends;
	size_t len = 0;

	while (is_name(name[len]))
		len++;
	CHECK(len && strncmp(name, "script", 6));
	s = skip_attributes(name + len);
	if (ends) {
		CHECK(open->depth--);
		CHECK(open->len[open->depth] == len &&
		      !strncmp(open->name[open->depth], name, len));
	} else if (*s == '/') {
		s++;
	} else {
		CHECK(open->depth < SMN_ARRAY_SIZE(open->name));
		open->name[open->depth] = name;
		open->len[open->depth++] = len;
	}
	CHECK(*s == '>');
	return s + 1;
}

static void check_page(const char *s)
{
	static const char first[] = "<!DOCTYPE html>\n";
	struct open open = { .depth = 0 };

	CHECK(!strncmp(s, first, strlen(first)));
	for (s += strlen(first); *s; s += strcspn(s, "<"))
		s = *s == '<' ? take_tag(&open, s) : s;
	CHECK(!open.depth);
}

static void show(struct json_object *machines, struct json_object *comparison)
{
	struct ctl ctl = { .result = json_object_new_object() };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	CHECK(to);
	doc_add(ctl.result, "machines", machines);
	doc_add(ctl.result, "comparison", comparison);
	page_print(&ctl, to);
	fclose(to);
	CHECK(strlen(text) == len);
	check_page(text);
	free(text);
	json_object_put(ctl.result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, '\f', size) : NULL;
	size_t first = cut ? (size_t)(cut - data) : size;
	struct json_object *machines = json_object_new_array();
	struct json_object *a = machine_of(data, first), *b = NULL;
	struct json_object *comparison = NULL;
	struct smn_why why = { "" };

	if (a && cut)
		b = machine_of(cut + 1, size - first - 1);
	if (a)
		json_object_array_add(machines, a);
	if (b) {
		json_object_array_add(machines, b);
		comparison = compare(a, b, &why);
		if (!comparison)
			check_why(&why);
	}
	show(machines, comparison);
	return 0;
}
