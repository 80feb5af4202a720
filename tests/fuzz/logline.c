// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of a hostile log: whatever is told of one is whole, and the line has a
 * text of a row in it; what the filter lets through is decided by the line
 * alone.
 */
#include "chunks.h"

#include <errno.h>

static void check_line(const struct smn_log_filter *f, const char *line)
{
	struct smn_log_filter all;
	struct smn_log_line said, again;
	bool tells = smn_log_line_read(f, line, &said);

	memset(&all, 0xff, sizeof(all));
	CHECK(strlen(line) < 4 ||
	      tells == smn_log_line_read(&all, line, &again));
	if (!tells)
		return;
	CHECK(said.id && said.id[0] && said.meaning && said.meaning[0]);
	CHECK(said.op <= SMN_NOPS);
	CHECK(said.err <= 0 && said.err >= -SMN_MAX_ERRNO);
	CHECK(smn_log_by_name(said.by));
	CHECK(said.by != SMN_LOG_STRACE || (said.op != SMN_NOPS &&
					    said.wrong == !!said.err));
	CHECK(said.wrong || !said.err);
	CHECK(!said.event || said.event->kind == SMN_EVT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smn_log_filter filter;
	struct smn_source from = { .read = read_chunk };
	struct chunks c = { .data = data, .size = size };
	char line[512];
	size_t len;

	from.ctx = &c;
	smn_log_filter_init(&filter);
	while (smn_source_line(&from, line, sizeof(line), &len)) {
		uint64_t word;

		check_line(&filter, line);
		if (smn_dump_word(line, &word))
			CHECK(strstr(line, "\t0x"));
	}
	return 0;
}
