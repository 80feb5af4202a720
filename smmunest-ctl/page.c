// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page: one file without a script, an image or an address, so that it can
 * be sent to anybody and opened anywhere.
 */
#include "page.h"

static void head(struct html *h)
{
	fputs("<!DOCTYPE html>\n", h->to);
	html_open(h, "html", HTML_ATTRIBUTES("lang", "en"));
	html_in(h, "head", NULL);
	html_empty(h, "meta", HTML_ATTRIBUTES("charset", "utf-8"));
	/* whatever might slip in, nothing is fetched and nothing runs */
	html_empty(h, "meta", HTML_ATTRIBUTES(
			"http-equiv", "Content-Security-Policy", "content",
			"default-src 'none'; style-src 'unsafe-inline'"));
	html_empty(h, "meta", HTML_ATTRIBUTES(
			"name", "viewport", "content",
			"width=device-width, initial-scale=1"));
	html_empty(h, "meta", HTML_ATTRIBUTES("name", "color-scheme",
					      "content", "light dark"));
	html_line(h, "title", NULL, "Nested SMMUv3 translation");
	/* a style is no text to a browser; there is nothing to escape in it */
	fprintf(h->to, "<style>\n%s</style>\n", page_style);
	html_close(h);
}

static void title(struct html *h, struct json_object *machine, const char *side)
{
	html_in(h, "header", NULL);
	html_in(h, "p", "who");
	if (side[0])
		html_line(h, "span", "side", side);
	html_printf(h, "Linux %s", doc_text(machine, "kernel"));
	if (doc_text(machine, "device")[0])
		html_printf(h, ", device %s", doc_text(machine, "device"));
	html_close(h);
	page_verdict(h, machine);
	html_close(h);
}

void page_print(const struct ctl *ctl, FILE *to)
{
	struct json_object *machines = doc_get(ctl->result, "machines");
	struct json_object *comparison = doc_get(ctl->result, "comparison");
	bool two = doc_length(machines) > 1;
	struct html h = { .to = to };

	head(&h);
	html_in(&h, "body", NULL);
	html_in(&h, "main", NULL);
	html_line(&h, "h1", NULL, "Nested SMMUv3 translation");
	html_in(&h, "div", two ? "two" : NULL);
	for (size_t i = 0; i < doc_length(machines); i++)
		title(&h, doc_at(machines, i), two ? i ? "B" : "A" : "");
	html_close(&h);
	if (comparison)
		page_comparison(&h, comparison);
	for (size_t i = 0; i < doc_length(machines); i++) {
		if (two)
			html_line(&h, "p", "part", i ? "B" : "A");
		page_suite(&h, doc_at(machines, i));
		page_times(&h, doc_at(machines, i));
		page_machine(&h, doc_at(machines, i));
	}
	html_linef(&h, "footer", NULL, "smmunest-ctl %s report", VERSION);
	while (h.depth)
		html_close(&h);
}
