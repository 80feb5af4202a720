// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a walk ends, and the event record that an SMMU would write: the event's
 * own table tells which fields it has, IHI 0070 section 7.3.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/stage.h"

static const struct smn_layout *event_named(const char *name)
{
	for (unsigned int i = 0; i < smn_nevts; i++)
		if (!strcmp(smn_evts[i].name, name))
			return &smn_evts[i];
	return NULL;
}

/* What the event's table has no row for is not recorded. */
static void put(struct smn_walk_result *out, const char *name, uint64_t value)
{
	const struct smn_field *f = smn_layout_field(out->event, name,
						     strlen(name));

	if (!f)
		return;
	if (f->addr)
		value &= smn_field_mask(f);
	smn_field_put(f, out->evt, value, NULL);
}

static void record(const struct smn_walking *w, const struct smn_fault *f,
		   bool stall)
{
	struct smn_walk_result *out = w->out;

	out->evt[0] |= out->event->opcode;
	put(out, "SID", w->in->sid);
	put(out, "SSV", w->in->ssv);
	put(out, "SSID", w->in->ssv ? w->in->ssid : 0);
	put(out, "RnW", !w->write);
	put(out, "PnU", w->priv);
	put(out, "InD", w->inst);
	put(out, "InputAddr", w->in->iova);
	put(out, "Stall", stall);
	if (!f)
		return;
	put(out, "S2", f->s2);
	put(out, "CLASS", f->class);
	put(out, "IPA", f->s2 ? f->ipa : 0);
	put(out, "FetchAddr", f->fetch);
	put(out, "TTRnW", f->ttrnw);
	out->ipa = f->s2 ? f->ipa : 0;
	out->fetch = f->fetch;
}

/* Descriptors have one word, structures have rows that tell. */
static uint8_t word_of(const char *what, const char *field)
{
	const struct smn_layout *l = smn_layout_by_name(what);
	const struct smn_field *f = l && field ?
		smn_layout_field(l, field, strlen(field)) : NULL;

	return f ? f->word : 0;
}

static void emit(const struct smn_walking *w, struct smn_walk_step *step,
		 const char *field)
{
	step->field = field;
	step->word = word_of(step->what, field);
	if (w->in->step)
		w->in->step(w->in->ctx, step);
}

__attribute__((format(printf, 2, 0)))
static void set_text(struct smn_why *why, const char *fmt, va_list ap)
{
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
}

void smn_walk_says(struct smn_walking *w, struct smn_walk_step *step,
		   const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_text(&step->says, fmt, ap);
	va_end(ap);
	emit(w, step, field);
}

bool smn_walk_end(struct smn_walking *w, enum smn_walk_end end,
		  struct smn_walk_step *step, const char *field,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_text(&w->out->why, fmt, ap);
	va_end(ap);
	w->out->end = end;
	if (step) {
		smn_why_set(&step->says, end == SMN_WALK_SILENT ? "abort" :
			    "not known");
		emit(w, step, field);
	}
	return false;
}

bool smn_walk_read(struct smn_walking *w, struct smn_walk_step *step,
		   uint64_t pa, unsigned int n)
{
	unsigned char raw[sizeof(step->value)];

	step->pa = pa;
	step->read = true;
	if (w->in->read(w->in->ctx, pa, raw, n * sizeof(*step->value))) {
		step->failed = true;
		return false;
	}
	step->words = n;
	for (unsigned int i = 0; i < n; i++) {
		step->value[i] = 0;
		for (unsigned int b = 0; b < 8; b++)
			step->value[i] |= (uint64_t)raw[8 * i + b] << 8 * b;
	}
	return true;
}

/*
 * Faults of translation obey the A, R and S bits of their stage, section 5.5:
 * they stall, are recorded, or vanish. Stage 2 has no A and always aborts.
 */
static void end_fault(struct smn_walking *w, const struct smn_fault *f,
		      bool obeys)
{
	struct smn_walk_result *out = w->out;
	bool s2 = f && f->s2;
	bool stall = false, recorded = true, aborts = true;
	size_t len = strlen(out->why.text);

	if (obeys && s2) {
		stall = smn_walk_ste(w, "S2S");
		recorded = stall || smn_walk_ste(w, "S2R");
	} else if (obeys && w->cd_known) {
		stall = smn_walk_cd(w, "S");
		recorded = stall || smn_walk_cd(w, "R");
		aborts = smn_walk_cd(w, "A");
	}
	record(w, f, stall);
	out->end = recorded ? SMN_WALK_EVENT : SMN_WALK_SILENT;
	if (!recorded)
		snprintf(out->why.text + len, sizeof(out->why.text) - len,
			 "; not recorded, %s is 0; %s", s2 ? "STE.S2R" : "CD.R",
			 aborts ? "aborted" : "a read gets 0, a write is lost");
}

bool smn_walk_fault(struct smn_walking *w, const char *type,
		    const struct smn_fault *f, struct smn_walk_step *step,
		    const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_text(&w->out->why, fmt, ap);
	va_end(ap);
	smn_why_set(&step->says, "%s", type);
	emit(w, step, field);
	w->out->event = event_named(type);
	end_fault(w, f, f && !f->always);
	return false;
}

bool smn_walk_unread(struct smn_walking *w, const char *type,
		     const struct smn_fault *f, struct smn_walk_step *step)
{
	struct smn_fault always = *f;

	always.always = true;
	w->out->unread = true;
	return smn_walk_fault(w, type, &always, step, NULL,
			      "0x%" PRIx64 " cannot be read", step->pa);
}
