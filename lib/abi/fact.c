// SPDX-License-Identifier: GPL-2.0-or-later
/* The facts' names and meanings. See fact.h. */
#include <string.h>

#include "abi/fact.h"

static const struct {
	const char *name, *doc;
} facts[SMN_NFACTS] = {
#define X(fact, name_, doc_) [SMN_FACT_##fact] = { name_, doc_ },
	SMN_FACTS(X)
#undef X
};

const char *smn_fact_name(enum smn_fact fact)
{
	return facts[fact].name;
}

const char *smn_fact_doc(enum smn_fact fact)
{
	return facts[fact].doc;
}

enum smn_fact smn_fact_by_name(const char *name)
{
	unsigned int i = 0;

	while (i < SMN_NFACTS && strcmp(facts[i].name, name))
		i++;
	return i;
}

void smn_facts_fill(struct smn_facts *f, enum smn_truth truth)
{
	memset(f->is, truth, sizeof(f->is));
}
