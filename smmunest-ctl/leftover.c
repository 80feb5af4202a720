// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What this process has of the machine, counted after the first and after the
 * last of many rounds that have to leave nothing behind.
 */
#include <errno.h>
#include <sys/wait.h>

#include "detach.h"

/* X(index, its name in the document, how much more of it is nothing) */
#define THINGS(X) \
	X(FILES, "open_files", 0) \
	X(OBJECTS, "objects", 0) \
	X(CHILDREN, "children", 0) \
	X(MEMORY, "memory_kib", 1024)

/* by a model's machine, which has no such files */
#define UNTOLD UINT64_MAX

enum {
#define X(index, name, slack) THING_##index,
	THINGS(X)
#undef X
};

static const struct {
	const char *name;
	uint64_t slack;
} things[LEFTOVERS] = {
#define X(index, name, slack) { name, slack },
	THINGS(X)
#undef X
};

static int count(void *ctx, const char *name)
{
	(void)name;
	++*(uint64_t *)ctx;
	return 0;
}

static uint64_t open_files(struct smn_sys *sys)
{
	uint64_t n = 0;

	return smn_sys_list(sys, "/proc/self/fd", count, &n) ? UNTOLD : n;
}

static uint64_t resident(struct smn_sys *sys)
{
	uint64_t kib;

	return ctl_own_status(sys, "VmRSS:", 10, &kib) ? kib : UNTOLD;
}

static bool has_child(void)
{
	siginfo_t info;

	return !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ||
		errno != ECHILD;
}

void leftover_count(struct ctl *ctl, uint64_t now[LEFTOVERS])
{
	now[THING_FILES] = open_files(&ctl->sys);
	now[THING_OBJECTS] = smn_session_mark(&ctl->session);
	now[THING_CHILDREN] = has_child();
	now[THING_MEMORY] = resident(&ctl->sys);
}

bool leftover_tell(struct ctl *ctl, const uint64_t first[LEFTOVERS],
		   const uint64_t last[LEFTOVERS], struct smn_why *why)
{
	struct json_object *list = json_object_new_array();
	bool nothing = true;

	for (size_t i = 0; i < LEFTOVERS; i++) {
		struct json_object *o;

		if (last[i] == UNTOLD)
			continue;
		o = json_object_new_object();
		doc_add_str(o, "what", things[i].name);
		doc_add_int(o, "first", first[i]);
		doc_add_int(o, "last", last[i]);
		json_object_array_add(list, o);
		if (last[i] <= first[i] + things[i].slack)
			continue;
		nothing = false;
		smn_why_set(why, "%s: %llu after the first round, %llu after "
			    "the last", things[i].name,
			    (unsigned long long)first[i],
			    (unsigned long long)last[i]);
	}
	doc_add(ctl->result, "left", list);
	return nothing;
}
