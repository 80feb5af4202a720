// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each case in a process of its own, and in a group of processes of its own:
 * when it hangs, or dies, only it does, and the kernel takes back what it had.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

#define END '\1'		/* a line that begins so is the verdict */
#define MOST_DIAG 16384
#define KILL_MS 3000

struct child {
	pid_t pid;
	int pidfd, pipe;
	char *text;
	size_t len;
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
static void be_child(struct run *r, const struct test_case *c, int fd)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	FILE *log = fdopen(fd, "w");
	enum verdict verdict;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	if (!log)
		_exit(1);
	go_alone(r, c);
	verdict = trial_run(r->ctl, &r->rig, c, log);
	if (replay_departed(r->ctl)) {
		fprintf(log, "%s\n", replay_departed(r->ctl));
		verdict = FAILED;
	}
	fprintf(log, "%c%u\n", END, verdict);
	fclose(log);
	if (r->ctl->trace_to)
		fflush(r->ctl->trace_to);
	_exit(0);
}

/* --- our side --- */

static int begin(struct run *r, const struct test_case *c, struct child *k)
{
	int fds[2], ret = 0;

	*k = (struct child){ .text = calloc(1, MOST_DIAG + 1) };
	if (!k->text || pipe2(fds, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	k->pid = fork();
	if (!k->pid)
		be_child(r, c, fds[1]);
	ret = k->pid < 0 ? -errno : 0;
	close(fds[1]);
	k->pipe = fds[0];
	if (ret) {
		close(k->pipe);
		return ret;
	}
	setpgid(k->pid, k->pid);
	fcntl(k->pipe, F_SETFL, O_NONBLOCK);
	k->pidfd = pidfd_open(k->pid, 0);
	return 0;
}

static void hear(struct child *k)
{
	char rest[512];
	ssize_t n;

	do {
		size_t room = MOST_DIAG - k->len;

		n = read(k->pipe, room ? k->text + k->len : rest,
			 room ? room : sizeof(rest));
		if (n > 0 && room)
			k->len += n;
	} while (n > 0);
	k->text[k->len] = '\0';
}

/* Until it ends, @ms have passed, or we are to stop. True: it ended. */
static bool watch(struct child *k, uint64_t ms, bool heed_signals)
{
	uint64_t until = now_ns() + ms * 1000000;
	struct pollfd p[] = { { k->pidfd, POLLIN, 0 },
			      { k->pipe, POLLIN, 0 } };

	while (!(heed_signals && stop_signal())) {
		uint64_t now = now_ns();
		uint64_t left = now < until ? (until - now) / 1000000 : 0;

		if (now >= until)
			return false;
		/* in slices: a signal may come right before */
		poll(p, SMN_ARRAY_SIZE(p), left < 250 ? left + 1 : 250);
		if (p[1].revents & POLLIN)
			hear(k);
		if (p[1].revents & POLLHUP)
			p[1].fd = -1;
		if (p[0].revents & POLLIN)
			return true;
		p[0].revents = p[1].revents = 0;
	}
	return false;
}

__attribute__((format(printf, 2, 3)))
static void add(struct child *k, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(k->text + k->len, MOST_DIAG + 1 - k->len, fmt, ap);
	va_end(ap);
	k->len += n;
	if (k->len > MOST_DIAG)
		k->len = MOST_DIAG;
}

/* What it said of itself; a case that says nothing died. */
static enum verdict verdict_of(struct child *k, int status)
{
	char *end = strchr(k->text, END);
	enum verdict v;

	if (end && WIFEXITED(status) && !WEXITSTATUS(status)) {
		v = end[1] - '0';
		*end = '\0';
		return v < NVERDICTS ? v : ERROR;
	}
	if (k->len && k->text[k->len - 1] != '\n')
		add(k, "\n");
	if (WIFSIGNALED(status))
		add(k, "the case's process died of %s\n",
		    strsignal(WTERMSIG(status)));
	else
		add(k, "the case's process ended with status %d\n",
		    WEXITSTATUS(status));
	return ERROR;
}

/* It is over time, or we are: it goes, or else nothing more can be tried. */
static void end_it(struct run *r, struct child *k)
{
	kill(-k->pid, SIGKILL);
	kill(k->pid, SIGKILL);
	if (watch(k, KILL_MS, false))
		return;
	r->stuck = true;
	add(k, "its process %d cannot be killed: the kernel holds it\n",
	    k->pid);
}

static enum verdict finish(struct run *r, struct child *k)
{
	bool ended = watch(k, r->timeout_s * 1000ULL, true);
	int status = 0;

	if (!ended) {
		hear(k);
		if (k->len && k->text[k->len - 1] != '\n')
			add(k, "\n");
		add(k, stop_signal() ? "stopped\n" :
		    "not done after %u seconds\n", r->timeout_s);
		end_it(r, k);
	}
	if (!r->stuck)
		waitpid(k->pid, &status, 0);
	if (!ended)
		return stop_signal() ? ERROR : TIMED_OUT;
	hear(k);
	return verdict_of(k, status);
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
		if (k.text)
			add(&k, "no process for it: %s\n", strerror(-ret));
	} else {
		out->verdict = finish(r, &k);
		close(k.pidfd);
		close(k.pipe);
	}
	/* who was killed cannot undo what he changed on the machine */
	if (out->verdict == ERROR || out->verdict == TIMED_OUT)
		smn_inject_recover(&r->ctl->sys);
	out->ns = clock_of(r) - start;
	out->diag = k.text;
}

void process_run(struct run *r, const struct test_case *c, struct outcome *out)
{
	unsigned int i;
	struct smn_why why;
	size_t len;

	*out = (struct outcome){ .verdict = SKIPPED };
	if (rig_lacks(&r->rig, c, &why)) {
		if (asprintf(&out->diag, "%s\n", why.text) < 0)
			out->diag = NULL;
		return;
	}
	for (i = 0; i < r->repeat; i++) {
		free(out->diag);
		r->round = i;
		run_once(r, c, out);
		if (out->verdict != PASSED || r->stuck || stop_signal())
			break;
	}
	if (r->repeat == 1 || out->verdict == PASSED || !out->diag)
		return;
	len = strlen(out->diag);
	snprintf(out->diag + len, MOST_DIAG + 1 - len, "in round %u of %u\n",
		 i + 1, r->repeat);
}
