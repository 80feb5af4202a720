// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What verbs are made of. Each becomes the requests' own text, so that what is
 * sent is what is shown.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "nest/verb.h"

/* --- lines --- */

__attribute__((format(printf, 3, 0)))
static int append(struct smn_verb *v, struct smn_script_line **l,
		  const char *fmt, va_list ap)
{
	char text[SMN_VERB_TEXT];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	if (n >= (int)sizeof(text))
		return smn_script_wrong(v->r, v->verb, "the line is too long");
	n = smn_script_request(v->r->s, text, v->r->error, l);
	/* all words were looked at: it is the line as a whole */
	if (n == -EINVAL)
		v->r->error->column = v->verb.at - v->r->text + 1;
	return n;
}

int smn_verb_request(struct smn_verb *v, const char *fmt, ...)
{
	struct smn_script_line *l;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = append(v, &l, fmt, ap);
	va_end(ap);
	return ret ? ret : smn_expect_take(v->r->s, l, v->r->error);
}

int smn_verb_need(struct smn_verb *v, bool follows, const char *fmt, ...)
{
	struct smn_script_line *l;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = append(v, &l, fmt, ap);
	va_end(ap);
	if (ret)
		return ret;
	l->once = !follows;
	l->follows = follows;
	return 0;
}

int smn_verb_deed(struct smn_verb *v, enum smn_script_kind kind,
		  const struct smn_script_dma *dma)
{
	struct smn_script *s = v->r->s;
	struct smn_script_line *l;

	if (s->expects)
		return smn_script_wrong(v->r, v->verb, "%.*s is no request: "
					"what it is to end with stands behind "
					"it", v->verb.len, v->verb.at);
	if (s->ipa_bytes < SMN_SCRIPT_VM)
		return smn_script_wrong(v->r, v->verb, "%.*s wants memory: "
					"alloc memory=2M@IPA", v->verb.len,
					v->verb.at);
	l = smn_script_new(s, v->r->text);
	if (!l)
		return -ENOMEM;
	l->kind = kind;
	l->dma = *dma;
	return 0;
}

unsigned int smn_verb_slot(struct smn_verb *v, const char *fmt, ...)
{
	char name[SMN_NAME];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	return smn_names_find(v->r->s->names, name, strlen(name));
}

/* --- words --- */

const char *smn_verb_copy(struct smn_word w, char buf[SMN_VERB_WORD])
{
	snprintf(buf, SMN_VERB_WORD, "%.*s", w.len, w.at);
	return buf;
}

int smn_verb_name(struct smn_verb *v, struct smn_word w)
{
	const struct smn_names *names = v->r->s->names;

	if (!w.len)
		return smn_script_wrong(v->r, w, "%.*s what?", v->verb.len,
					v->verb.at);
	if (smn_names_find(names, w.at, w.len))
		return 0;
	v->r->error->column = w.at - v->r->text + 1;
	return smn_text_no_name(v->r->error, names, w.at, w.len);
}

int smn_verb_end(struct smn_verb *v, struct smn_word w)
{
	return w.len ? smn_script_wrong(v->r, w, "'%.*s' is one word too many",
					w.len, w.at) : 0;
}

bool smn_verb_device(struct smn_verb *v, struct smn_word *w)
{
	char word[SMN_VERB_WORD];
	uint64_t n;

	if (w->len < 4 || strncmp(w->at, "dev", 3) ||
	    smn_number_parse(smn_verb_copy(*w, word) + 3, &n) || n >= 64)
		return false;
	v->device = n;
	*w = smn_word_after(*w);
	return true;
}

bool smn_verb_option(struct smn_word w, const char *name,
		     char value[SMN_VERB_WORD])
{
	int len = strlen(name);

	if (w.len <= len || strncmp(w.at, name, len) || w.at[len] != '=')
		return false;
	w.at += len + 1;
	w.len -= len + 1;
	smn_verb_copy(w, value);
	return true;
}

int smn_verb_range(struct smn_verb *v, struct smn_word w, uint64_t *at,
		   uint64_t *bytes)
{
	char word[SMN_VERB_WORD];

	if (!memchr(w.at, '@', w.len) ||
	    smn_memory_parse(smn_verb_copy(w, word), bytes, at) || !*bytes)
		return smn_script_wrong(v->r, w, "'%.*s' is not SIZE@ADDRESS",
					w.len, w.at);
	return 0;
}

int smn_verb_memory(struct smn_verb *v, struct smn_word w, uint64_t *offset)
{
	char word[SMN_VERB_WORD];

	*offset = 0;
	if (strncmp(smn_verb_copy(w, word), "mem", 3) ||
	    (w.len > 3 && (word[3] != '+' ||
			   smn_number_parse(word + 4, offset))))
		return smn_script_wrong(v->r, w, "'%.*s' is not mem or mem+N",
					w.len, w.at);
	return 0;
}

/* --- which one it is --- */

static const struct smn_verb_row *const verbs[] = {
#define X(name) &smn_verb_##name,
	SMN_VERBS(X)
#undef X
};

/* "destroy [FILE] id=s1" is the ioctl's own line, "destroy s1" is ours. */
static bool has_members(struct smn_word w)
{
	while ((w = smn_word_after(w)).len)
		if (memchr(w.at, '=', w.len))
			return true;
	return false;
}

static bool is_verb(struct smn_word w, const char *name)
{
	return smn_word_is(w, name) &&
		(strcmp(name, "destroy") || !has_members(w));
}

static int check_words(struct smn_script_reader *r, struct smn_word w)
{
	for (; w.len; w = smn_word_after(w))
		if (w.len >= SMN_VERB_WORD)
			return smn_script_wrong(r, w, "a word of %d letters, "
						"of %d at most", w.len,
						SMN_VERB_WORD - 1);
	return 0;
}

static int read_verb(const struct smn_verb_row *row, struct smn_verb *v)
{
	int ret;

	if (v->let.len && !row->lets)
		return smn_script_wrong(v->r, v->let, "%s makes nothing that "
					"could have a name", row->name);
	ret = check_words(v->r, smn_word_at(v->r->text));
	return ret ? ret : row->read(v, smn_word_after(v->verb));
}

int smn_verb_add(struct smn_script_reader *r)
{
	struct smn_verb v = { .r = r };
	struct smn_line_head head;
	int ret = smn_line_head(r->text, &head, r->error);

	if (ret)
		return ret;
	v.verb = head.op;
	v.let = head.name;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(verbs); i++)
		if (is_verb(v.verb, verbs[i]->name)) {
			ret = read_verb(verbs[i], &v);
			return ret ? ret : 1;
		}
	return 0;
}
