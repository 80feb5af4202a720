// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of others' logs. See logline.h. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/facts.h"
#include "host/logline.h"

#define NAME 48			/* of an ioctl or event, at most */
#define CALL "ioctl("
#define QEMU "SMMU_EVT_"

static const struct row {
	const char *id, *text, *then;
	enum smn_op_id op;
	bool wrong;
	const char *meaning;
} rows[] = {
#define X(id, text, then, op, wrong, meaning) \
	{ id, text, then, SMN_##op, wrong, meaning },
	SMN_VMM_LINES(X)
#undef X
};

const char *smn_log_by_name(enum smn_log_by by)
{
	static const char *const names[] = {
		[SMN_LOG_KERNEL] = "kernel",
		[SMN_LOG_STRACE] = "strace",
		[SMN_LOG_US] = "trace",
		[SMN_LOG_VMM] = "vmm",
	};

	return names[by];
}

/* --- what a line has in it --- */

static size_t word_length(const char *at)
{
	size_t n = 0;

	while (isalnum((unsigned char)at[n]) || at[n] == '_')
		n++;
	return n;
}

/* The next word from *at on, which moves behind it, if it is short enough. */
static bool next_word(const char **at, char word[NAME])
{
	size_t n;

	for (; **at; *at += n ? n : 1) {
		n = word_length(*at);
		if (!n || n >= NAME)
			continue;
		memcpy(word, *at, n);
		word[n] = '\0';
		*at += n;
		return true;
	}
	return false;
}

/* -errno of "... = -1 EINVAL (...)", "...: Invalid argument", "... (-22)" */
static int errno_in(const char *line)
{
	const char *at = line, *open = strrchr(line, '(');
	char word[NAME];

	if (open && open[1] == '-' && isdigit((unsigned char)open[2])) {
		long err = strtol(open + 1, NULL, 10);

		return err >= -SMN_MAX_ERRNO ? err : 0;
	}
	while (next_word(&at, word)) {
		int err = word[0] == 'E' ?
			smn_errno_by_name(word, strlen(word)) : 0;

		if (err)
			return -err;
	}
	return 0;
}

/* glibc's words for it, as a program's own words end with them */
static int errno_told(const char *line)
{
	for (int err = 1; err <= SMN_MAX_ERRNO; err++) {
		const char *name = strerrordesc_np(err);
		const char *at = name ? strstr(line, name) : NULL;

		if (at && at > line + 1 && at[-2] == ':')
			return -err;
	}
	return 0;
}

static enum smn_op_id op_in(const char *line)
{
	enum smn_op_id op = SMN_NOPS;
	char word[NAME];

	while (op == SMN_NOPS && next_word(&line, word))
		if (strchr(word, '_'))
			op = smn_op_by_name(word);
	return op;
}

/* by its name, with QEMU's prefix perhaps, or as "event 0x10" */
static const struct smn_layout *event_in(const char *line)
{
	const char *at = strstr(line, "event 0x");
	const struct smn_layout *l = NULL;
	unsigned int type;
	char word[NAME];

	if (at && sscanf(at, "event 0x%x", &type) == 1 && type <= UINT8_MAX)
		return smn_evt_by_type(type);
	while (!l && next_word(&line, word)) {
		bool theirs = !strncmp(word, QEMU, strlen(QEMU));
		const char *name = word + (theirs ? strlen(QEMU) : 0);

		if (name[0] && strchr("CEF", name[0]) && name[1] == '_')
			l = smn_layout_by_name(name);
	}
	return l;
}

/* --- who wrote it --- */

static bool by_kernel(const char *line, struct smn_log_line *said)
{
	enum smn_kmsg_kind kind = smn_kmsg_kind(line);
	const struct smn_kmsg_row *row = &smn_kmsg_rows[kind];

	/* a word is its record's, and told with it */
	if (kind == SMN_NKMSG || kind == SMN_KMSG_WORDS)
		return false;
	*said = (struct smn_log_line){
		.by = SMN_LOG_KERNEL, .id = row->id, .meaning = row->meaning,
		.wrong = row->wrong, .op = SMN_NOPS, .event = event_in(line),
	};
	return true;
}

/* "_IOC(_IOC_NONE, 0x3b, 0x8d, 0)", "0x3b8d", or names with "or" between */
static enum smn_op_id request_of(const char *at)
{
	const char *ioc = strstr(at, "_IOC(");
	unsigned int type, nr;

	if (ioc && sscanf(ioc, "_IOC(%*[_A-Z|], %x, %x", &type, &nr) == 2)
		return smn_op_by_request(type << 8 | nr);
	if (!strncmp(at, "0x", 2))
		return smn_op_by_request(strtoul(at, NULL, 16));
	return op_in(at);
}

static bool by_strace(const char *line, struct smn_log_line *said)
{
	const char *at = strstr(line, CALL), *comma, *end;
	enum smn_op_id op;

	comma = at ? strchr(at, ',') : NULL;
	end = comma ? strstr(comma, ") = ") : NULL;
	if (!end)
		return false;
	op = request_of(comma + 1 + strspn(comma + 1, " "));
	if (op == SMN_NOPS)
		return false;
	*said = (struct smn_log_line){
		.by = SMN_LOG_STRACE, .id = "ioctl", .op = op,
		.meaning = "a call of the VMM's",
		.err = !strncmp(end, ") = -1", 6) ? errno_in(end + 4) : 0,
	};
	said->wrong = said->err;
	return true;
}

/* The name right before a parenthesis, if it is the whole name of an ioctl. */
static enum smn_op_id op_before(const char *line, const char *open)
{
	const char *at = open;
	enum smn_op_id op;
	char word[NAME];

	while (at > line && (isupper((unsigned char)at[-1]) || at[-1] == '_'))
		at--;
	if (open - at >= NAME || !memchr(at, '_', open - at))
		return SMN_NOPS;
	memcpy(word, at, open - at);
	word[open - at] = '\0';
	op = smn_op_by_name(word);
	return op != SMN_NOPS && !strcmp(smn_op(op)->name, word) ? op :
								   SMN_NOPS;
}

/* IOMMU_VIOMMU_ALLOC(3, {...}) = -1 EOPNOTSUPP {...} <12.3 us> */
static bool by_us(const char *line, struct smn_log_line *said)
{
	const char *open = strchr(line, '('), *end = strstr(line, "}) = ");
	enum smn_op_id op = open && end ? op_before(line, open) : SMN_NOPS;

	if (op == SMN_NOPS || open > end)
		return false;
	*said = (struct smn_log_line){
		.by = SMN_LOG_US, .id = "ioctl", .op = op,
		.meaning = "a call of this program's",
		.err = !strncmp(end, "}) = -1", 7) ? errno_in(end + 5) : 0,
	};
	said->wrong = said->err;
	return true;
}

static bool by_vmm(const char *line, struct smn_log_line *said)
{
	size_t i;

	for (i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		const char *at = strstr(line, rows[i].text);

		if (at && strstr(at + strlen(rows[i].text), rows[i].then))
			break;
	}
	if (i == SMN_ARRAY_SIZE(rows))
		return false;
	*said = (struct smn_log_line){
		.by = SMN_LOG_VMM, .id = rows[i].id, .op = rows[i].op,
		.meaning = rows[i].meaning, .event = event_in(line),
		.err = errno_in(line),
	};
	if (!said->err)
		said->err = errno_told(line);
	if (said->op == SMN_NOPS)
		said->op = op_in(line);
	said->wrong = rows[i].wrong || said->err;
	return true;
}

/* --- whether it is worth a look --- */

#define BEGIN 4			/* bytes of a text that the filter knows */

static unsigned int hash(const char *at)
{
	uint32_t four;

	memcpy(&four, at, BEGIN);
	return four * 2654435761u >> 16;
}

static void add(struct smn_log_filter *f, const char *text)
{
	unsigned int h = hash(text);

	f->begins[h / 8] |= 1 << h % 8;
}

void smn_log_filter_init(struct smn_log_filter *f)
{
	*f = (struct smn_log_filter){ { 0 } };
	add(f, CALL);
	for (unsigned int op = 0; op < SMN_NOPS; op++)
		add(f, smn_op(op)->name);
	for (unsigned int i = 0; i < SMN_NKMSG; i++)
		add(f, smn_kmsg_rows[i].text);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++)
		add(f, rows[i].text);
}

static bool passes(const struct smn_log_filter *f, const char *line)
{
	size_t len = strlen(line);

	for (size_t i = 0; i + BEGIN <= len; i++) {
		unsigned int h = hash(line + i);

		if (f->begins[h / 8] >> h % 8 & 1)
			return true;
	}
	return false;
}

bool smn_log_line_read(const struct smn_log_filter *f, const char *line,
		       struct smn_log_line *said)
{
	return passes(f, line) &&
	       (by_strace(line, said) || by_us(line, said) ||
		by_kernel(line, said) || by_vmm(line, said));
}
