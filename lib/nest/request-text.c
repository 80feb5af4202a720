// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading requests. The line is cut into words at its blanks; a word is the
 * op's name, a file, or MEMBER=VALUE. See request.h for what may be in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nest/parse.h"

/* The next word, its end cut off; NULL at the end or at a comment. */
static char *next_word(struct smn_parse *p)
{
	struct smn_word w = smn_word_at(p->next);
	char *word = p->next + (w.at - p->next);

	p->next = word + w.len;
	if (!w.len)
		return NULL;
	if (*p->next)
		*p->next++ = '\0';
	return word;
}

/* --- MEMBER=VALUE --- */

static int parse_size(struct smn_parse *p, char *text)
{
	bool ioctl = p->req->kind == SMN_REQ_IOCTL;
	uint64_t v;
	int ret = smn_parse_number(p, text,
				   ioctl ? SMN_REQ_SIZE : SMN_REQ_LENGTH, &v);

	p->req->size = v;
	p->has_size = true;
	return ret;
}

static int parse_tail(struct smn_parse *p, char *text)
{
	uint64_t v;
	int ret = smn_parse_number(p, text, UINT8_MAX, &v);

	p->req->tail = v;
	return ret;
}

static const struct {
	const char *name;
	unsigned int kinds; /* 1 << enum smn_req_kind */
	enum smn_op_id op;  /* SMN_NOPS: any */
	int (*parse)(struct smn_parse *p, char *text);
} extras[] = {
	{ "size", 1 << SMN_REQ_IOCTL, SMN_NOPS, parse_size },
	{ "tail", 1 << SMN_REQ_IOCTL, SMN_NOPS, parse_tail },
	{ "length", 1 << SMN_REQ_READ | 1 << SMN_REQ_WRITE | 1 << SMN_REQ_MAP,
	  SMN_NOPS, parse_size },
	{ "words", 1 << SMN_REQ_IOCTL | 1 << SMN_REQ_READ | 1 << SMN_REQ_WRITE,
	  SMN_NOPS, smn_parse_words },
	{ "ste", 1 << SMN_REQ_IOCTL, SMN_IOMMU_HWPT_ALLOC, smn_parse_ste },
	{ "cmds", 1 << SMN_REQ_IOCTL, SMN_IOMMU_HWPT_INVALIDATE,
	  smn_parse_commands },
};

static const char *member_at(const void *ctx, unsigned int i)
{
	const struct smn_op *op = ctx;

	if (i < op->nargs)
		return op->args[i].name;
	i -= op->nargs;
	return i < SMN_ARRAY_SIZE(extras) ? extras[i].name : NULL;
}

/* Of our own argument for files only some is the user's. */
static bool is_users(const struct smn_request *req, const char *name)
{
	bool region = req->op == SMN_READ_REGION || req->op == SMN_WRITE_REGION;

	return req->kind == SMN_REQ_IOCTL || !strcmp(name, "data") ||
	       (region && (!strcmp(name, "region") || !strcmp(name, "offset")));
}

static int parse_member(struct smn_parse *p, char *word, char *value)
{
	unsigned int kind = 1u << p->req->kind;
	const struct smn_arg *a;
	unsigned int i;

	for (i = 0; i < SMN_ARRAY_SIZE(extras); i++)
		if (!strcmp(extras[i].name, word) && extras[i].kinds & kind &&
		    (extras[i].op == SMN_NOPS || extras[i].op == p->req->op))
			return extras[i].parse(p, value);
	a = smn_op_arg(p->op, word);
	if (!a || !is_users(p->req, word)) {
		smn_parse_wrong(p, word, "no member '%.60s'", word);
		return smn_parse_suggest(
			p, smn_nearest(word, strlen(word), member_at, p->op));
	}
	i = a - p->op->args;
	if (p->req->given >> i & 1)
		return smn_parse_wrong(p, word, "%s is given twice", word);
	p->req->given |= 1u << i;
	return smn_parse_value(p, a, value, &p->req->arg[i]);
}

static int parse_members(struct smn_parse *p, char *word)
{
	for (; word; word = next_word(p)) {
		char *equals = strchr(word, '=');

		if (!equals)
			return smn_parse_wrong(
				p, word, "'%.60s' is not MEMBER=VALUE", word);
		*equals = '\0';
		if (parse_member(p, word, equals + 1))
			return -EINVAL;
	}
	return 0;
}

/* --- the line --- */

struct op_words {
	char word[SMN_NOPS][SMN_OP_WORD];
};

static const char *op_word_at(const void *ctx, unsigned int i)
{
	const struct op_words *words = ctx;

	return i < SMN_NOPS ? words->word[i] : NULL;
}

static int no_op(struct smn_parse *p, const char *word)
{
	struct op_words words;

	for (unsigned int i = 0; i < SMN_NOPS; i++)
		smn_op_word(i, words.word[i]);
	smn_parse_wrong(p, word, "'%.60s' is no request", word);
	return smn_parse_suggest(
		p, smn_nearest(word, strlen(word), op_word_at, &words));
}

static enum smn_req_kind kind_of(enum smn_op_id op)
{
	switch (op) {
	case SMN_OPEN:
		return SMN_REQ_OPEN;
	case SMN_CLOSE:
		return SMN_REQ_CLOSE;
	case SMN_MMAP:
		return SMN_REQ_MAP;
	case SMN_READ_VEVENTQ:
	case SMN_READ_FAULTQ:
	case SMN_READ_REGION:
		return SMN_REQ_READ;
	case SMN_WRITE_FAULTQ:
	case SMN_WRITE_REGION:
		return SMN_REQ_WRITE;
	default:
		return SMN_REQ_IOCTL;
	}
}

static int parse_op(struct smn_parse *p, const char *word)
{
	struct smn_request *req = p->req;
	enum smn_op_id op = smn_op_of_word(word);

	if (op == SMN_NOPS)
		return no_op(p, word);
	req->op = op;
	req->kind = kind_of(op);
	p->op = smn_op(op);
	if (req->kind == SMN_REQ_IOCTL)
		req->size = p->op->size;
	return 0;
}

/* "/dev/iommu", "dev0", or another path */
static int parse_open(struct smn_parse *p)
{
	char *word = next_word(p), *more;
	uint64_t n;

	if (!word)
		return smn_parse_wrong(p, p->next,
				       "open what: " SMN_IOMMU_NODE ", dev0");
	more = next_word(p);
	if (more)
		return smn_parse_wrong(p, more, "'%.60s' is one word too many",
				       more);
	if (!strcmp(word, SMN_IOMMU_NODE))
		return 0;
	if (!strncmp(word, "dev", 3) && !smn_number_parse(word + 3, &n) &&
	    n < SMN_REQ_PATH - 1) {
		p->req->device = n + 1;
		return 0;
	}
	if (word[0] != '/' || strlen(word) >= sizeof(p->req->path))
		return smn_parse_wrong(p, word,
				       "'%.60s' is none of " SMN_IOMMU_NODE
				       ", dev0, /PATH",
				       word);
	p->req->device = SMN_REQ_PATH;
	strcpy(p->req->path, word);
	return 0;
}

/* A word without '=' names the file; iommufd's ioctls have a usual one. */
static int parse_file(struct smn_parse *p, char **word)
{
	bool iommu = p->req->kind == SMN_REQ_IOCTL &&
		p->req->op >= SMN_IOMMU_DESTROY;
	char *name = *word;

	if (name && !strchr(name, '=')) {
		*word = next_word(p);
		return smn_parse_slot(p, name, strlen(name), &p->req->file);
	}
	if (!iommu)
		return smn_parse_wrong(p, name ? name : p->next,
				       "the file's name comes first");
	p->req->file = smn_names_find(p->names, "iommufd", 7);
	return p->req->file ?
		0 :
		smn_parse_wrong(p, p->copy,
				"no file is called iommufd yet: "
				"let iommufd = open " SMN_IOMMU_NODE);
}

/* What the usual values are where they are the parser's to know. */
static void complete(struct smn_parse *p)
{
	struct smn_request *req = p->req;
	unsigned int iommufd = smn_names_find(p->names, "iommufd", 7);
	const struct smn_arg *a;

	if ((req->kind == SMN_REQ_READ || req->kind == SMN_REQ_WRITE) &&
	    req->nwords && !p->has_size)
		req->size = req->nwords * sizeof(*req->words);
	if (req->op != SMN_VFIO_DEVICE_BIND_IOMMUFD || !iommufd)
		return;
	a = smn_op_arg(p->op, "iommufd");
	if (req->given >> (a - p->op->args) & 1)
		return;
	req->given |= 1u << (a - p->op->args);
	req->arg[a - p->op->args] =
		(struct smn_req_value){ SMN_REF_FD, iommufd, 0 };
}

static int parse_line(struct smn_parse *p)
{
	struct smn_line_head head;
	char *word;

	if (smn_line_head(p->copy, &head, p->error))
		return -EINVAL;
	p->result = head.name;
	p->next += head.op.at - p->copy;
	word = next_word(p);
	if (!word)
		return -ENODATA;
	if (parse_op(p, word))
		return -EINVAL;
	if (p->req->kind == SMN_REQ_OPEN)
		return parse_open(p);
	word = next_word(p);
	if (parse_file(p, &word) || parse_members(p, word))
		return -EINVAL;
	complete(p);
	return 0;
}

/* The name is known only from here on, so that it cannot be its own object. */
static int let(struct smn_parse *p)
{
	struct smn_word name = p->result;

	if (!name.len)
		return 0;
	p->req->result = smn_names_slot(p->names, name.at, name.len);
	return p->req->result ? 0 :
		smn_parse_wrong(p, name.at, "'%.*s' cannot be a name: letters, "
				"digits, _", name.len < 60 ? name.len : 60,
				name.at);
}

int smn_request_parse(struct smn_request *req, struct smn_names *names,
		      const char *line, struct smn_text_error *error)
{
	struct smn_parse p = { .req = req, .names = names, .error = error };
	int ret;

	*req = (struct smn_request){ 0 };
	p.copy = p.next = strdup(line);
	if (!p.copy)
		return -ENOMEM;
	ret = parse_line(&p);
	if (!ret)
		ret = let(&p);
	free(p.copy);
	return ret;
}
