// SPDX-License-Identifier: GPL-2.0-or-later
/* alloc [devN] [upto=STAGE] [vsid=N] [memory=SIZE@IPA] [FIELD=VALUE]... */
#include <inttypes.h>
#include <stdio.h>

#include "nest/verb.h"

#define VSID 0x10	/* of dev0, the next one's is the next */
#define IPA 0x40000000	/* of the VM's memory, where the command has it, too */

static const char *const stages[] = {
	[SMN_UPTO_DEVICE] = "device", [SMN_UPTO_IOAS] = "ioas",
	[SMN_UPTO_S2] = "s2", [SMN_UPTO_VIOMMU] = "viommu",
	[SMN_UPTO_VDEVICE] = "vdevice", [SMN_UPTO_S1] = "s1",
};

struct alloc {
	unsigned int upto;
	bool no_vdevice;
	uint64_t vsid, ipa, bytes;
	char ste[256];		/* ",Cfg=s1,S1ContextPtr=0x1000" */
	uint64_t words[2], seen[2];
};

static const char *stage_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i < SMN_ARRAY_SIZE(stages) ? stages[i] : NULL;
}

static int parse_upto(struct smn_verb *v, struct alloc *a, struct smn_word w,
		      const char *value)
{
	for (a->upto = 0; a->upto < SMN_ARRAY_SIZE(stages); a->upto++)
		if (!strcmp(stages[a->upto], value))
			return 0;
	smn_script_wrong(v->r, w, "'%.60s' is no stage", value);
	return smn_script_suggest(v->r, smn_nearest(value, strlen(value),
						    stage_at, NULL));
}

/* A field of the STE; each is looked at here, so that its column is known. */
static int parse_field(struct smn_verb *v, struct alloc *a, struct smn_word w)
{
	size_t have = strlen(a->ste);
	char word[SMN_VERB_WORD];
	struct smn_why why;

	if (smn_layout_assign_once(&smn_vste, a->words, a->seen,
				   smn_verb_copy(w, word), &why))
		return smn_script_wrong(v->r, w, "%s", why.text);
	if (have + w.len + 2 > sizeof(a->ste))
		return smn_script_wrong(v->r, w, "that is too much");
	snprintf(a->ste + have, sizeof(a->ste) - have, "%s%s", have ? "," : "",
		 word);
	return 0;
}

static int parse_vsid(struct smn_verb *v, struct alloc *a, struct smn_word w,
		      const char *value)
{
	a->no_vdevice = !strcmp(value, "none");
	if (!a->no_vdevice && smn_number_parse(value, &a->vsid))
		return smn_script_wrong(v->r, w, "'%.60s' is no vSID", value);
	return 0;
}

/* It is mapped once: DMA and stage 1 count on where that was. */
static int parse_memory(struct smn_verb *v, struct alloc *a, struct smn_word w,
			const char *value)
{
	const struct smn_script *s = v->r->s;

	if (smn_memory_parse(value, &a->bytes, &a->ipa) ||
	    a->bytes > SMN_SCRIPT_MEMORY)
		return smn_script_wrong(v->r, w, "'%.60s' is not SIZE@IPA, or "
					"more than 4M", value);
	if (s->ipa_bytes && (a->bytes != s->ipa_bytes || a->ipa != s->ipa))
		return smn_script_wrong(v->r, w, "an alloc before has mapped "
					"0x%" PRIx64 "@0x%" PRIx64,
					s->ipa_bytes, s->ipa);
	return 0;
}

static int parse_word(struct smn_verb *v, struct alloc *a, struct smn_word w)
{
	static const struct {
		const char *name;
		int (*parse)(struct smn_verb *v, struct alloc *a,
			     struct smn_word w, const char *value);
	} words[] = { { "upto", parse_upto }, { "vsid", parse_vsid },
		      { "memory", parse_memory } };
	char value[SMN_VERB_WORD];

	for (size_t i = 0; i < SMN_ARRAY_SIZE(words); i++)
		if (smn_verb_option(w, words[i].name, value))
			return words[i].parse(v, a, w, value);
	return parse_field(v, a, w);
}

static uint64_t ste_field(const char *name, const uint64_t *words)
{
	return smn_field_get(smn_layout_field(&smn_vste, name, strlen(name)),
			     words);
}

/* What the STE says of stage 1 where it was not told. */
static void complete_ste(struct smn_verb *v, struct alloc *a)
{
	const struct smn_script *s = v->r->s;
	size_t have = strlen(a->ste);

	if (!have) {
		strcpy(a->ste, "Cfg=bypass");
		return;
	}
	if (ste_field("Cfg", a->words) & 1 &&
	    !ste_field("S1ContextPtr", a->seen) &&
	    s->ipa_bytes >= SMN_SCRIPT_VM)
		snprintf(a->ste + have, sizeof(a->ste) - have,
			 ",S1ContextPtr=0x%" PRIx64,
			 s->ipa + SMN_SCRIPT_TABLES);
}

static int need_device(struct smn_verb *v)
{
	unsigned int n = v->device;
	int ret = smn_verb_need(v, false, "let iommufd = open /dev/iommu");

	if (!ret)
		ret = smn_verb_need(v, false, "let cdev%u = open dev%u", n, n);
	return ret ? ret : smn_verb_need(v, true, "let dev%u = bind-iommufd "
					 "cdev%u", n, n);
}

/* Memory goes with the IOAS: mapped when that is made. */
static int need_ioas(struct smn_verb *v, const struct alloc *a)
{
	int ret = smn_verb_need(v, false, "let ioas = ioas-alloc");

	if (!ret && a->bytes)
		ret = smn_verb_need(v, true, "ioas-map ioas_id=ioas flags="
				    "READABLE|WRITEABLE|FIXED_IOVA user_va=mem "
				    "length=0x%" PRIx64 " iova=0x%" PRIx64,
				    a->bytes, a->ipa);
	v->r->s->ipa = a->ipa;
	v->r->s->ipa_bytes = a->bytes;
	return ret;
}

/* What is beneath stage 1. */
static int need_chain(struct smn_verb *v, const struct alloc *a)
{
	unsigned int n = v->device;
	int ret = need_device(v);

	if (!ret && a->upto >= SMN_UPTO_IOAS)
		ret = need_ioas(v, a);
	if (!ret && a->upto >= SMN_UPTO_S2)
		ret = smn_verb_need(v, false, "let s2 = hwpt-alloc dev_id=dev%u"
				    " pt_id=ioas flags=NEST_PARENT", n);
	if (!ret && a->upto >= SMN_UPTO_VIOMMU)
		ret = smn_verb_need(v, false, "let viommu = viommu-alloc "
				    "dev_id=dev%u hwpt_id=s2 type=ARM_SMMUV3",
				    n);
	if (!ret && a->upto >= SMN_UPTO_VDEVICE && !a->no_vdevice)
		ret = smn_verb_need(v, false, "let vdev%u = vdevice-alloc "
				    "viommu_id=viommu dev_id=dev%u virt_id=0x%"
				    PRIx64, n, n, a->vsid);
	return ret;
}

/*
 * Without stage 1 the last one is what the line is about: where something is
 * expected of it, it is made whether it is there or not.
 */
static int expect_last(struct smn_verb *v)
{
	struct smn_script *s = v->r->s;
	struct smn_script_line *l = &s->lines[s->n - 1];

	if (!s->expects)
		return 0;
	l->once = l->follows = false;
	return smn_expect_take(s, l, v->r->error);
}

static int parse(struct smn_verb *v, struct alloc *a, struct smn_word w)
{
	const struct smn_script *s = v->r->s;
	int ret = 0;

	smn_verb_device(v, &w);
	*a = (struct alloc){
		.upto = SMN_UPTO_S1, .vsid = VSID + v->device,
		.ipa = s->ipa_bytes ? s->ipa : IPA,
		.bytes = s->ipa_bytes ? s->ipa_bytes : SMN_SCRIPT_VM };
	for (; !ret && w.len; w = smn_word_after(w))
		ret = parse_word(v, a, w);
	if (!ret && a->upto < SMN_UPTO_S1 && (v->let.len || a->ste[0]))
		ret = smn_script_wrong(v->r, v->verb, "only stage 1 has a name "
				       "and fields; the others are ioas, s2, "
				       "viommu, dev%u, vdev%u", v->device,
				       v->device);
	return ret;
}

static int read_alloc(struct smn_verb *v, struct smn_word w)
{
	struct alloc a;
	int ret = parse(v, &a, w);

	if (!ret)
		ret = need_chain(v, &a);
	if (ret || a.upto < SMN_UPTO_S1)
		return ret ? ret : expect_last(v);
	complete_ste(v, &a);
	return smn_verb_request(v, "let %.*s = hwpt-alloc dev_id=dev%u "
				"pt_id=viommu ste=%s",
				v->let.len ? v->let.len : 2,
				v->let.len ? v->let.at : "s1", v->device,
				a.ste);
}

const struct smn_verb_row smn_verb_alloc = { "alloc", read_alloc, true };
