// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each case in a process of its own, and in a group of processes of its own:
 * when it hangs, or dies, only it does, and the kernel takes back what it had.
 * What it says is in memory that it shares with us, so we wait for its end and
 * for nothing before: to be woken for each line would disturb what it does.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

enum {
	MOST_SAID = 16384,	/* of a case; we add some lines of our own */
	MOST_TEXT = MOST_SAID + 512,
	KILL_MS = 3000,
};

struct said {
	enum verdict verdict;		/* NVERDICTS: none yet */
	char text[MOST_TEXT];
};

struct child {
	pid_t pid;
	int pidfd;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* --- the case's side --- */

/* What it asks is recorded apart from what others do. */
static void go_alone(struct run *r, const struct test_case *c)
{
	char name[CASE_NAME + 16];

	snprintf(name, sizeof(name), r->repeat > 1 ? "%s#%u" : "%s", c->name,
		 r->round);
	tape_stream(r->ctl, name);
}

__attribute__((noreturn))
static void be_child(struct run *r, const struct test_case *c)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	FILE *log = fmemopen(r->said->text, MOST_SAID, "w");
	enum verdict verdict;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	if (!log)
		_exit(1);
	/* whatever happens to it, what it has said is there */
	setvbuf(log, NULL, _IONBF, 0);
	go_alone(r, c);
	verdict = trial_run(r->ctl, &r->rig, c, log);
	if (replay_departed(r->ctl)) {
		fprintf(log, "%s\n", replay_departed(r->ctl));
		verdict = FAILED;
	}
	r->said->verdict = verdict;
	if (r->ctl->trace_to)
		fflush(r->ctl->trace_to);
	_exit(0);
}

/* --- our side --- */

static int begin(struct run *r, const struct test_case *c, struct child *k)
{
	int err;

	memset(r->said->text, 0, strnlen(r->said->text, MOST_TEXT));
	r->said->verdict = NVERDICTS;
	fflush(NULL);
	k->pid = fork();
	if (!k->pid)
		be_child(r, c);
	if (k->pid < 0)
		return -errno;
	setpgid(k->pid, k->pid);
	k->pidfd = pidfd_open(k->pid, 0);
	if (k->pidfd >= 0)
		return 0;
	err = -errno;
	kill(k->pid, SIGKILL);
	waitpid(k->pid, NULL, 0);
	return err;
}

/* Until it ends, @ms have passed, or we are to stop. True: it ended. */
static bool watch(struct child *k, uint64_t ms, bool heed_signals)
{
	uint64_t until = now_ns() + ms * 1000000;
	struct pollfd p = { k->pidfd, POLLIN, 0 };

	while (!(heed_signals && stop_signal())) {
		uint64_t now = now_ns();
		uint64_t left = now < until ? (until - now) / 1000000 : 0;

		if (now >= until)
			return false;
		/* in slices: a signal may come right before */
		if (poll(&p, 1, left < 250 ? left + 1 : 250) > 0)
			return true;
	}
	return false;
}

__attribute__((format(printf, 2, 3)))
static void add(struct run *r, const char *fmt, ...)
{
	size_t len = strnlen(r->said->text, MOST_TEXT - 1);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->said->text + len, MOST_TEXT - len, fmt, ap);
	va_end(ap);
}

/* It may have been in the middle of a line, or had no more room for one. */
static void end_line(struct run *r)
{
	size_t len = strnlen(r->said->text, MOST_TEXT - 1);

	if (len && r->said->text[len - 1] != '\n')
		add(r, "\n");
	if (len >= MOST_SAID - 1)
		add(r, "it said more than %d bytes\n", MOST_SAID);
}

/* What it said of itself; a case that says nothing died. */
static enum verdict verdict_of(struct run *r, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status) &&
	    r->said->verdict < NVERDICTS)
		return r->said->verdict;
	if (WIFSIGNALED(status))
		add(r, "the case's process died of %s\n",
		    strsignal(WTERMSIG(status)));
	else
		add(r, "the case's process ended with status %d\n",
		    WEXITSTATUS(status));
	return ERROR;
}

/* It is over time, or we are: it goes, or else nothing more can be tried. */
static void end_it(struct run *r, struct child *k)
{
	kill(-k->pid, SIGKILL);
	kill(k->pid, SIGKILL);
	r->stuck = !watch(k, KILL_MS, false);
}

static enum verdict broken_off(struct run *r, const struct child *k)
{
	add(r, stop_signal() ? "stopped\n" : "not done after %u seconds\n",
	    r->timeout_s);
	if (r->stuck)
		add(r, "its process %d cannot be killed: the kernel holds "
		    "it\n", k->pid);
	return stop_signal() ? ERROR : TIMED_OUT;
}

static enum verdict finish(struct run *r, struct child *k)
{
	bool ended = watch(k, r->timeout_s * 1000ULL, true);
	int status = 0;

	if (!ended)
		end_it(r, k);
	if (!r->stuck)
		waitpid(k->pid, &status, 0);
	end_line(r);
	return ended ? verdict_of(r, status) : broken_off(r, k);
}

/* A model's clock counts calls, and not time. */
static uint64_t clock_of(struct run *r)
{
	return r->ctl->on_model ? now_ns() : smn_sys_now(&r->ctl->sys);
}

static void run_once(struct run *r, const struct test_case *c,
		     struct outcome *out)
{
	uint64_t start = clock_of(r);
	struct child k;
	int ret = begin(r, c, &k);

	if (ret) {
		out->verdict = ERROR;
		add(r, "no process for it: %s\n", strerror(-ret));
	} else {
		out->verdict = finish(r, &k);
		close(k.pidfd);
	}
	/* who was killed cannot undo what he changed on the machine */
	if (out->verdict == ERROR || out->verdict == TIMED_OUT)
		smn_inject_recover(&r->ctl->sys);
	out->ns = clock_of(r) - start;
}

int process_begin(struct run *r)
{
	r->said = mmap(NULL, sizeof(*r->said), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->said != MAP_FAILED)
		return 0;
	r->said = NULL;
	return -errno;
}

void process_end(struct run *r)
{
	if (r->said)
		munmap(r->said, sizeof(*r->said));
}

void process_run(struct run *r, const struct test_case *c, struct outcome *out)
{
	struct smn_why why;

	*out = (struct outcome){ .verdict = SKIPPED };
	if (rig_lacks(&r->rig, c, &why)) {
		if (asprintf(&out->diag, "%s\n", why.text) < 0)
			out->diag = NULL;
		return;
	}
	for (r->round = 0; r->round < r->repeat; r->round++) {
		run_once(r, c, out);
		if (out->verdict != PASSED || r->stuck || stop_signal())
			break;
	}
	if (r->repeat > 1 && out->verdict != PASSED)
		add(r, "in round %u of %u\n", r->round + 1, r->repeat);
	out->diag = strndup(r->said->text, MOST_TEXT);
}
