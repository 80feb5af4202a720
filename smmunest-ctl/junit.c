// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases as JUnit XML: a document that begins with its sums, so all at once. */
#include <string.h>

#include "run.h"

/* XML has no place for most control characters, however written. */
static void print_text(FILE *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (c == '<')
			fputs("&lt;", to);
		else if (c == '>')
			fputs("&gt;", to);
		else if (c == '&')
			fputs("&amp;", to);
		else if (c == '"')
			fputs("&quot;", to);
		else if ((c < ' ' && c != '\n' && c != '\t') || c >= 0x7f)
			fputc('?', to);
		else
			fputc(c, to);
	}
}

static double seconds(uint64_t ns)
{
	return ns / 1e9;
}

static void one(const struct run *r, FILE *to, unsigned int i)
{
	static const char *const elements[NVERDICTS] = {
		[FAILED] = "failure", [SKIPPED] = "skipped",
		[ERROR] = "error", [TIMED_OUT] = "failure",
	};
	const char *name = r->list.cases[r->chosen[i]].name;
	const struct outcome *o = &r->outcomes[i];
	const char *diag = o->diag ? o->diag : "";
	const char *element = elements[o->verdict];
	int topic = strcspn(name, ".");

	fprintf(to, "  <testcase classname=\"smmunest.%.*s\" name=\"%s\" "
		"time=\"%.6f\"", topic, name, name, seconds(o->ns));
	if (!element) {
		fprintf(to, "/>\n");
		return;
	}
	fprintf(to, ">\n    <%s message=\"", element);
	print_text(to, diag, strcspn(diag, "\n"));
	fprintf(to, "\">");
	print_text(to, diag, strlen(diag));
	fprintf(to, "</%s>\n  </testcase>\n", element);
}

static void begin(const struct run *r, FILE *to)
{
	(void)r;
	(void)to;
}

static void later(const struct run *r, FILE *to, unsigned int i)
{
	(void)r;
	(void)to;
	(void)i;
}

/* The sums, and who answered. */
static void head(const struct ctl *ctl, unsigned int tests,
		 unsigned int failures, unsigned int errors,
		 unsigned int skips, uint64_t ns, FILE *to)
{
	fprintf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"smmunest\" tests=\"%u\" failures=\"%u\" "
		"errors=\"%u\" skipped=\"%u\" time=\"%.6f\">\n"
		"  <properties>\n"
		"    <property name=\"backend\" value=\"%s\"/>\n",
		tests, failures, errors, skips, seconds(ns), ctl->sys.be->name);
	if (ctl->on_model) {
		fprintf(to, "    <property name=\"model\" value=\"");
		print_text(to, ctl->model_name, strlen(ctl->model_name));
		fprintf(to, "\"/>\n");
	}
	fprintf(to, "    <property name=\"device\" value=\"%s\"/>\n"
		"  </properties>\n", ctl->bdf);
}

static void end(const struct run *r, FILE *to, int exit)
{
	uint64_t ns = 0;

	(void)exit;
	for (unsigned int i = 0; i < r->ndone; i++)
		ns += r->outcomes[i].ns;
	head(r->ctl, r->ndone, run_count(r, FAILED) + run_count(r, TIMED_OUT),
	     run_count(r, ERROR), run_count(r, SKIPPED), ns, to);
	for (unsigned int i = 0; i < r->ndone; i++)
		one(r, to, i);
	fprintf(to, "</testsuite>\n");
}

/* One test, for a suite of none says nothing to who reads it. */
static void skipped(const struct run *r, const char *why, FILE *to)
{
	head(r->ctl, 1, 0, 0, 1, 0, to);
	fprintf(to, "  <testcase classname=\"smmunest\" name=\"run\" "
		"time=\"0\">\n    <skipped message=\"");
	print_text(to, why, strlen(why));
	fprintf(to, "\"/>\n  </testcase>\n</testsuite>\n");
}

const struct report report_junit = { "junit", begin, later, end, skipped };
