// SPDX-License-Identifier: GPL-2.0-or-later
/* From NAME=VALUE words to a question that the errno rows can answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

void explained_free(struct explained *e)
{
	smn_world_free(&e->world);
}

/* --- registers: the fields that are left out are a full SMMU's --- */

static int full_registers(uint32_t regs[SMN_NREGS], struct smn_why *why)
{
	struct smn_model *m;
	int ret = smn_model_preset("full", &m, why);

	if (ret)
		return ret;
	memcpy(regs, smn_model_world(m)->smmus->regs,
	       SMN_NREGS * sizeof(*regs));
	smn_model_free(m);
	return 0;
}

static struct smn_smmu *the_smmu(struct explained *e)
{
	struct smn_world *w = &e->world;

	if (!w->smmus && smn_world_add_smmu(w, "asked"))
		smn_world_add_device(w, "asked", "asked", w->smmus);
	return w->devs ? w->smmus : NULL;
}

static int tell(struct explained *e, const uint32_t regs[SMN_NREGS])
{
	struct smn_smmu *smmu = the_smmu(e);

	if (!smmu)
		return -ENOMEM;
	smn_smmu_tell(smmu, regs);
	return 0;
}

static int say_registers(struct explained *e, const char *value,
			 struct smn_why *why)
{
	uint64_t words[SMN_NREGS] = { 0 };
	uint32_t regs[SMN_NREGS];

	if (smn_words_parse(value, words, SMN_NREGS) <= 0) {
		smn_why_set(why, "idrs=%.60s is not IDR0,IDR1,...", value);
		return -EINVAL;
	}
	for (unsigned int i = 0; i < SMN_NREGS; i++)
		regs[i] = words[i];
	return tell(e, regs);
}

/* "IDR3=0x1414" or "IDR3.FWB=0"; -ENOENT: it is about no register */
static int say_register(struct explained *e, const char *word,
			struct smn_why *why)
{
	size_t len = strcspn(word, ".=");
	const struct smn_layout *l = NULL;
	uint32_t regs[SMN_NREGS];
	unsigned int i;
	uint64_t v;
	int ret;

	for (i = 0; i < SMN_NREGS && !l; i++)
		if (strlen(smn_idrs[i].name) == len &&
		    !strncasecmp(smn_idrs[i].name, word, len))
			l = &smn_idrs[i];
	if (!l)
		return -ENOENT;
	if (e->world.smmus)
		memcpy(regs, e->world.smmus->regs, sizeof(regs));
	else if ((ret = full_registers(regs, why)))
		return ret;
	v = regs[--i];
	if (word[len] == '.')
		ret = smn_layout_assign(l, &v, word + len + 1, why);
	else
		ret = smn_number_parse(word + len + 1, &v);
	if (ret || v > UINT32_MAX) {
		if (word[len] == '=')
			smn_why_set(why, "'%.60s' is no 32-bit value", word);
		return -EINVAL;
	}
	regs[i] = v;
	return tell(e, regs);
}

/* --- facts and the kernel --- */

static int say_fact(struct explained *e, enum smn_fact fact, const char *value,
		    struct smn_why *why)
{
	bool yes = !strcmp(value, "yes");

	if (!yes && strcmp(value, "no")) {
		smn_why_set(why, "%s is yes or no: %s", smn_fact_name(fact),
			    smn_fact_doc(fact));
		return -EINVAL;
	}
	e->world.facts.is[fact] = smn_truth_of(yes);
	return 0;
}

static int say_kernel(struct explained *e, const char *value,
		      struct smn_why *why)
{
	unsigned int major, minor;
	char more;

	if (sscanf(value, "%2u.%2u%c", &major, &minor, &more) != 2) {
		smn_why_set(why, "kernel=%.60s is not M.N, as 6.13", value);
		return -EINVAL;
	}
	e->world.kernel = major * 100 + minor;
	return 0;
}

/* --- members: as a request says them, to a file that is not there --- */

static int say_member(struct explained *e, char *word, struct smn_why *why)
{
	struct smn_names *names = smn_names_new();
	char head[SMN_OP_WORD + sizeof(" none ")], op[SMN_OP_WORD];
	struct smn_text_error error = { 0 };
	struct smn_request one;
	size_t len = snprintf(head, sizeof(head), "%s none ",
			      smn_op_word(e->op, op));
	char *line = names ? malloc(len + strlen(word) + 1) : NULL;
	int ret = -ENOMEM;

	if (line) {
		memcpy(line, head, len);
		strcpy(line + len, word);
		ret = smn_request_parse(&one, names, line, &error);
	}
	free(line);
	smn_names_free(names);
	*why = error.why;
	if (ret)
		return ret;
	for (unsigned int i = 0; i < SMN_REQ_ARGS; i++)
		if (one.given >> i & 1)
			e->req.arg[i] = one.arg[i];
	e->req.given |= one.given;
	if (!strncmp(word, "size=", 5))
		e->req.size = one.size;
	if (one.nwords) {
		memcpy(e->req.words, one.words, sizeof(one.words));
		e->req.nwords = one.nwords;
	}
	return 0;
}

/* --- all of it --- */

static int say(struct explained *e, char *word, struct smn_why *why)
{
	char *value = strchr(word, '=');
	enum smn_fact fact;
	int ret;

	if (!value) {
		smn_why_set(why, "'%.60s' is not NAME=VALUE", word);
		return -EINVAL;
	}
	*value = '\0';
	fact = smn_fact_by_name(word);
	*value++ = '=';
	if (fact != SMN_NFACTS)
		return say_fact(e, fact, value, why);
	if (!strncmp(word, "kernel=", 7))
		return say_kernel(e, value, why);
	if (!strncasecmp(word, "idrs=", 5))
		return say_registers(e, value, why);
	ret = say_register(e, word, why);
	return ret == -ENOENT ? say_member(e, word, why) : ret;
}

static void ask(struct explained *e)
{
	const struct smn_runner nobody = { .scratch = e->words };

	e->q = (struct smn_question){ .op = e->op, .fd = SMN_ANY_FD,
				      .in = e->arg, .w = &e->world };
	e->q.given = smn_request_arg(&nobody, &e->req, e->arg);
	if (e->req.nwords) {
		e->q.words = e->words;
		e->q.nwords = e->req.nwords;
	}
	smn_question_resolve(&e->q);
}

int explained_by(struct explained *e, char *const *words, unsigned int n,
		 struct smn_why *why)
{
	int ret = 0;

	smn_world_init(&e->world);
	e->req = (struct smn_request){ .op = e->op,
				       .size = smn_op(e->op)->size };
	for (unsigned int i = 0; i < n && !ret; i++)
		ret = say(e, words[i], why);
	e->known = n;
	if (!ret)
		ask(e);
	return ret;
}
