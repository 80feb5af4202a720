// SPDX-License-Identifier: GPL-2.0-or-later
/* Values, tables and facts of the page. */
#include "page.h"

static void scalar(struct html *h, struct json_object *v)
{
	if (!v)
		html_text(h, "-");
	else if (json_object_is_type(v, json_type_boolean))
		html_text(h, json_object_get_boolean(v) ? "yes" : "no");
	else if (json_object_is_type(v, json_type_string))
		/* it may have a NUL in it */
		html_escape(h->to, json_object_get_string(v),
			    json_object_get_string_len(v));
	else
		html_text(h, json_object_get_string(v));
}

void page_value(struct html *h, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_array)) {
		scalar(h, v);
		return;
	}
	for (size_t i = 0; i < doc_length(v); i++) {
		html_text(h, i ? ", " : "");
		scalar(h, doc_at(v, i));
	}
}

void page_time(struct html *h, const char *element, const char *class,
	       int64_t ns)
{
	char text[32];

	format_time(text, sizeof(text), ns > 0 ? ns : 0);
	html_line(h, element, class, text);
}

void page_table(struct html *h, const char *class, const char *const *heads)
{
	html_open(h, "div", HTML_ATTRIBUTES("class", "scroll", "tabindex",
					    "0"));
	html_in(h, "table", class);
	html_in(h, "tr", NULL);
	for (; *heads; heads++)
		html_line(h, "th", NULL, *heads);
	html_close(h);
}

void page_fact(struct html *h, const char *name, struct json_object *v)
{
	if (!v || (json_object_is_type(v, json_type_array) && !doc_length(v)) ||
	    (json_object_is_type(v, json_type_string) &&
	     !json_object_get_string_len(v)))
		return;
	html_in(h, "div", NULL);
	html_line(h, "dt", NULL, name);
	html_in(h, "dd", NULL);
	page_value(h, v);
	html_close(h);
	html_close(h);
}
