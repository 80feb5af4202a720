// SPDX-License-Identifier: GPL-2.0-or-later
/* Who answers: the real kernel, or a model of one, and telling so. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

/* --- the model --- */

static enum status wrong(struct ctl *ctl, const struct smn_why *why)
{
	struct smn_why remedy = { "one of" };

	for (unsigned int i = 0; smn_preset_name(i); i++) {
		size_t n = strlen(remedy.text);

		snprintf(remedy.text + n, sizeof(remedy.text) - n, "%s %s",
			 i ? "," : "", smn_preset_name(i));
	}
	return ctl_no(ctl, CTL_USAGE, "backend", why, &remedy);
}

static enum status open_model(struct ctl *ctl, const char *more)
{
	const char *name = more[0] ? more : "qemu";
	size_t n = strlen(name);
	bool file = strchr(name, '/') ||
		(n > 5 && !strcmp(name + n - 5, ".json"));
	struct smn_why why = { "out of memory" };
	int ret = file ? model_from_file(name, &ctl->model, &why) :
		smn_model_preset(name, &ctl->model, &why);

	snprintf(ctl->model_name, sizeof(ctl->model_name), "%s", name);
	if (ret == -ENOMEM)
		return ctl_no(ctl, CTL_INTERNAL, "backend", &why,
			      &(struct smn_why){ "free some memory" });
	if (ret && file)
		return ctl_no(ctl, CTL_USAGE, "backend", &why,
			      &(struct smn_why){ "smmunest-ctl info --json "
						 ">FILE.json" });
	return ret ? wrong(ctl, &why) : CTL_OK;
}

/* --dry-run: what can be learned of this machine without changing it. */
static enum status open_mirror(struct ctl *ctl)
{
	int ret = smn_model_of(&ctl->sys, &ctl->model);
	struct smn_world *w;

	snprintf(ctl->model_name, sizeof(ctl->model_name), "this machine");
	if (ret == -ENOMEM || ctl->sys.failed.err != ret)
		return ret ? ctl_no(ctl, CTL_INTERNAL, "backend",
				    &(struct smn_why){ "sysfs cannot be read" },
				    &(struct smn_why){ "smmunest-ctl info" }) :
			CTL_OK;
	if (ret)
		return ctl_refused(ctl, ret);
	w = smn_model_world(ctl->model);
	ctl_learn_limits(ctl, w);
	return CTL_OK;
}

static enum status open_kernel(struct ctl *ctl, const char *more)
{
	struct smn_why why;

	if (!more[0])
		return CTL_OK;
	smn_why_set(&why, "--backend=kernel:%.60s: the kernel has no variants",
		    more);
	return ctl_no(ctl, CTL_USAGE, "backend", &why,
		      &(struct smn_why){ "--backend=kernel" });
}

/* --- all of them --- */

static const struct backend {
	const char *name;
	enum status (*open)(struct ctl *ctl, const char *more);
} backends[] = {
	{ "kernel", open_kernel },
	{ "model", open_model },
	{ "replay", replay_open },
};

static const struct backend *find(const char *spec)
{
	size_t n = strcspn(spec, ":");

	for (size_t i = 0; i < SMN_ARRAY_SIZE(backends); i++)
		if (strlen(backends[i].name) == n &&
		    !strncmp(backends[i].name, spec, n))
			return &backends[i];
	return NULL;
}

bool backend_known(const char *spec)
{
	return find(spec);
}

/* The option, else the environment, else the kernel. */
static enum status open_named(struct ctl *ctl)
{
	const char *env = getenv("SMMUNEST_BACKEND");
	const char *spec = ctl->backend ? ctl->backend :
		env && env[0] ? env : "kernel";
	const struct backend *b = find(spec);
	struct smn_why why;

	if (b)
		return b->open(ctl, spec[strlen(b->name)] ?
			       spec + strlen(b->name) + 1 : "");
	smn_why_set(&why, "SMMUNEST_BACKEND='%.60s' is not a backend", spec);
	return ctl_no(ctl, CTL_USAGE, "backend", &why,
		      &(struct smn_why){ "one of " BACKEND_NAMES });
}

/* Options that say two things about who answers. */
static enum status contradicts(struct ctl *ctl, const char *why,
			       const char *remedy)
{
	struct smn_why cause, other;

	smn_why_set(&cause, "%s", why);
	smn_why_set(&other, "%s", remedy);
	return ctl_no(ctl, CTL_USAGE, "backend", &cause, &other);
}

enum status backend_open(struct ctl *ctl)
{
	enum status status;

	if (ctl->dry_run && ctl->backend)
		return contradicts(ctl, "--dry-run is on a model of this "
				   "machine, --backend names another",
				   "leave one of them out");
	status = ctl->dry_run ? open_mirror(ctl) : open_named(ctl);
	if (!status && ctl->replay && ctl->record)
		return contradicts(ctl, "--record of a recording would be the "
				   "same again", "cp, without --record");
	if (status || !ctl->model)
		return status;
	ctl->on_model = true;
	ctl->sys.be = &smn_backend_model;
	ctl->sys.priv = ctl->model;
	ctl->sys.world = smn_model_world(ctl->model);
	ctl->sys.failed = (struct smn_call){ 0 };
	return CTL_OK;
}

void backend_close(struct ctl *ctl)
{
	replay_close(ctl);
	smn_model_free(ctl->model);
}

void backend_tell(const struct ctl *ctl, FILE *to)
{
	if (ctl->replay)
		fprintf(to, "replay        %s: a recording of %s%s answers, no "
			"real kernel\n", ctl->replay, ctl->on_model ? "model " :
			"a kernel", ctl->model_name);
	/* what words mean is the same everywhere */
	if (ctl->model && smn_model_asked(ctl->model))
		fprintf(to, "model         %s: a software kernel answers, no "
			"real one\n", ctl->model_name);
}

void backend_tell_stderr(struct ctl *ctl)
{
	if (!ctl->model_told)
		backend_tell(ctl, stderr);
	ctl->model_told |= ctl->replay ||
		(ctl->model && smn_model_asked(ctl->model));
}
