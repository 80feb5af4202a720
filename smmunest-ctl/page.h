/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page that `report` makes: sections, each from a machine's evidence (see
 * evidence.h), which is anybody's.
 */
#ifndef CTL_PAGE_H
#define CTL_PAGE_H

#include "ctl.h"
#include "html.h"

/* All of it, from ctl->result: {"machines":[...],"comparison":{...}|null} */
void page_print(const struct ctl *ctl, FILE *to);

/* --- page-value.c --- */

/* A value as people read it: "yes", "a, b", "-" for nothing. */
void page_value(struct html *h, struct json_object *v);
void page_time(struct html *h, const char *element, const char *class,
	       int64_t ns);

/*
 * A table that scrolls by itself, or one of two columns, of class "stack", that
 * is one column on a phone; close it with html_close() twice.
 */
void page_table(struct html *h, const char *class, const char *const *heads);

/* "NAME  value" of a list of facts, when there is one. */
void page_fact(struct html *h, const char *name, struct json_object *v);

/* --- page-verdict.c --- */

/* What came of the cases, counted from the cases themselves. */
struct page_counts {
	unsigned int pass, bad, skip, all, missing;
	unsigned int nested;	/* that passed, attached to a nested HWPT */
	int64_t left_out;	/* of the suite; -1: that is not told */
	bool any, ended;
};

void page_count(struct json_object *machine, struct page_counts *c);

/* The answer, and why. */
void page_verdict(struct html *h, struct json_object *machine);

/* What `info` refused for: causes, and what to do. */
void page_reasons(struct html *h, struct json_object *reasons);

/* --- a file each --- */

void page_machine(struct html *h, struct json_object *machine);
void page_suite(struct html *h, struct json_object *machine);
void page_times(struct html *h, struct json_object *machine);
void page_comparison(struct html *h, struct json_object *comparison);
extern const char page_style[];

#endif
