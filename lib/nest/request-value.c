// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading requests: the values of members, and the payload. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nest/parse.h"

int smn_parse_wrong(struct smn_parse *p, const char *at, const char *fmt, ...)
{
	va_list ap;

	p->error->column = at - p->copy + 1;
	va_start(ap, fmt);
	vsnprintf(p->error->why.text, sizeof(p->error->why.text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int smn_parse_suggest(struct smn_parse *p, const char *near)
{
	smn_text_suggest(p->error, near);
	return -EINVAL;
}

/* --- names --- */

/*
 * "x7" is what a slot without a name is called; in a sequence that was cut
 * short nothing may be left that made it.
 */
static bool is_number_of_slot(const char *name, size_t len)
{
	return name[0] == 'x' && len > 1 &&
		strspn(name + 1, "0123456789") >= len - 1;
}

int smn_parse_slot(struct smn_parse *p, const char *name, size_t len,
		   uint16_t *slot)
{
	*slot = smn_names_find(p->names, name, len);
	if (*slot || (len == 4 && !memcmp(name, "none", 4)) ||
	    is_number_of_slot(name, len))
		return 0;
	p->error->column = name - p->copy + 1;
	return smn_text_no_name(p->error, p->names, name, len);
}

/* --- values --- */

int smn_parse_number(struct smn_parse *p, const char *at, uint64_t max,
		     uint64_t *v)
{
	if (smn_number_parse(at, v))
		return smn_parse_wrong(p, at, "'%.60s' is not a number", at);
	if (*v > max)
		return smn_parse_wrong(p, at, "%.60s is more than 0x%llx", at,
				       (unsigned long long)max);
	return 0;
}

static bool value_named(const struct smn_arg *a, const char *name, size_t len,
			uint64_t *v)
{
	for (unsigned int i = 0; i < a->nnames; i++)
		if (a->names[i] && strlen(a->names[i]) == len &&
		    !strncasecmp(a->names[i], name, len)) {
			*v = a->format == SMN_ARG_FLAGS ? 1ULL << i : i;
			return true;
		}
	return false;
}

static const char *value_name_at(const void *ctx, unsigned int i)
{
	const struct smn_arg *a = ctx;

	while (i < a->nnames && !a->names[i])
		i++;
	return i < a->nnames ? a->names[i] : NULL;
}

static uint64_t largest(const struct smn_arg *a)
{
	return a->size == 8 ? UINT64_MAX : (1ULL << 8 * a->size) - 1;
}

/* NAME, or NAME|NAME|0x10 of a set. */
static int parse_named(struct smn_parse *p, const struct smn_arg *a, char *text,
		       uint64_t *value)
{
	char *part = text, *rest;
	uint64_t v;

	*value = 0;
	for (; part; part = rest) {
		size_t len = strcspn(part, "|");

		rest = part[len] ? part + len + 1 : NULL;
		part[len] = '\0';
		if (!value_named(a, part, len, &v) &&
		    smn_number_parse(part, &v)) {
			smn_parse_wrong(p, part, "%s: '%.60s' is no value",
					a->name, part);
			return smn_parse_suggest(
				p, smn_nearest(part, len, value_name_at, a));
		}
		if (v > largest(a) || (rest && a->format != SMN_ARG_FLAGS))
			return smn_parse_wrong(p, part,
					       "%s: '%.60s' does not fit",
					       a->name, part);
		*value |= v;
	}
	return 0;
}

/* What follows NAME: nothing, or +N. */
static int parse_offset(struct smn_parse *p, const char *at, uint64_t *v)
{
	*v = 0;
	return *at ? smn_parse_number(p, at + 1, UINT64_MAX, v) : 0;
}

static int parse_name(struct smn_parse *p, const struct smn_arg *a, char *text,
		      struct smn_req_value *v)
{
	size_t len = strcspn(text, "+");

	if (a->size == 8 && len == 3 && !memcmp(text, "mem", 3)) {
		v->ref = SMN_REF_MEMORY;
		return parse_offset(p, text + len, &v->value);
	}
	if (a->size == 8 && !strcmp(text, "words")) {
		v->ref = SMN_REF_PAYLOAD;
		return 0;
	}
	if (a->format == SMN_ARG_FD) {
		v->ref = SMN_REF_FD;
		return smn_parse_slot(p, text, strlen(text), &v->slot);
	}
	v->ref = SMN_REF_ID;
	return smn_parse_slot(p, text, len, &v->slot) ?
		-EINVAL :
		parse_offset(p, text + len, &v->value);
}

int smn_parse_value(struct smn_parse *p, const struct smn_arg *a, char *text,
		    struct smn_req_value *v)
{
	*v = (struct smn_req_value){ 0 };
	if (!*text)
		return smn_parse_wrong(p, text, "%s needs a value", a->name);
	if (a->nnames)
		return parse_named(p, a, text, &v->value);
	if (a->format == SMN_ARG_FD && !strcmp(text, "-1")) {
		v->value = UINT32_MAX;
		return 0;
	}
	if (text[0] >= '0' && text[0] <= '9')
		return smn_parse_number(p, text, largest(a), &v->value);
	return parse_name(p, a, text, v);
}

/* --- the payload --- */

static int add_words(struct smn_parse *p, const char *at, const uint64_t *words,
		     unsigned int n, uint64_t times)
{
	struct smn_request *req = p->req;

	if (!times || times > SMN_REQ_WORDS / n ||
	    req->nwords + n * times > SMN_REQ_WORDS)
		return smn_parse_wrong(p, at, "a payload has 1 to %d words",
				       SMN_REQ_WORDS);
	for (; times; times--) {
		memcpy(req->words + req->nwords, words, n * sizeof(*words));
		req->nwords += n;
	}
	return 0;
}

int smn_parse_words(struct smn_parse *p, char *text)
{
	char *end;
	uint64_t word;

	for (;; text = end + 1) {
		end = text + strcspn(text, ",");
		bool last = !*end;

		*end = '\0';
		if (smn_parse_number(p, text, UINT64_MAX, &word) ||
		    add_words(p, text, &word, 1, 1))
			return -EINVAL;
		if (last)
			return 0;
	}
}

/* "Cfg=s1,S1ContextPtr=0x1000", which is valid unless it says V=0 itself */
int smn_parse_ste(struct smn_parse *p, char *text)
{
	uint64_t ste[2] = { 0 };
	struct smn_why *why = &p->error->why;
	int ret;

	if (!strchr(text, '='))
		return smn_parse_words(p, text);
	ret = smn_layout_parse(&smn_vste, ste, text, why);
	p->error->column = text - p->copy + 1;
	if (ret)
		return -EINVAL;
	if (strncasecmp(text, "V=", 2) && !strcasestr(text, ",V="))
		smn_layout_assign(&smn_vste, ste, "V=1", why);
	return add_words(p, text, ste, SMN_ARRAY_SIZE(ste), 1);
}

/*
 * The end of the command at @text. A comma also stands between its fields:
 * what follows one is a field if it has '=' before any ':' or ','.
 */
static char *command_end(char *text)
{
	char *end = text + strcspn(text, ",");

	while (*end && end[1 + strcspn(end + 1, "=:,")] == '=')
		end += 1 + strcspn(end + 1, ",");
	return end;
}

static int parse_command(struct smn_parse *p, char *text)
{
	struct smn_text_error *error = p->error;
	char *times = strchr(text, '*');
	char *second = strchr(text, ':');
	uint64_t cmd[2], n = 1;

	if (times) {
		*times++ = '\0';
		if (smn_parse_number(p, times, SMN_REQ_WORDS, &n))
			return -EINVAL;
	}
	if (second && text[0] >= '0' && text[0] <= '9') {
		*second++ = '\0';
		if (smn_parse_number(p, text, UINT64_MAX, &cmd[0]) ||
		    smn_parse_number(p, second, UINT64_MAX, &cmd[1]))
			return -EINVAL;
	} else if (smn_cmd_parse(text, cmd, &error->why)) {
		error->column = text - p->copy + 1;
		return -EINVAL;
	}
	return add_words(p, text, cmd, SMN_ARRAY_SIZE(cmd), n);
}

int smn_parse_commands(struct smn_parse *p, char *text)
{
	char *end;

	for (;; text = end + 1) {
		end = command_end(text);
		bool last = !*end;

		*end = '\0';
		if (parse_command(p, text))
			return -EINVAL;
		if (last)
			return 0;
	}
}
