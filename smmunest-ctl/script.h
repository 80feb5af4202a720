/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of `script`: what it reads, on which devices, and how it
 * went. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "ctl.h"
#include "nest/script.h"
#include "nest/vevent.h"

enum { SCRIPT_DEVICES = 8, SCRIPT_NAMES = 4096 };

/* A device that is told to do DMA; opened when the first is asked for. */
struct script_dma {
	struct smn_session session;
	struct smn_dma dma;
	bool open;
};

/* Stage 1 in the script's memory, built when it is first asked for. */
struct script_stage1 {
	struct smn_arena arena;
	struct smn_s1 s1;
	struct smn_cds cds;
	bool built;
};

struct script_opts {
	const char *path;
	FILE *file;
	bool keep_going;
	char bdf[SCRIPT_DEVICES][SMN_BDF_LEN];
	unsigned int nbdf;		/* named ones */
	unsigned int ncdev;		/* and all that are there */
	struct smn_pci pci[SCRIPT_DEVICES];
	const char *cdevs[SCRIPT_DEVICES];
	struct smn_script script;
	struct smn_runner runner;
	struct smn_script_run run;
	struct script_stage1 stage1;
	struct script_dma dma[SCRIPT_DEVICES];
	uint16_t tag;			/* of the last write */
	struct json_object *lines;
	struct json_object **rows;	/* of a line, or NULL */
	unsigned int nrows;
	size_t shown;
};

/* What came of one line. */
struct script_outcome {
	int err;			/* 0, -errno, bytes that were read */
	const char *row;		/* of a refusal */
	uint64_t ns;
	bool ok;
	int64_t at;			/* where DMA was seen, or -1 */
	bool event;			/* and the event that came of it */
	uint64_t words[4];
	const struct smn_script_line *l;
};

/* --- cmd-script.c --- */

/* Read one line more, and find the devices that were opened so far. */
enum status script_read(struct ctl *ctl, const char *line, size_t len);
enum status script_devices(struct ctl *ctl);

/* --- script-prompt.c --- */

/* Lines of a terminal. The first failure is what it ends with. */
enum status script_prompt(struct ctl *ctl);

/* --- script-lines.c --- */

/*
 * Do what was read and not done yet: CTL_OK, or what the first line that went
 * otherwise ends the program with; its error is ctl->error.
 */
enum status script_do(struct ctl *ctl);

/* A line of the result, made of its row. */
void script_text(struct json_object *row, char *buf, size_t len);

/* --- script-dma.c --- */

/* Map or unmap in stage 1, move something; false and @why: not as expected. */
bool script_stage1(struct ctl *ctl, const struct smn_script_line *l,
		   struct smn_why *why);
bool script_transfer(struct ctl *ctl, struct script_outcome *out,
		     struct smn_why *why);

/* No DMA any more on that file, or, below 0, on any. */
void script_dma_end(struct ctl *ctl, int fd);

#endif
