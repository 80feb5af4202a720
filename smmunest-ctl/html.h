/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTML that is well-formed XML, too: what is opened is closed, and every text
 * and every attribute's value goes through html_escape(). Nothing else prints
 * anything that comes from a document.
 */
#ifndef CTL_HTML_H
#define CTL_HTML_H

#include <stddef.h>
#include <stdio.h>

enum { HTML_DEPTH = 32 };

struct html {
	FILE *to;
	const char *open[HTML_DEPTH];	/* names of elements */
	unsigned int depth;
};

/* @len bytes of anything; what no XML may have becomes U+FFFD. */
void html_escape(FILE *to, const char *text, size_t len);

/*
 * Open an element; @attributes are NAME and VALUE in turn up to a NULL. An
 * empty one is closed at once.
 */
void html_open(struct html *h, const char *name, const char *const *attributes);
void html_empty(struct html *h, const char *name,
		const char *const *attributes);
void html_close(struct html *h);

#define HTML_ATTRIBUTES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Of one class, which may be NULL. */
void html_in(struct html *h, const char *name, const char *class);

/* Text where we are. */
void html_text(struct html *h, const char *text);
__attribute__((format(printf, 2, 3)))
void html_printf(struct html *h, const char *fmt, ...);

/* An element with text alone. */
void html_line(struct html *h, const char *name, const char *class,
	       const char *text);
__attribute__((format(printf, 4, 5)))
void html_linef(struct html *h, const char *name, const char *class,
		const char *fmt, ...);

#endif
