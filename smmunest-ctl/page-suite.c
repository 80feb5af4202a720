// SPDX-License-Identifier: GPL-2.0-or-later
/* What `run` tells: what failed first, then what was skipped and why. */
#include <string.h>

#include "page.h"
#include "plot.h"

enum { REASON = 512 };

static bool is_status(struct json_object *c, const char *status)
{
	return !strcmp(doc_text(c, "status"), status);
}

static bool is_bad(struct json_object *c)
{
	return !is_status(c, "pass") && !is_status(c, "skip");
}

static void diagnosis(struct html *h, struct json_object *c)
{
	struct json_object *lines = doc_get(c, "diag");

	if (!doc_length(lines))
		return;
	html_open(h, "pre", HTML_ATTRIBUTES("tabindex", "0"));
	for (size_t i = 0; i < doc_length(lines); i++) {
		html_text(h, i ? "\n" : "");
		page_value(h, doc_at(lines, i));
	}
	html_close(h);
}

static void failures(struct html *h, struct json_object *cases)
{
	json_object_object_foreach(cases, name, c) {
		if (!is_bad(c))
			continue;
		html_in(h, "article", "case");
		html_in(h, "h3", NULL);
		html_printf(h, "%s ", name);
		html_line(h, "span", "badge bad", doc_text(c, "status"));
		html_close(h);
		diagnosis(h, c);
		html_close(h);
	}
}

/* --- what was skipped: one reason stands for many cases --- */

static void reason_text(struct json_object *c, char *buf, size_t size)
{
	struct json_object *lines = doc_get(c, "diag");
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < doc_length(lines) && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s", i ? "; " : "",
				json_object_get_string(doc_at(lines, i)));
}

static struct json_object *reasons_of(struct json_object *cases)
{
	struct json_object *all = json_object_new_object();

	json_object_object_foreach(cases, name, c) {
		struct json_object *names;
		char reason[REASON];

		if (!is_status(c, "skip"))
			continue;
		reason_text(c, reason, sizeof(reason));
		names = doc_get(all, reason);
		if (!names) {
			names = json_object_new_array();
			doc_add(all, reason, names);
		}
		json_object_array_add(names, json_object_new_string(name));
	}
	return all;
}

static void skips(struct html *h, struct json_object *cases)
{
	struct json_object *all = reasons_of(cases);

	html_line(h, "h3", NULL, "Skipped, and why");
	page_table(h, "stack", (const char *const[]){ "reason", "cases",
						      NULL });
	json_object_object_foreach(all, reason, names) {
		html_in(h, "tr", NULL);
		html_line(h, "td", "words", reason[0] ? reason : "-");
		html_in(h, "td", "names");
		page_value(h, names);
		html_close(h);
		html_close(h);
	}
	html_close(h);
	html_close(h);
	json_object_put(all);
}

static void bar(struct html *h, unsigned int pass, unsigned int bad,
		unsigned int skip)
{
	const struct plot_part parts[] = {
		{ "bad", bad }, { "good", pass }, { "skip", skip },
	};

	plot_parts(h, parts, SMN_ARRAY_SIZE(parts));
}

/* --- topics: what a case's name begins with --- */

static void add(struct json_object *o, const char *key, int64_t n)
{
	doc_add_int(o, key, doc_int(o, key) + n);
}

static struct json_object *topics_of(struct json_object *cases)
{
	struct json_object *all = json_object_new_object();

	json_object_object_foreach(cases, name, c) {
		struct json_object *t;
		char topic[40];

		snprintf(topic, sizeof(topic), "%.*s", (int)strcspn(name, "."),
			 name);
		t = doc_get(all, topic);
		if (!t) {
			t = json_object_new_object();
			doc_add(all, topic, t);
		}
		add(t, is_bad(c) ? "bad" : doc_text(c, "status"), 1);
		add(t, "all", 1);
	}
	return all;
}

static void topics(struct html *h, struct json_object *cases)
{
	struct json_object *all = topics_of(cases);

	html_in(h, "div", "topics");
	json_object_object_foreach(all, name, t) {
		html_in(h, "div", NULL);
		html_in(h, "p", NULL);
		html_line(h, "b", NULL, name);
		html_linef(h, "span", NULL, "%lld of %lld",
			   (long long)doc_int(t, "pass"),
			   (long long)doc_int(t, "all"));
		html_close(h);
		bar(h, doc_int(t, "pass"), doc_int(t, "bad"),
		    doc_int(t, "skip"));
		html_close(h);
	}
	html_close(h);
	json_object_put(all);
}

static void every_case(struct html *h, struct json_object *cases)
{
	html_in(h, "details", NULL);
	html_line(h, "summary", NULL, "Every case");
	page_table(h, NULL, (const char *const[]){ "case", "result", "time",
						   NULL });
	json_object_object_foreach(cases, name, c) {
		html_in(h, "tr", NULL);
		html_line(h, "td", "name", name);
		html_line(h, "td", is_bad(c) ? "bad" : doc_text(c, "status"),
			  doc_text(c, "status"));
		page_time(h, "td", "number", doc_int(c, "ns"));
		html_close(h);
	}
	html_close(h);
	html_close(h);
	html_close(h);
}

static void tile(struct html *h, const char *class, unsigned int n,
		 const char *what)
{
	html_in(h, "div", n ? class : "none");
	html_linef(h, "b", NULL, "%u", n);
	html_line(h, "span", NULL, what);
	html_close(h);
}

void page_suite(struct html *h, struct json_object *machine)
{
	struct json_object *cases =
		doc_get(doc_get(machine, "run"), "cases");
	struct page_counts c;

	page_count(machine, &c);
	if (!c.all)
		return;
	html_in(h, "section", NULL);
	html_line(h, "h2", NULL, "The suite");
	html_in(h, "div", "tiles");
	tile(h, "good", c.pass, "passed");
	tile(h, "bad", c.bad, "failed");
	tile(h, "skip", c.skip, "skipped");
	tile(h, "unsure", c.missing, "not reached");
	html_close(h);
	bar(h, c.pass, c.bad, c.skip);
	if (c.bad)
		failures(h, cases);
	if (c.skip)
		skips(h, cases);
	html_line(h, "h3", NULL, "By topic");
	topics(h, cases);
	every_case(h, cases);
	html_close(h);
}
