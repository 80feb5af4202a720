/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `bench` share. */
#ifndef CTL_BENCH_H
#define CTL_BENCH_H

#include "ctl.h"
#include "dma/proof.h"

enum {
	BENCH_LIST = 32,	/* sizes in one option */
	BENCH_BLOCK = 63,	/* commands that share one CMD_SYNC */
	BENCH_NROWS_MAX = 16,
};

/* Where `map` and --scale=mapping put things; both end below 4 GiB. */
#define BENCH_MAP_IOVA 0x40000000ULL
#define BENCH_MAP_GIB 1
#define BENCH_SCALE_IOVA 0x80000000ULL
#define BENCH_SCALE_STEP (64ULL << 10)
#define BENCH_SCALE_MOST 16384

#define BENCH_NOT_SAID UINT64_MAX

struct bench;

/* What a row comes in sizes of. */
enum bench_by { BENCH_ONE, BENCH_BATCH, BENCH_BYTES, BENCH_NBY };

/*
 * One thing to time. sample() does it once, with whatever has to be undone
 * before the next time, and tells how long the thing itself took. It allocates
 * and prints nothing.
 */
struct bench_row {
	const char *name;
	enum bench_by by;
	enum smn_stage upto;		/* the chain it needs, */
	bool bed;			/* or the test bed: it is slow */
	enum status (*prepare)(struct bench *b);	/* NULL: nothing */
	int (*sample)(struct bench *b, uint64_t *ns);
};

extern const struct bench_row bench_rows[];
extern const unsigned int bench_nrows;

struct bench_list {
	unsigned int n;
	uint64_t v[BENCH_LIST];
};

/* More and more objects, beside those a row needs for itself. */
struct bench_scale {
	const struct bench_object *object;	/* NULL: no --scale */
	uint64_t from, to;
	uint64_t have;				/* of this chain's */
	uint64_t limit;				/* how many there can be */
	struct smn_pci *others;			/* devices, `limit` of them */
	void *page;				/* what is mapped */
};

/* Another bench's result, as --baseline names it. */
struct bench_baseline {
	const char *file;
	double threshold;			/* percent */
	struct json_object *doc, *slower;
	unsigned int compared;
};

struct bench {
	/* as the command line has it; BENCH_NOT_SAID or a number */
	uint64_t n, warmup;
	int cpu;				/* -1: whichever */
	bool hist, stream;
	const char *csv_file;
	bool chosen[BENCH_NROWS_MAX], all;
	struct bench_list sizes[BENCH_NBY];
	struct bench_list cmds[2];		/* of a batch, in turn: words */
	struct bench_scale scale;
	struct bench_baseline baseline;

	/* the run */
	struct ctl *ctl;
	struct smn_pci pci;
	FILE *csv;
	uint64_t *samples;
	uint64_t (*batch)[2];			/* as long as the longest */
	void *memory;				/* as much as the most */
	struct json_object *rows;

	/* the row at work */
	const struct bench_row *row;
	struct smn_nest nest;
	uint64_t size;				/* commands or bytes */
	uint32_t s1[2];
	unsigned int turn;
	struct smn_why why;			/* a sample's failure */
	struct smn_bed bed;
	struct smn_msi_proof msi;
};

/* The largest of the sizes. */
uint64_t bench_most(const struct bench *b, enum bench_by by);

/* --- bench-bed.c --- */

/* CTL_SKIPPED: the device cannot be told to do DMA. */
enum status bench_bed_open(struct bench *b);
void bench_bed_close(struct bench *b);

enum status bench_prepare_transfer(struct bench *b);
int bench_sample_dma(struct bench *b, uint64_t *ns);
int bench_sample_event(struct bench *b, uint64_t *ns);
enum status bench_prepare_msi(struct bench *b);
int bench_sample_msi(struct bench *b, uint64_t *ns);

/* --- bench-scale.c --- */

/* "OBJECT:FROM..TO", or end the program with usage. */
void bench_scale_parse(struct bench *b, const char *arg,
		       struct argp_state *state);

/* Find out how far it can go. */
enum status bench_scale_open(struct bench *b);
void bench_scale_close(struct bench *b);

/* What the chain must have for it, beside what the row needs. */
enum smn_stage bench_scale_upto(const struct bench *b);

/* The number of them that comes after *count; false after the last. */
bool bench_scale_next(const struct bench *b, uint64_t *count);

/* Have so many of them, b->scale.have are there. 0 or -errno. */
int bench_scale_grow(struct bench *b, uint64_t count);

/* The result's part about it. */
void bench_scale_report(struct bench *b);

/* --- bench-baseline.c --- */

enum status bench_baseline_open(struct bench *b);
void bench_baseline_close(struct bench *b);

/* The row's ratio to the baseline's row of that name and size. */
void bench_baseline_compare(struct bench *b, struct json_object *row);

/* What came of it: CTL_FAILED when a row is slower. */
enum status bench_baseline_report(struct bench *b);

/* --- bench-report.c --- */

enum status bench_report_open(struct bench *b);

/* b->row was left out; ctl->error says why, and is taken. */
void bench_report_skip(struct bench *b);

/* @n samples of b->row were taken; sorts them. */
void bench_report_row(struct bench *b, size_t n);

/* All rows are there. */
enum status bench_report_close(struct bench *b);

/* --- bench-row.c: of rows that somebody's documents have --- */

/* "inval x16", "map 4 KiB" */
void bench_label(struct json_object *row, char *buf, size_t len);

/* An integer member, or 0. */
uint64_t bench_number(struct json_object *row, const char *key);

void bench_add_real(struct json_object *o, const char *key, double v);

/* Of the p50s, and how low and high it can be by their slices. */
struct bench_ratio {
	double ratio, low, high;
};

/* Of two rows that somebody's documents have; false: not two times. */
bool bench_ratio(struct json_object *was, struct json_object *is,
		 struct bench_ratio *r);

/* --- bench-print.c: the text, from the document --- */

void bench_print(const struct ctl *ctl, FILE *to);

#endif
