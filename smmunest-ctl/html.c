// SPDX-License-Identifier: GPL-2.0-or-later
/* Elements, attributes and text. See html.h. */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "ctl.h"
#include "html.h"

enum { TEXT = 4096 };

/* The length of a character of UTF-8 that XML may have; 0: it is none. */
static size_t character(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 :
		s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
	uint32_t c = n > 1 ? s[0] & (0x7f >> n) : s[0];

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n - 1] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ||
	    (c & ~1u) == 0xfffe || (c >= 0x7f && c < 0xa0))
		return 0;
	return c >= ' ' || c == '\n' || c == '\t' ? n : 0;
}

static const char *entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

void html_escape(FILE *to, const char *text, size_t len)
{
	while (len) {
		size_t n = character((const unsigned char *)text, len);
		const char *e = entity(*text);

		if (!n)
			fputs("\xef\xbf\xbd", to);
		else if (e)
			fputs(e, to);
		else
			fwrite(text, 1, n, to);
		n = n ? n : 1;
		text += n;
		len -= n;
	}
}

static void tag(struct html *h, const char *name, const char *const *attributes)
{
	fprintf(h->to, "<%s", name);
	for (; attributes && attributes[0]; attributes += 2) {
		fprintf(h->to, " %s=\"", attributes[0]);
		html_escape(h->to, attributes[1], strlen(attributes[1]));
		fputc('"', h->to);
	}
}

void html_open(struct html *h, const char *name, const char *const *attributes)
{
	tag(h, name, attributes);
	fputc('>', h->to);
	/* our own nesting is not that deep */
	if (h->depth < HTML_DEPTH)
		h->open[h->depth] = name;
	h->depth++;
}

void html_empty(struct html *h, const char *name, const char *const *attributes)
{
	tag(h, name, attributes);
	fputs("/>", h->to);
}

/* What stands within a line: a line's end behind it would be a blank. */
static bool is_inline(const char *name)
{
	static const char *const names[] = { "b", "span", "strong" };

	for (size_t i = 0; i < SMN_ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

void html_close(struct html *h)
{
	const char *name = h->open[--h->depth];

	fprintf(h->to, is_inline(name) ? "</%s>" : "</%s>\n", name);
}

void html_in(struct html *h, const char *name, const char *class)
{
	html_open(h, name, class ? HTML_ATTRIBUTES("class", class) : NULL);
}

void html_text(struct html *h, const char *text)
{
	html_escape(h->to, text, strlen(text));
}

__attribute__((format(printf, 2, 0)))
static void print(struct html *h, const char *fmt, va_list ap)
{
	char text[TEXT];

	vsnprintf(text, sizeof(text), fmt, ap);
	html_text(h, text);
}

void html_printf(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(h, fmt, ap);
	va_end(ap);
}

void html_line(struct html *h, const char *name, const char *class,
	       const char *text)
{
	html_in(h, name, class);
	html_text(h, text);
	html_close(h);
}

void html_linef(struct html *h, const char *name, const char *class,
		const char *fmt, ...)
{
	va_list ap;

	html_in(h, name, class);
	va_start(ap, fmt);
	print(h, fmt, ap);
	va_end(ap);
	html_close(h);
}
