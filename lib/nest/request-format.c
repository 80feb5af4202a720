// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests as text, and the names of slots. See request.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nest/request.h"

/* --- names --- */

struct smn_names {
	unsigned int n, room;
	char (*name)[SMN_NAME];		/* of slot i + 1 */
};

struct smn_names *smn_names_new(void)
{
	return calloc(1, sizeof(struct smn_names));
}

void smn_names_free(struct smn_names *n)
{
	if (n)
		free(n->name);
	free(n);
}

unsigned int smn_names_count(const struct smn_names *n)
{
	return n->n;
}

unsigned int smn_names_find(const struct smn_names *n, const char *name,
			    size_t len)
{
	for (unsigned int i = 0; i < n->n; i++)
		if (strlen(n->name[i]) == len &&
		    !memcmp(n->name[i], name, len))
			return i + 1;
	return 0;
}

static bool is_name(const char *name, size_t len)
{
	static const char *const taken[] = { "none", "mem", "words" };

	if (!len || len >= SMN_NAME || isdigit((unsigned char)name[0]))
		return false;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(taken); i++)
		if (strlen(taken[i]) == len && !memcmp(taken[i], name, len))
			return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

unsigned int smn_names_slot(struct smn_names *n, const char *name, size_t len)
{
	unsigned int slot = smn_names_find(n, name, len);
	void *more;

	if (slot || !is_name(name, len) || n->n == UINT16_MAX)
		return slot;
	if (n->n == n->room) {
		n->room = n->room ? 2 * n->room : 16;
		more = realloc(n->name, n->room * sizeof(*n->name));
		if (!more)
			return 0;
		n->name = more;
	}
	memcpy(n->name[n->n], name, len);
	n->name[n->n][len] = '\0';
	return ++n->n;
}

const char *smn_names_of(const struct smn_names *n, unsigned int slot,
			 char buf[SMN_NAME])
{
	if (!slot)
		return "none";
	if (n && slot <= n->n)
		return n->name[slot - 1];
	snprintf(buf, SMN_NAME, "x%u", slot);
	return buf;
}

/* --- ops --- */

/* Names of the UAPI; what is no ioctl goes by our own. */
static const char *const uapi_names[SMN_NOPS] = {
#define X(op, ...) [SMN_##op] = #op,
	SMN_OPS(X)
	SMN_PSEUDO_OPS(X)
#undef X
};

static char dashed(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

const char *smn_op_word(enum smn_op_id op, char buf[SMN_OP_WORD])
{
	const char *name = smn_op_stem(uapi_names[op]);
	size_t at = 0;

	for (; *name && at < SMN_OP_WORD - 1; name++)
		buf[at++] = dashed(*name);
	buf[at] = '\0';
	return buf;
}

static bool same_word(const char *a, const char *b)
{
	while (*a && dashed(*a) == dashed(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

enum smn_op_id smn_op_of_word(const char *word)
{
	char name[SMN_OP_WORD];
	size_t at;

	for (unsigned int i = 0; i < SMN_NOPS; i++)
		if (same_word(word, smn_op_stem(uapi_names[i])))
			return i;
	for (at = 0; word[at] && at < sizeof(name) - 1; at++)
		name[at] = word[at] == '-' ? '_' : word[at];
	name[at] = '\0';
	return smn_op_by_name(name);
}

/* --- a line --- */

struct line {
	char *buf;
	size_t len, at;
	const struct smn_names *names;
};

/* Goes on counting where the line is full, as snprintf() does. */
__attribute__((format(printf, 2, 3)))
static void put(struct line *l, const char *fmt, ...)
{
	bool room = l->at < l->len;
	va_list ap;

	va_start(ap, fmt);
	l->at += vsnprintf(room ? l->buf + l->at : NULL,
			   room ? l->len - l->at : 0, fmt, ap);
	va_end(ap);
}

static void put_name(struct line *l, unsigned int slot)
{
	char buf[SMN_NAME];

	put(l, "%s", smn_names_of(l->names, slot, buf));
}

static void put_flags(struct line *l, const struct smn_arg *a, uint64_t v)
{
	const char *bar = "";

	for (unsigned int i = 0; i < a->nnames; i++) {
		if (!(v >> i & 1) || !a->names[i])
			continue;
		put(l, "%s%s", bar, a->names[i]);
		v &= ~(1ULL << i);
		bar = "|";
	}
	if (v || !bar[0])
		put(l, "%s0x%" PRIx64, bar, v);
}

static void put_number(struct line *l, const struct smn_arg *a, uint64_t v)
{
	const char *name = NULL;

	if (a->format == SMN_ARG_NAMED)
		name = smn_arg_value_name(a, v);
	if (name)
		put(l, "%s", name);
	else if (a->format == SMN_ARG_FLAGS)
		put_flags(l, a, v);
	else if (a->format == SMN_ARG_FD && v == UINT32_MAX)
		put(l, "-1");
	else
		put(l, a->format == SMN_ARG_HEX || a->format == SMN_ARG_WORDS ?
		    "0x%" PRIx64 : "%" PRIu64, v);
}

static void put_value(struct line *l, const struct smn_arg *a,
		      const struct smn_req_value *v)
{
	switch (v->ref) {
	case SMN_REF_NUMBER:
		put_number(l, a, v->value);
		return;
	case SMN_REF_ID:
	case SMN_REF_FD:
		put_name(l, v->slot);
		break;
	case SMN_REF_MEMORY:
		put(l, "mem");
		break;
	case SMN_REF_PAYLOAD:
		put(l, "words");
		return;
	}
	if (v->value)
		put(l, "+0x%" PRIx64, v->value);
}

/* --- the payload --- */

/* By name where that says all of it, else the two words. */
static void put_command(struct line *l, const uint64_t cmd[2])
{
	const struct smn_layout *layout =
		smn_cmd_by_opcode(cmd[0] & SMN_CMD_OPCODE);
	char fields[512];

	if (!layout || cmd[0] & ~smn_layout_known(layout, 0) ||
	    cmd[1] & ~smn_layout_known(layout, 1)) {
		put(l, "0x%" PRIx64 ":0x%" PRIx64, cmd[0], cmd[1]);
		return;
	}
	smn_layout_format(layout, cmd, fields, sizeof(fields));
	for (const char *p = layout->name; *p; p++)
		put(l, "%c", dashed(*p));
	for (char *p = fields; *p; p++)
		*p = *p == ' ' ? ',' : *p;
	put(l, "%s%s", fields[0] ? ":" : "", fields);
}

static void put_commands(struct line *l, const uint64_t *words, unsigned int n)
{
	unsigned int same;

	for (unsigned int i = 0; i < n; i += same) {
		same = 1;
		while (i + same < n && !memcmp(words + 2 * i,
					       words + 2 * (i + same), 16))
			same++;
		put(l, i ? "," : "");
		put_command(l, words + 2 * i);
		if (same > 1)
			put(l, "*%u", same);
	}
}

static void put_payload(struct line *l, const struct smn_request *req)
{
	if (req->op == SMN_IOMMU_HWPT_INVALIDATE && req->nwords % 2 == 0) {
		put(l, " cmds=");
		put_commands(l, req->words, req->nwords / 2);
		return;
	}
	put(l, req->op == SMN_IOMMU_HWPT_ALLOC && req->nwords == 2 ?
	    " ste=" : " words=");
	for (unsigned int i = 0; i < req->nwords; i++)
		put(l, "%s0x%" PRIx64, i ? "," : "", req->words[i]);
}

/* --- the request --- */

/* iommufd's ioctls need not say which file, if it is the usual one. */
static bool usual_file(const struct smn_request *req,
		       const struct smn_names *names)
{
	char name[SMN_NAME];

	return req->kind == SMN_REQ_IOCTL && req->op >= SMN_IOMMU_DESTROY &&
		!strcmp(smn_names_of(names, req->file, name), "iommufd");
}

static void put_open(struct line *l, const struct smn_request *req)
{
	if (req->device == SMN_REQ_PATH)
		put(l, " %s", req->path);
	else if (req->device)
		put(l, " dev%u", req->device - 1);
	else
		put(l, " %s", SMN_IOMMU_NODE);
}

static void put_members(struct line *l, const struct smn_request *req)
{
	const struct smn_op *op = smn_op(req->op);
	bool ioctl = req->kind == SMN_REQ_IOCTL;

	if (req->size != (ioctl ? op->size :
			  req->nwords * sizeof(*req->words)))
		put(l, ioctl ? " size=%u" : " length=%u", req->size);
	if (req->tail)
		put(l, " tail=0x%x", req->tail);
	for (unsigned int i = 0; i < op->nargs; i++) {
		if (!(req->given >> i & 1))
			continue;
		put(l, " %s=", op->args[i].name);
		put_value(l, &op->args[i], &req->arg[i]);
	}
}

size_t smn_request_format(const struct smn_request *req,
			  const struct smn_names *names, char *buf, size_t len)
{
	struct line l = { .buf = buf, .len = len, .names = names };
	char word[SMN_OP_WORD];

	if (len)
		buf[0] = '\0';
	if (req->result) {
		put(&l, "let ");
		put_name(&l, req->result);
		put(&l, " = ");
	}
	put(&l, "%s", smn_op_word(req->op, word));
	if (req->kind == SMN_REQ_OPEN) {
		put_open(&l, req);
		return l.at;
	}
	if (!usual_file(req, names)) {
		put(&l, " ");
		put_name(&l, req->file);
	}
	if (req->kind != SMN_REQ_CLOSE)
		put_members(&l, req);
	if (req->nwords)
		put_payload(&l, req);
	return l.at;
}
