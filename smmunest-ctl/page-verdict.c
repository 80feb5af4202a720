// SPDX-License-Identifier: GPL-2.0-or-later
/* The answer at the top of the page. A doubt is never shown as a yes. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cases/case.h"
#include "evidence.h"
#include "page.h"

struct answer {
	const char *class;
	char text[120], more[240];
};

/* Many cases pass where nothing nests: those of ioas, of map, ... */
static unsigned int count_nested(struct json_object *cases)
{
	struct case_list list = { 0 };
	unsigned int n = 0;

	if (case_list_make(&list))
		return 0;
	for (unsigned int i = 0; i < list.n; i++)
		n += list.cases[i].bed == BED_ATTACHED &&
			!strcmp(doc_text(doc_get(cases, list.cases[i].name),
					 "status"), "pass");
	free(list.cases);
	return n;
}

void page_count(struct json_object *machine, struct page_counts *c)
{
	struct json_object *run = doc_get(machine, "run");
	struct json_object *cases = doc_get(run, "cases");

	*c = (struct page_counts){ .any = run };
	if (!cases)
		return;
	json_object_object_foreach(cases, name, v) {
		const char *status = doc_text(v, "status");

		(void)name;
		c->all++;
		if (!strcmp(status, "pass"))
			c->pass++;
		else if (!strcmp(status, "skip"))
			c->skip++;
		else
			c->bad++;
	}
	if (doc_int(run, "planned") > doc_int(run, "tried"))
		c->missing = doc_int(run, "planned") - doc_int(run, "tried");
	c->ended = evidence_ended(machine);
	c->nested = count_nested(cases);
	c->left_out = doc_get(run, "left_out") ? doc_int(run, "left_out") : -1;
}

/* The device that was tried, or else the first that can nest, or cannot. */
static struct json_object *device_of(struct json_object *machine)
{
	struct json_object *all = doc_get(doc_get(machine, "info"), "devices");
	static const char *const order[] = { "yes", "no", "cannot tell" };
	const char *bdf = doc_text(machine, "device");

	for (size_t i = 0; bdf[0] && i < doc_length(all); i++)
		if (!strcmp(doc_text(doc_at(all, i), "bdf"), bdf))
			return doc_at(all, i);
	for (size_t k = 0; k < SMN_ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < doc_length(all); i++)
			if (!strcmp(doc_text(doc_get(doc_at(all, i), "nesting"),
					     "verdict"), order[k]))
				return doc_at(all, i);
	return NULL;
}

__attribute__((format(printf, 4, 5)))
static void answer(struct answer *a, const char *class, const char *text,
		   const char *fmt, ...)
{
	va_list ap;

	a->class = class;
	snprintf(a->text, sizeof(a->text), "%s", text);
	va_start(ap, fmt);
	vsnprintf(a->more, sizeof(a->more), fmt, ap);
	va_end(ap);
}

static void answer_of_run(struct answer *a, const struct page_counts *c)
{
	if (c->bad)
		answer(a, "bad", "Nested translation is wrong here",
		       "%u of %u cases did not pass; they are below, each "
		       "with its cause.", c->bad, c->all);
	else if (!c->ended)
		answer(a, "unsure", "The suite did not come to its end",
		       "%u cases are here, %u passed; what the others would "
		       "say is not known.", c->all, c->pass);
	else if (!c->nested)
		answer(a, "unsure", "Nesting could not be tried",
		       "Of %u cases %u were skipped, and none attached a "
		       "device to a nested HWPT.", c->all, c->skip);
	else if (c->left_out)
		answer(a, "unsure", "A part of the suite passes",
		       "%u cases passed, none failed, %u were skipped; %s.",
		       c->pass, c->skip, c->left_out < 0 ?
		       "whether the suite has more is not told" :
		       "the others were not asked for");
	else
		answer(a, "good", "Nested translation works here",
		       "%u cases passed, none failed, %u were skipped.",
		       c->pass, c->skip);
}

static void answer_of(struct json_object *machine, struct json_object *dev,
		      struct answer *a)
{
	const char *verdict = doc_text(doc_get(dev, "nesting"), "verdict");
	struct page_counts c;

	page_count(machine, &c);
	if (!c.bad && !strcmp(verdict, "no"))
		answer(a, "bad", "This machine cannot nest", "%s",
		       "The kernel refuses it; why, is below.");
	else if (c.any)
		answer_of_run(a, &c);
	else if (!strcmp(verdict, "yes"))
		answer(a, "good", "This machine can nest", "%s",
		       "The kernel gives the whole chain, down to a stage 1. "
		       "The suite was not run.");
	else if (doc_get(machine, "info"))
		answer(a, "unsure", "Cannot tell whether this machine can nest",
		       "%s", "No device was asked.");
	else
		answer(a, "unsure", "Only times", "%s",
		       "Nothing here tells whether nesting is right: info and "
		       "run would.");
}

void page_reasons(struct html *h, struct json_object *reasons)
{
	if (!doc_length(reasons))
		return;
	html_in(h, "ul", "reasons");
	for (size_t i = 0; i < doc_length(reasons); i++) {
		struct json_object *r = doc_at(reasons, i);

		html_in(h, "li", NULL);
		html_in(h, "p", NULL);
		html_linef(h, "b", NULL, "%s: ", doc_text(r, "verdict"));
		page_value(h, doc_get(r, "text"));
		html_close(h);
		if (doc_text(r, "remedy")[0])
			html_line(h, "code", NULL, doc_text(r, "remedy"));
		html_close(h);
	}
	html_close(h);
}

void page_verdict(struct html *h, struct json_object *machine)
{
	struct json_object *dev = device_of(machine);
	bool model = strcmp(doc_text(machine, "backend"), "kernel") != 0;
	struct answer a;
	char class[32];

	answer_of(machine, dev, &a);
	if (model && !strcmp(a.class, "good")) {
		a.class = "unsure";
		snprintf(a.text, sizeof(a.text), "No real kernel was tried");
	}
	snprintf(class, sizeof(class), "verdict %s", a.class);
	html_in(h, "div", class);
	if (model)
		html_linef(h, "p", "model", "%s %s answered, no real kernel",
			   doc_text(machine, "backend"),
			   doc_text(machine, "model"));
	html_line(h, "p", "answer", a.text);
	html_line(h, "p", NULL, a.more);
	page_reasons(h, doc_get(doc_get(dev, "nesting"), "reasons"));
	page_reasons(h, doc_get(doc_get(doc_get(machine, "run"), "error"),
				"causes"));
	html_close(h);
}
