/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the subcommands share. A command fills ctl->result and never prints. */
#ifndef CTL_H
#define CTL_H

#include <argp.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "smmunest.h"

/* The contract with scripts. */
enum status {
	CTL_OK = 0,
	CTL_FAILED = 1,		/* a check failed */
	CTL_REFUSED = 2,	/* the kernel refused an operation */
	CTL_SKIPPED = 4,	/* nothing to try it on */
	CTL_USAGE = 64,		/* or refused for safety */
	CTL_INTERNAL = 70,
	CTL_TIMEOUT = 124,
	CTL_SIGNAL = 128,	/* plus the signal */
};

struct ctl;

struct cmd {
	const char *name, *group, *args, *doc;
	const struct argp_option *options;
	/* ARGP_ERR_UNKNOWN for what is not this command's */
	error_t (*parse)(int key, char *arg, struct argp_state *state);
	enum status (*run)(struct ctl *ctl);
	/* or NULL: lets go of what was kept until all was shown */
	void (*finish)(struct ctl *ctl);
	size_t opts_size;		/* of what parse() fills, zeroed */
};

/* A signal that a test has come after one call, kick.c. */
struct kick {
	struct smn_hook hook;
	int signal;
	unsigned long at;	/* that call; 0: none */
	unsigned long calls;	/* so far */
};

/* Of this process, or of the one that was recorded. */
struct self {
	uint32_t uid;
	uint64_t memlock;		/* bytes, ~0: no limit */
	uint64_t page;			/* bytes of a page */
};

struct ctl {
	const struct cmd *cmd;
	int rest;			/* argv index after the command word */
	void *opts;			/* the command's own options */

	/* globals */
	bool json, trace, quiet, verbose;
	const char *json_file, *trace_file;
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	unsigned int timeout_s;
	bool completed;			/* a signal comes too late */
	bool hold;			/* keep the session until stopped, */
	uint64_t hold_s;		/* or that long; 0: for ever */
	char bdf[SMN_BDF_LEN];		/* "": none was given */

	FILE *trace_to, *json_to;
	struct smn_sys sys;
	struct smn_session session;
	bool in_session;
	struct smn_world world;		/* what a real kernel made for us */
	struct smn_kmsg log;		/* from before the first call on */
	struct smn_why log_why;		/* why there is none */
	struct smn_kmsg_seen logged;	/* while a call was refused */
	bool forever;			/* so it is refused on this machine */
	const char *backend;		/* NAME[:MORE] as it was given */
	bool dry_run;
	struct smn_model *model;	/* who answers, NULL: somebody else */
	bool on_model;			/* now, or when it was recorded */
	char model_name[96];
	const char *record, *replay;	/* the files, or NULL */
	struct tape *tape;		/* of one of them */
	/* SMMUNEST_DEVICE, or the device that was recorded; NULL */
	const char *usual_device;
	struct self self;
	bool model_told;		/* on stderr, that it is a model */
	struct kick kick;

	/* the document */
	struct json_object *result, *device, *error;

	/*
	 * Rows that are too many for one document: made one at a time while
	 * they are written, as the array result.<stream>. As text they may be
	 * lines instead. What goes wrong on the way is left in status.
	 * Text beside JSON in a file makes them twice, each from the start.
	 */
	const char *stream;
	void (*rewind)(struct ctl *ctl);
	struct json_object *(*next)(struct ctl *ctl);
	bool (*next_line)(struct ctl *ctl, char *buf, size_t len);
	enum status status;

	/* what came was printed as it came: neither text nor JSON is left */
	bool streamed;

	/* what prints the text instead of out_text() */
	void (*print)(const struct ctl *ctl, FILE *to);

	/* what a command wants to see of every ioctl, beside the trace */
	void (*observe)(struct ctl *ctl, const struct smn_call *call);
};

/* --- main.c --- */

/* What the program ends with: why it was stopped outranks how far it came. */
int ctl_exit(enum status status);

/* One row a command: declared, dispatched, helped and completed from here. */
#define COMMANDS(X) \
	X(info) \
	X(fields) \
	X(encode) \
	X(decode) \
	X(walk) \
	X(explain) \
	X(monitor) \
	X(bind) \
	X(unbind) \
	X(alloc) \
	X(inval) \
	X(dma) \
	X(msi) \
	X(detach) \
	X(run) \
	X(bench) \
	X(fuzz) \
	X(script) \
	X(compare) \
	X(report)

#define X(name) extern const struct cmd cmd_##name;
COMMANDS(X)
#undef X

/* --- who answers, backend.c --- */

/* Is NAME of "NAME[:MORE]" a backend? The names, for people. */
bool backend_known(const char *spec);
#define BACKEND_NAMES "kernel, model[:PRESET|:FILE.json], replay:FILE"

/* Make it ready, before the command asks anything. */
enum status backend_open(struct ctl *ctl);
void backend_close(struct ctl *ctl);

/* What SMMUNEST_SIGNAL asks for, of whoever answers; kick.c. */
enum status kick_begin(struct ctl *ctl);
void kick_end(struct ctl *ctl);

/* Where no real kernel answered, the line that says so goes before the rest. */
void backend_tell(const struct ctl *ctl, FILE *to);

/* The same before the first word on stderr, once. */
void backend_tell_stderr(struct ctl *ctl);

/* --- recordings, record.c, replay.c, tape-stream.c --- */

/* With --record all is written down from now on, up to the end: 0, or what the
 * program then ends with. */
enum status record_begin(struct ctl *ctl);
int record_end(struct ctl *ctl);

/* The recording answers from now on; CTL_USAGE and the line: it is none. */
enum status replay_open(struct ctl *ctl, const char *path);
void replay_close(struct ctl *ctl);

/* Where the program asked what was not recorded there, or NULL; and that as
 * the end of a command. */
const char *replay_departed(const struct ctl *ctl);
enum status replay_end(struct ctl *ctl, enum status status);

/* This process goes on in a stream of its own, a branch of what it was. */
void tape_stream(struct ctl *ctl, const char *name);

/* What a recording stands before; and a branch of it for a thread, which has a
 * funnel of its own. NULL: there is no tape. */
void tape_below(struct ctl *ctl, struct smn_sys *sys);
struct tape *tape_branch(struct ctl *ctl, struct smn_sys *sys,
			 const char *name);
void tape_join(struct tape *t);

/* A model of the machine that `info --json` described in @path. -errno. */
int model_from_file(const char *path, struct smn_model **model,
		    struct smn_why *why);

/* --- arguments, args.c --- */

/* Take @arg as the device if it is a BDF and none was given yet. */
bool ctl_take_bdf(struct ctl *ctl, const char *arg);

/* Parse a number option or end the program with usage. */
uint64_t ctl_number(struct argp_state *state, const char *what,
		    const char *arg, uint64_t min, uint64_t max);

/* Open a file for reading, "-" is stdin; NULL and errno. */
FILE *ctl_open(const char *path);

/* The same, or end the program with usage. */
FILE *ctl_open_file(struct argp_state *state, const char *path);

/* Reads a FILE for the library's struct smn_source. */
int ctl_read_file(void *file, void *buf, size_t len, size_t *got);

/* --- memory that files hold, images.c --- */

/* Starts with zeroes and stays where it is. */
struct images {
	struct smn_memory memory;
	int fds[SMN_MAX_IMAGES];
};

/* Add "IMAGE[@BASE]", what @option was given, or end the program with usage. */
void images_add(struct images *images, struct argp_state *state,
		const char *option, char *arg);
void images_close(struct images *images);

/* --- the device and its session, device.c --- */

/*
 * The device to work on: the argument, else $SMMUNEST_DEVICE, else none: the
 * candidates are told. Fills ctl->device. CTL_OK, CTL_SKIPPED or CTL_USAGE.
 */
enum status ctl_device(struct ctl *ctl, struct smn_pci *pci);

/* CTL_USAGE, with what the machine does with it, or CTL_OK. */
enum status ctl_unused(struct ctl *ctl, const struct smn_pci *pci);

/*
 * A device could not be given to a driver or taken from it. Permission is a
 * skip, another at work on it a mistake, anything else the kernel's no.
 */
enum status ctl_driver_no(struct ctl *ctl, int ret, const struct smn_why *why);

/*
 * As ctl_device(), and it must be ready for VFIO: CTL_SKIPPED otherwise, or
 * CTL_USAGE for a device that the machine uses.
 */
enum status ctl_ready_device(struct ctl *ctl, struct smn_pci *pci);

/* The same, and /dev/iommu is opened. */
enum status ctl_open_device(struct ctl *ctl, struct smn_pci *pci);

/* Why smn_pci_read() failed. */
enum status ctl_absent(struct ctl *ctl, const char *bdf, int err);

/* ctl->device from what sysfs says of it. */
void ctl_describe(struct ctl *ctl, const struct smn_pci *pci);

/* --- recover.c --- */

/* What a killed command left half done on any device is undone, and told. */
void recover_half_done(struct ctl *ctl);

/*
 * Completed binds too, of ctl->bdf or of all devices; what was done is
 * result.recovered. CTL_REFUSED, and in @failed one that is not given back.
 */
enum status recover_all(struct ctl *ctl, struct smn_recovered *failed);

/* --- learn.c --- */

/* The number behind @key of /proc/self/status; false: there is none. */
bool ctl_own_status(struct smn_sys *sys, const char *key, int base,
		    uint64_t *value);

/* What this process is, which a replay takes from the recording instead. */
void self_learn(struct self *self);

/* The limit on pinned memory, from @sys's procfs and this process. */
void ctl_learn_limits(struct ctl *ctl, struct smn_world *w);

/* What the diagnosis may know of the process and the device. */
void ctl_learn(struct ctl *ctl, const struct smn_pci *pci);

/* And what costs more to find out: ctl_refused() does it. */
void ctl_learn_more(struct ctl *ctl);

/* --- device.c --- */

/*
 * Does the kernel know the ioctl? One that is too short does nothing, and only
 * an unknown number is ENOTTY. Leaves what the last failed call was alone.
 */
bool ctl_knows(struct ctl *ctl, enum smn_op_id op);

/* --- options that all nesting commands have, plan.c --- */

struct plan_opts {
	struct smn_plan plan;
	bool vsid_given;
	bool ste_named, ste_raw;
	uint64_t ste_seen[2];
};

/*
 * Rows for such a command's own option table, and their keys: for a chain that
 * ends with the vDEVICE, and what is to be said about a stage 1 beyond it.
 */
enum { OPT_STE = 0x400, OPT_VSID, OPT_VEVENTQ, OPT_FAULTQ, OPT_MEMORY };

/* Commands of one IOMMU_HWPT_INVALIDATE, so that what is typed has an end. */
#define MAX_BATCH 65536

/* Covers the addresses that examples use, and is one block of stage 2. */
#define DEFAULT_MEMORY "2M@0x40000000"

#define VDEVICE_OPTIONS \
	{ "vsid", OPT_VSID, "N|none", 0, "vSID of the vDEVICE (default: the " \
	  "requester ID); none: make no vDEVICE", 0 }, \
	{ "veventq", OPT_VEVENTQ, NULL, 0, "with an event queue", 0 }, \
	{ "memory", OPT_MEMORY, "SIZE[@IPA]", 0, "the VM's memory (default: " \
	  DEFAULT_MEMORY "); 0 for none", 0 }

#define S1_OPTIONS \
	{ "ste", OPT_STE, "W0,W1", 0, "the STE as two raw words", 0 }, \
	{ "faultq", OPT_FAULTQ, NULL, 0, "with a fault queue", 0 }

/* Defaults, then each option or STE NAME=VALUE. */
void plan_init(struct plan_opts *p);
error_t plan_parse(struct plan_opts *p, int key, char *arg,
		   struct argp_state *state);

/* Complete the plan for this device. */
void plan_for(struct plan_opts *p, const struct smn_pci *pci);

/* Build in ctl->session; steps go to result.steps. A refusal is explained. */
enum status plan_build(struct ctl *ctl, const struct smn_plan *plan,
		       struct smn_nest *nest);

/* The same for a chain that something else has built. */
void plan_add_steps(struct ctl *ctl, const struct smn_nest *nest);

/* A row for the commands that judge words for one SMMU, its key OPT_FOR. */
#define FOR_OPTION \
	{ "for", OPT_FOR, "BDF|W,W,...", 0, "judge by this device's SMMU, " \
	  "or by these registers (IDR0,IDR1,...), not by the newest", 0 }

/* The registers that "--for" means, a device's or the words themselves. */
enum status ctl_regs_for(struct ctl *ctl, const char *what,
			 uint32_t regs[SMN_NREGS]);

/* --- failures, error.c --- */

/* "smmunest-ctl: ..." on stderr, unless --quiet. */
__attribute__((format(printf, 2, 3)))
void ctl_say(struct ctl *ctl, const char *fmt, ...);

/*
 * The last refused call becomes ctl->error, with its causes. The status it
 * calls for: CTL_REFUSED, or CTL_SKIPPED where there is nothing to try it on.
 */
enum status ctl_refused(struct ctl *ctl, int err);

/* Cause @i of ctl->error: its words by doc_text(). NULL: there is no such. */
struct json_object *ctl_cause(const struct ctl *ctl, size_t i);

/* ctl->error is told elsewhere, and no failure of the command. */
void ctl_forgive(struct ctl *ctl);

/* ctl->error from words of our own. */
enum status ctl_no(struct ctl *ctl, enum status status, const char *id,
		   const struct smn_why *cause, const struct smn_why *remedy);

/* Print ctl->error as people read it. */
void error_print(struct ctl *ctl);

/* --- stop.c: signals and --timeout --- */

/* Install handlers; after @timeout_s seconds it is as if a signal came. */
void stop_init(unsigned int timeout_s);

/* The signal that asks us to stop, or 0. */
int stop_signal(void);

/* Sleep until a signal comes, or @seconds have passed; 0 for ever. */
void stop_wait(uint64_t seconds);

/* Sleep until a signal comes or one of @fds has something; below 0: none. */
void stop_wait_for(const int *fds, unsigned int n);

/* --- live.c: rows printed as they come --- */

/* Who is listened to; takes @sources. Nothing else is printed afterwards. */
void live_begin(struct ctl *ctl, struct json_object *sources);

/* Takes @row. false: nobody reads it any more. */
bool live_row(struct ctl *ctl, struct json_object *row);
void live_end(struct ctl *ctl, uint64_t rows, int exit);

/* --- doc.c: pieces of documents --- */

struct json_object *doc_hex(uint64_t value, unsigned int digits);
struct json_object *doc_words(const uint64_t *words, unsigned int n,
			      unsigned int bits);

/* The non-zero fields; @all: every one. Above 32 bits as hex strings. */
struct json_object *doc_fields(const struct smn_layout *l,
			       const uint64_t *words, bool all,
			       enum smn_user least);
struct json_object *doc_ste(const uint64_t ste[2]);
/* @regs: the SMMU that judges it, or NULL for a newest one. */
struct json_object *doc_record(const struct smn_layout *l,
			       const uint64_t *words, const uint32_t *regs);
void doc_add_stat(struct json_object *o, const struct smn_stat *stat);
struct json_object *doc_findings(const struct smn_finding *f, unsigned int n);
struct json_object *doc_call_args(const struct smn_call *call);
void doc_add(struct json_object *o, const char *key, struct json_object *v);
void doc_add_str(struct json_object *o, const char *key, const char *value);
void doc_add_int(struct json_object *o, const char *key, int64_t value);

/* --- doc-read.c: pieces of anybody's documents; of nothing, too --- */

/* The member, or NULL. */
struct json_object *doc_get(struct json_object *o, const char *key);

/* A string member, or "". */
const char *doc_text(struct json_object *o, const char *key);

/* An integer member, or 0; a number that is finite, or 0. */
int64_t doc_int(struct json_object *o, const char *key);
double doc_real(struct json_object *o, const char *key);

/* Of what is an array; else 0 and NULL. */
size_t doc_length(struct json_object *list);
struct json_object *doc_at(struct json_object *list, size_t i);

/* The SMMU's registers of a device that `info` described: all are there. */
bool doc_registers(struct json_object *dev, uint32_t regs[SMN_NREGS]);

/* --- facts.c: what is told beside iommufd --- */

/* config and unsafe_interrupts of the result; @raw: and the whole IORT */
void facts_of_machine(struct ctl *ctl, bool raw);

/* pci, iort and what goes with them of a device's document */
void facts_of_device(struct ctl *ctl, struct json_object *doc,
		     const struct smn_pci *pci);

/* --- trace.c, out.c, json.c, man.c --- */

void trace_call(FILE *to, const struct smn_call *call);
void trace_result(FILE *to, const struct smn_call *call);

/* "6.12 us" */
void format_time(char *buf, size_t len, uint64_t ns);

/* The result as text, or the whole envelope as JSON. */
void out_text(struct ctl *ctl, FILE *to);
void out_json(struct ctl *ctl, FILE *to, int status);

/* The JSON in @path, at most 16 MiB of it; NULL and @why. */
struct json_object *json_from_file(const char *path, struct smn_why *why);

/* The same of documents one behind another: an array of them. */
struct json_object *json_all_from_file(const char *path, struct smn_why *why);

/* The result of `fields` as a page of the manual. */
void out_man(const struct ctl *ctl, FILE *to);

/* The same of `explain`. */
void out_errors_man(const struct ctl *ctl, FILE *to);

#endif
