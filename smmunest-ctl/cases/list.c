// SPDX-License-Identifier: GPL-2.0-or-later
/* All cases in one list: rows as they are, and what topics make of tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cases/case.h"
#include "nest/request.h"

static const struct topic *const topics[] = {
#define X(name) &topic_##name,
	TOPICS(X)
#undef X
};

static const char *const need_names[NNEEDS] = {
#define X(name, text) [NEED_##name] = text,
	NEEDS(X)
#undef X
};

const char *need_name(enum need need)
{
	return need_names[need];
}

static const uint32_t of_bed[NBEDS] = {
	[BED_DEVICE] = NEED(DEVICE),
	[BED_S2] = NEED(S2),
	[BED_VIOMMU] = NEED(VIOMMU),
	[BED_VDEVICE] = NEED(VDEVICE),
};

uint32_t case_needs(const struct test_case *c)
{
	uint32_t needs = c->needs;

	for (unsigned int bed = 0; bed <= c->bed; bed++)
		needs |= of_bed[bed];
	return needs;
}

/* Its own, or that of the newest ioctl in its script. */
uint16_t case_since(const struct test_case *c)
{
	const char *text = c->script;
	uint16_t since = c->since;

	/* a bed on which a device moves memory has a vEVENTQ */
	if (c->needs & (NEED(DMA) | NEED(MSI) | NEED(TLB)))
		since = smn_op(SMN_IOMMU_VEVENTQ_ALLOC)->since;
	while (text && *text) {
		enum smn_op_id op = smn_line_op(text);

		if (op < SMN_NOPS && smn_op(op)->since > since)
			since = smn_op(op)->since;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return since;
}

/* "map.flags" of topic map stays so, "unmap.cut" becomes "map.unmap.cut". */
static void name_it(struct test_case *c, const char *topic)
{
	size_t len = strlen(topic);
	char own[CASE_NAME];

	if (!strncmp(c->name, topic, len) && c->name[len] == '.')
		return;
	memcpy(own, c->name, sizeof(own));
	snprintf(c->name, sizeof(c->name), "%s.%.*s", topic,
		 (int)(sizeof(c->name) - len - 2), own);
}

static int add(struct case_list *list, const struct test_case *c,
	       const char *topic)
{
	unsigned int room = list->room ? 2 * list->room : 256;
	struct test_case *cases;

	if (list->n == list->room) {
		cases = realloc(list->cases, room * sizeof(*cases));
		if (!cases)
			return -ENOMEM;
		list->cases = cases;
		list->room = room;
	}
	list->cases[list->n] = *c;
	name_it(&list->cases[list->n++], topic);
	return 0;
}

static int add_topic(struct case_list *list, const struct topic *topic)
{
	struct test_case c = { .bed = BED_NONE };
	int ret = 0;

	for (unsigned int i = 0; !ret && i < topic->nrows; i++)
		ret = add(list, &topic->rows[i], topic->name);
	for (unsigned int i = 0; !ret && topic->more; i++) {
		c = (struct test_case){ .bed = BED_NONE };
		if (!topic->more(i, &c))
			break;
		ret = add(list, &c, topic->name);
	}
	return ret;
}

int case_list_make(struct case_list *list)
{
	int ret = 0;

	*list = (struct case_list){ 0 };
	for (size_t i = 0; !ret && i < SMN_ARRAY_SIZE(topics); i++)
		ret = add_topic(list, topics[i]);
	return ret;
}
