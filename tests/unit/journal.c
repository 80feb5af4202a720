// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whoever is killed while he gives a device to another driver leaves enough
 * behind for the next one to undo it. A process on a model dies before or after
 * each of its calls, or one of them fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"
#include "host/journal.h"
#include "mortal.h"
#include "sys/machine.h"
#include "tap.h"

#define BDF "0000:00:02.0"
#define OTHER "0000:00:03.0"
#define DEVICES "/sys/bus/pci/devices/"
#define DRIVERS "/sys/bus/pci/drivers/"
#define LOCKFILE SMN_JOURNAL "/" BDF ".lock"

/* --- the machine: a disk that is nvme's, another one --- */

static void add(struct smn_model *m, const char *bdf, const char *own)
{
	const struct smn_part_row row = { .bdf = bdf, .driver = own,
					  .own = own, .iommu = "smmu3.0",
					  .group = bdf[9] };

	smn_machine_add(smn_model_machine(m), &row);
}

static struct smn_sys begin(struct mortal *k, const char *override)
{
	struct smn_sys sys = { .be = &mortal_backend, .priv = k };

	*k = (struct mortal){ .m = smn_model_new(), .at = NEVER };
	add(k->m, BDF, "nvme");
	add(k->m, OTHER, "other");
	smn_sys_write_text(&sys, DEVICES BDF "/driver_override", 0,
			   override[0] ? override : "\n");
	k->calls = 0;
	return sys;
}

static void end(struct mortal *k)
{
	smn_model_free(k->m);
}

static int bind_it(struct smn_sys *sys)
{
	struct smn_why why;

	return smn_driver_bind(sys, BDF, &why);
}

static int unbind_it(struct smn_sys *sys)
{
	struct smn_why why;
	char driver[32];

	return smn_driver_unbind(sys, BDF, driver, sizeof(driver), &why);
}

/* Taken from vfio-pci for a while, and back. */
static int take_it(struct smn_sys *sys)
{
	struct smn_removal r;
	struct smn_why why;
	int ret = smn_removal_plan(sys, BDF, SMN_WAY_UNBIND, &r, &why), back;

	if (ret)
		return ret;
	ret = smn_removal_begin(&r);
	back = smn_removal_undo(&r, 1000, &why);
	return ret ? ret : back;
}

/* Until its end, or until death; what it had open is closed by the kernel. */
static int live(struct smn_sys *sys, int (*work)(struct smn_sys *sys), int at,
		enum fate fate)
{
	struct mortal *k = sys->priv;
	volatile int ret = -EINTR;

	k->calls = 0;
	k->at = at;
	k->fate = fate;
	if (!setjmp(k->death))
		ret = work(sys);
	k->at = NEVER;
	for (int fd = 0; fd < MAX_FDS; fd++)
		if (k->path[fd][0])
			k_close(k, fd);
	return ret;
}

/* --- what there is afterwards --- */

static bool driver_is(struct smn_sys *sys, const char *name)
{
	char driver[32] = "";

	smn_sys_link_name(sys, DEVICES BDF "/driver", driver, sizeof(driver));
	return !strcmp(driver, name);
}

static bool override_is(struct smn_sys *sys, const char *name)
{
	char text[32];

	smn_sys_read_text(sys, DEVICES BDF "/driver_override", text,
			  sizeof(text));
	return !strcmp(text, name[0] ? name : "(null)");
}

static bool is_half(struct smn_sys *sys)
{
	struct smn_former former;

	return !smn_journal_half(sys, BDF, &former);
}

static bool is_kept(struct smn_sys *sys)
{
	struct smn_former former;

	return !smn_journal_kept(sys, BDF, &former);
}

static bool is_native(struct smn_sys *sys, const char *override)
{
	return driver_is(sys, "nvme") && override_is(sys, override) &&
		!is_kept(sys) && !is_half(sys);
}

static bool is_bound(struct smn_sys *sys)
{
	return driver_is(sys, SMN_VFIO_PCI) &&
		override_is(sys, SMN_VFIO_PCI) && is_kept(sys) &&
		!is_half(sys);
}

struct told {
	int n;
	struct smn_recovered last;
};

static void tell(void *ctx, const struct smn_recovered *r)
{
	struct told *told = ctx;

	told->n++;
	told->last = *r;
}

static struct told recover(struct smn_sys *sys, bool completed)
{
	struct told told = { 0 };

	if (smn_driver_recover(sys, NULL, completed, tell, &told))
		told.n = -1;
	return told;
}

/* --- tests --- */

static int count(const char *override, bool bound,
		 int (*work)(struct smn_sys *sys))
{
	struct mortal k;
	struct smn_sys sys = begin(&k, override);

	if (bound)
		live(&sys, bind_it, NEVER, FAILS);
	live(&sys, work, NEVER, FAILS);
	end(&k);
	return k.calls;
}

/* Killed at a call of bind or unbind, then at one of the bind after that. */
static bool survives(const char *override, bool bound, int at, int then,
		     enum fate fate, int *completed)
{
	struct mortal k;
	struct smn_sys sys = begin(&k, override);
	struct told told;
	bool ok;

	if (bound)
		live(&sys, bind_it, NEVER, FAILS);
	live(&sys, bound ? unbind_it : bind_it, at, fate);
	if (then != NEVER)
		live(&sys, bind_it, then, fate);
	told = recover(&sys, false);
	ok = is_native(&sys, override) || is_bound(&sys);
	*completed += is_bound(&sys);
	ok = ok && told.n >= 0 && told.n <= 1 && (!told.n || !told.last.err);
	told = recover(&sys, true);
	ok = ok && told.n >= 0 && is_native(&sys, override);
	told = recover(&sys, true);
	ok = ok && !told.n;
	end(&k);
	return ok;
}

static void test_death(struct tap *t, const char *override, bool bound,
		       enum fate fate)
{
	int calls = count(override, bound, bound ? unbind_it : bind_it);
	int again = count(override, false, bind_it);
	int bad = 0, twice = 0, completed = 0, ignored = 0;

	for (int at = 0; at < calls; at++) {
		bad += !survives(override, bound, at, NEVER, fate, &completed);
		for (int then = 0; then < again + 20; then += 3)
			twice += !survives(override, bound, at, then, fate,
					   &ignored);
	}
	tap_ok(t, calls > 20 && !bad, "%s, override '%s': killed %s each of "
	       "%d calls, %d not undone", bound ? "unbind" : "bind", override,
	       fate == DIES_BEFORE ? "before" : "after", calls, bad);
	tap_ok(t, !twice, "and the next one too: %d not undone", twice);
	/* bind is complete with its last call, unbind begins half-way */
	tap_ok(t, completed < (bound ? calls * 2 / 3 : 3),
	       "%d were not begun, or completed", completed);
}

static void test_failures(struct tap *t, const char *override)
{
	int calls = count(override, false, bind_it), bad = 0, failed = 0;

	for (int at = 0; at < calls; at++) {
		struct mortal k;
		struct smn_sys sys = begin(&k, override);
		int ret = live(&sys, bind_it, at, FAILS);
		bool ok = ret ? is_native(&sys, override) : is_bound(&sys);

		failed += ret != 0;
		bad += !ok;
		if (!ok)
			printf("# call %d: %d\n", at, ret);
		end(&k);
	}
	tap_ok(t, failed > 20 && !bad, "override '%s': %d failures of bind, "
	       "%d not undone", override, failed, bad);
}

/* A bind that was completed stays so, whatever befalls a detach. */
static void test_removal(struct tap *t, enum fate fate)
{
	int calls = count("", true, take_it), bad = 0, half = 0, found = 0;

	for (int at = 0; at < calls; at++) {
		struct mortal k;
		struct smn_sys sys = begin(&k, "");
		bool ok;

		bind_it(&sys);
		live(&sys, take_it, at, fate);
		half += !driver_is(&sys, SMN_VFIO_PCI);
		found += recover(&sys, false).n;
		ok = is_bound(&sys);
		live(&sys, take_it, at, fate);
		bad += !ok || recover(&sys, true).n != 1 ||
			!is_native(&sys, "");
		end(&k);
	}
	tap_ok(t, calls > 20 && !bad && half > 5 && found >= half,
	       "detach: killed %s each of %d calls, without driver after %d "
	       "of them, %d undone, %d not", fate == DIES_BEFORE ? "before" :
	       "after", calls, half, found, bad);
}

/* Who is dead has left a child in the kernel, which ends or does not. */
static void test_orphan(struct tap *t)
{
	struct smn_former former = { .known = true, .way = "unbind" };
	struct smn_journal j;
	struct smn_why why = { "" };
	struct mortal k;
	struct smn_sys sys = begin(&k, "");
	uint64_t then;

	bind_it(&sys);
	smn_journal_open(&sys, BDF, &j, &why);
	smn_journal_begin(&j, "detach", &former);
	then = smn_sys_now(&sys);
	tap_ok(t, smn_driver_bind(&sys, BDF, &why) == -EBUSY &&
	       smn_sys_now(&sys) - then < 1000000000ULL,
	       "who lives is not waited for");
	smn_sys_write_text(&sys, LOCKFILE, O_TRUNC,
			   "77 detach\noverride vfio-pci\nway unbind\nend\n");
	then = smn_sys_now(&sys);
	tap_ok(t, smn_driver_bind(&sys, BDF, &why) == -EBUSY &&
	       smn_sys_now(&sys) - then > 4000000000ULL,
	       "the child of who does not is: %s", why.text);
	smn_journal_close(&j);
	tap_ok(t, recover(&sys, false).n == 1 && is_bound(&sys),
	       "and his work is undone when it has ended");
	end(&k);
}

static void test_locks(struct tap *t)
{
	struct smn_former former = { .known = true, .driver = "nvme" };
	struct smn_journal j, other;
	struct smn_why why = { "" };
	struct mortal k;
	struct smn_sys sys = begin(&k, "");

	tap_ok(t, !smn_journal_open(&sys, BDF, &j, &why) &&
	       smn_driver_bind(&sys, BDF, &why) == -EBUSY &&
	       strstr(why.text, "another"), "one at a time: %s", why.text);
	smn_journal_begin(&j, "bind", &former);
	tap_ok(t, smn_driver_bind(&sys, BDF, &why) == -EBUSY &&
	       strstr(why.text, "smmunest-ctl bind (process 1)"),
	       "the other is named: %s", why.text);
	tap_ok(t, !recover(&sys, false).n, "who is alive is left alone");
	tap_ok(t, recover(&sys, true).last.err == -EBUSY && is_half(&sys),
	       "unless it was asked for, and then he is told");
	tap_ok(t, !smn_journal_open(&sys, OTHER, &other, &why) &&
	       smn_driver_bind(&sys, OTHER, &why) == -EBUSY,
	       "another device has a lock of its own");
	smn_journal_close(&other);
	tap_ok(t, !smn_driver_bind(&sys, OTHER, &why), "it can be bound");
	smn_journal_close(&j);
	tap_ok(t, recover(&sys, false).n == 1 && is_native(&sys, ""),
	       "when he is gone his work is undone, the other's bind is not");
	tap_ok(t, recover(&sys, true).last.driver[0] == 'o', "that one last");
	end(&k);
}

static void test_records(struct tap *t)
{
	struct smn_former f;
	struct mortal k;
	struct smn_sys sys = begin(&k, "");
	static const struct {
		const char *text, *driver, *override;
		bool known;
	} rows[] = {
		{ "1 bind\ndriver a\noverride b\nend\n", "a", "b", true },
		{ "1 bind\ndriver \noverride \nend\n", "", "", true },
		{ "1 unbind\noverride \nend\n", "", "", false },
		{ "1 bind\ndriver ../x\noverride a/b\nend\n", "", "", true },
		{ "1 bind\noverride driver\nend\n", "", "driver", false },
		{ "1 bind\ndriver a\noverride b\nen", NULL, NULL, false },
		{ "1 bind\ndriver a", NULL, NULL, false },
		{ "\nend\n", NULL, NULL, false },
		{ "1\nend\n", "", "", false },
		{ "end\n", NULL, NULL, false },
		{ "", NULL, NULL, false },
	};

	smn_sys_mkdir(&sys, SMN_JOURNAL);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		int ret;

		smn_sys_write_text(&sys, LOCKFILE, O_CREAT | O_TRUNC,
				   rows[i].text);
		ret = smn_journal_half(&sys, BDF, &f);
		tap_ok(t, rows[i].driver ?
		       !ret && f.known == rows[i].known &&
		       !strcmp(f.driver, rows[i].driver) &&
		       !strcmp(f.override, rows[i].override) : ret == -ENOENT,
		       "record %zu", i);
	}
	smn_sys_write_text(&sys, SMN_JOURNAL "/nonsense", O_CREAT, "x");
	smn_sys_write_text(&sys, SMN_JOURNAL "/all.lock", O_CREAT, "x");
	smn_sys_write_text(&sys, SMN_JOURNAL "/lock", O_CREAT, "x");
	tap_ok(t, !recover(&sys, true).n, "what is no journal is left alone");
	end(&k);
}

static void test_others(struct tap *t)
{
	struct told told;
	struct mortal k;
	struct smn_sys sys = begin(&k, "");

	bind_it(&sys);
	smn_sys_write_text(&sys, DRIVERS SMN_VFIO_PCI "/unbind", 0, BDF);
	smn_sys_write_text(&sys, DEVICES BDF "/driver_override", 0, "other");
	smn_sys_write_text(&sys, DRIVERS "other/bind", 0, BDF);
	told = recover(&sys, true);
	tap_ok(t, told.n == 1 && !told.last.err && !told.last.half &&
	       driver_is(&sys, "other") && override_is(&sys, "other") &&
	       !is_kept(&sys), "what somebody gave to another driver stays");
	end(&k);

	sys = begin(&k, "");
	bind_it(&sys);
	smn_tree_remove(&smn_model_machine(k.m)->tree, DEVICES BDF);
	told = recover(&sys, true);
	tap_ok(t, told.n == 1 && told.last.gone && !told.last.err &&
	       !is_kept(&sys), "a device that is gone is forgotten");
	end(&k);

	sys = begin(&k, "");
	smn_sys_write_text(&sys, DEVICES BDF "/driver_override", 0,
			   SMN_VFIO_PCI);
	smn_sys_write_text(&sys, DRIVERS "nvme/unbind", 0, BDF);
	smn_sys_write_text(&sys, "/sys/bus/pci/drivers_probe", 0, BDF);
	tap_ok(t, driver_is(&sys, SMN_VFIO_PCI) && !unbind_it(&sys) &&
	       is_native(&sys, ""), "without a journal whoever wants it");
	end(&k);
}

int main(void)
{
	struct tap t = { 0 };

	for (int bound = 0; bound < 2; bound++) {
		test_death(&t, "", bound, DIES_BEFORE);
		test_death(&t, "", bound, DIES_AFTER);
		test_death(&t, "nvme", bound, DIES_BEFORE);
		test_death(&t, "nvme", bound, DIES_AFTER);
	}
	test_failures(&t, "");
	test_failures(&t, "nvme");
	test_removal(&t, DIES_BEFORE);
	test_removal(&t, DIES_AFTER);
	test_orphan(&t);
	test_locks(&t);
	test_records(&t);
	test_others(&t);
	return tap_done(&t);
}
