// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No errno row is unreachable: each refuses a call of the model. The scripts
 * of tests/scripts bring most of them about, those of reach.h the others, on
 * machines and at moments that the emulated machine does not have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/diag.h"
#include "abi/ring.h"
#include "nest/script.h"
#include "sys/presets.h"
#include "tap.h"

#include "reach.h"

enum { NAMES = 128, MEMORY = 4 << 20, MAX_ROWS = 1000 };

/* Every row, and whether something reached it. */
struct rows {
	const struct smn_row *row[MAX_ROWS];
	bool reached[MAX_ROWS];
	unsigned int n;
};

/* A script that runs on a model. */
struct stage {
	struct rows *rows;
	struct smn_model *m;
	struct smn_world *w;
	struct smn_sys sys;
	struct smn_script script;
	struct smn_runner runner;
	const char *cdevs[8];
	const char *name;
	unsigned int line, wrong;
};

/* --- rows --- */

static int find(const struct rows *rows, const struct smn_row *row)
{
	for (unsigned int i = 0; i < rows->n; i++)
		if (rows->row[i] == row)
			return i;
	return -1;
}

static void list_rows(struct rows *rows)
{
	const struct smn_row *row;

	for (enum smn_op_id op = 0; op < SMN_NOPS; op++)
		for (unsigned int i = 0; (row = smn_row_at(op, i)); i++)
			if (find(rows, row) < 0 && rows->n < MAX_ROWS)
				rows->row[rows->n++] = row;
}

static const struct smn_row *row_called(const struct rows *rows, const char *id)
{
	for (unsigned int i = 0; i < rows->n; i++)
		if (!strcmp(rows->row[i]->id, id))
			return rows->row[i];
	return NULL;
}

static void reached(struct rows *rows, const struct smn_row *row)
{
	int i = find(rows, row);

	if (i >= 0)
		rows->reached[i] = true;
}

static void wrong(struct stage *s, const char *what, const char *row)
{
	s->wrong++;
	printf("# %s:%u: %s (%s)\n", s->name, s->line, what, row);
}

/*
 * The row that refused the last call. Whether a file is open is looked at
 * before there is any question to put to rows: then diagnosis tells.
 */
static const struct smn_row *refusal(struct stage *s, int err)
{
	const struct smn_row *row = smn_model_refusal(s->m);
	struct smn_finding found[SMN_MAX_FINDINGS];
	struct smn_question q;

	if (row || err != -EBADF)
		return row;
	smn_call_question(&s->sys.failed, s->w, &q);
	smn_diagnose(&q, err, found);
	return found[0].verdict == SMN_CERTAIN ?
		row_called(s->rows, found[0].id) : NULL;
}

/* The answer is the row called @id with its errno, "ok" if there is none. */
static void expect(struct stage *s, int err, const char *id)
{
	const struct smn_row *row = err < 0 ? refusal(s, err) : NULL;

	if (err >= 0 ? strcmp(id, "ok") :
		       !row || -row->err != err || strcmp(row->id, id))
		wrong(s, id, row ? row->id : "no row");
	else if (row)
		reached(s->rows, row);
}

/* --- lines beginning with '!': what the machine is from then on --- */

static bool set_fact(struct smn_facts *f, const char *name, enum smn_truth v)
{
	enum smn_fact fact = smn_fact_by_name(name);

	if (fact < SMN_NFACTS)
		f->is[fact] = v;
	return fact < SMN_NFACTS;
}

static bool do_fact(struct stage *s, char **arg)
{
	return set_fact(&s->w->facts, arg[0], SMN_YES);
}

static bool do_no(struct stage *s, char **arg)
{
	return set_fact(&s->w->facts, arg[0], SMN_NO);
}

/* a fact of the second device alone */
static bool do_second(struct stage *s, char **arg)
{
	return set_fact(&s->w->devs->next->facts, arg[0], SMN_YES);
}

static bool do_together(struct stage *s, char **arg)
{
	(void)arg;
	s->w->devs->next->group = s->w->devs->group;
	return true;
}

static bool do_befalls(struct stage *s, char **arg)
{
	s->w->befalls = row_called(s->rows, arg[0]);
	return s->w->befalls || !strcmp(arg[0], "nothing");
}

/* register NUMBER of every SMMU */
static bool do_reg(struct stage *s, char **arg)
{
	unsigned int i = atoi(arg[0]);
	uint32_t regs[SMN_NREGS];

	for (struct smn_smmu *u = s->w->smmus; u; u = u->next) {
		memcpy(regs, u->regs, sizeof(regs));
		regs[i] = strtoul(arg[1], NULL, 0);
		smn_smmu_tell(u, regs);
	}
	return true;
}

/* the first device has so many MSIs */
static bool do_msi(struct stage *s, char **arg)
{
	s->w->devs->vfio.irqs[VFIO_PCI_MSI_IRQ_INDEX].n = atoi(arg[0]);
	return true;
}

/* a file of so many bytes */
static bool do_file(struct stage *s, char **arg)
{
	struct smn_tree *tree = &smn_model_machine(s->m)->tree;
	size_t len = atoi(arg[1]);
	char *text = calloc(1, len);
	int err = smn_tree_put(tree, SMN_TREE_TEXT, arg[0], "");
	struct smn_leaf *leaf = smn_tree_get(tree, arg[0], &err);
	bool ok = text && leaf && !smn_leaf_set(leaf, text, len);

	free(text);
	return ok;
}

static int fd_of(struct stage *s, const char *name)
{
	return s->runner.slots[smn_names_find(s->script.names, name,
					      strlen(name))].fd;
}

/* an event comes to the vEVENTQ */
static bool do_event(struct stage *s, char **arg)
{
	static const uint64_t evt[4];
	struct smn_file *f = smn_world_file(s->w, fd_of(s, arg[0]));

	if (f && f->kind == SMN_FILE_VEVENTQ)
		smn_ring_put(f->queue->veventq.ring, evt);
	return f;
}

/* FILE OFFSET LENGTH ROW, at an offset of the file */
static bool do_pread(struct stage *s, char **arg)
{
	char buf[64];

	expect(s, smn_sys_pread(&s->sys, fd_of(s, arg[0]), buf, atoi(arg[2]),
				strtoull(arg[1], NULL, 0)), arg[3]);
	return true;
}

static bool do_pwrite(struct stage *s, char **arg)
{
	static const char buf[64];

	expect(s, smn_sys_pwrite(&s->sys, fd_of(s, arg[0]), buf, atoi(arg[2]),
				 strtoull(arg[1], NULL, 0)), arg[3]);
	return true;
}

static bool do_mmap(struct stage *s, char **arg)
{
	void *p = smn_sys_map(&s->sys, 4096);

	expect(s, p ? 0 : -ENOMEM, arg[0]);
	if (p)
		smn_sys_unmap(&s->sys, p, 4096);
	return true;
}

static void directive(struct stage *s, char *text)
{
	static const struct {
		const char *word;
		unsigned int nargs;
		bool (*act)(struct stage *s, char **arg);
	} words[] = {
		{ "fact", 1, do_fact }, { "no", 1, do_no },
		{ "second", 1, do_second }, { "together", 0, do_together },
		{ "befalls", 1, do_befalls }, { "reg", 2, do_reg },
		{ "msi", 1, do_msi }, { "file", 2, do_file },
		{ "event", 1, do_event }, { "pread", 4, do_pread },
		{ "pwrite", 4, do_pwrite }, { "mmap", 1, do_mmap },
	};
	char *arg[5] = { 0 }, *word = strsep(&text, " ");
	unsigned int n = 0;

	while (n < SMN_ARRAY_SIZE(arg) && (arg[n] = strsep(&text, " ")))
		n++;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, word)) {
			if (n != words[i].nargs || !words[i].act(s, arg))
				wrong(s, word, "it cannot be done");
			return;
		}
	wrong(s, word, "no such word");
}

/* --- the lines of scripts --- */

static void request(struct stage *s, const struct smn_script_line *l)
{
	uint32_t left = l->within;
	struct smn_reply reply;
	struct smn_why why = { "" };

	while (smn_runner_call(&s->runner, &l->req, &reply) >= 0 && --left)
		;
	if (!smn_script_met(l, &s->runner, &reply, &why))
		wrong(s, why.text, reply.row ? reply.row->id : "no row");
	else if (l->row)
		expect(s, reply.err, l->row);
}

static void line(struct stage *s, char *text)
{
	unsigned int had = s->script.n;
	struct smn_text_error error;

	s->line++;
	if (text[0] == '!')
		directive(s, text + 1);
	else if (smn_script_add(&s->script, text, &error))
		wrong(s, text, error.why.text);
	else if (s->script.n > had &&
		 s->script.lines[had].kind == SMN_LINE_REQUEST)
		request(s, &s->script.lines[had]);
}

static void lines(struct stage *s, const char *name, const char *text)
{
	char *copy = strdup(text), *rest = copy, *one;

	s->name = name;
	s->line = 0;
	while (copy && (one = strsep(&rest, "\n")))
		line(s, one);
	free(copy);
}

/* The scripts are beside the folder that this was built in. */
static int open_script(struct stage *s, const char *name, FILE **f)
{
	char path[4096 + 64];
	ssize_t n = readlink("/proc/self/exe", path, 4096);
	char *build;

	path[n > 0 ? n : 0] = '\0';
	build = strstr(path, "/build/");
	sprintf(build ? build : path, "%s%s.script",
		build ? "/tests/scripts/" : "tests/scripts/", name);
	*f = fopen(path, "r");
	if (!*f)
		wrong(s, path, strerror(errno));
	return *f ? 0 : -errno;
}

static void script_file(struct stage *s, const char *name)
{
	char *text = NULL;
	size_t room = 0;
	FILE *f;

	s->name = name;
	s->line = 0;
	if (open_script(s, name, &f))
		return;
	while (getline(&text, &room, f) >= 0)
		line(s, text);
	free(text);
	fclose(f);
}

/* --- a case --- */

static bool begin(struct stage *s, const struct reach *c)
{
	struct smn_why why = { "" };
	unsigned int n = 0;

	s->name = c->spec;
	if (smn_model_preset(c->spec, &s->m, &why)) {
		wrong(s, c->spec, why.text);
		return false;
	}
	s->w = smn_model_world(s->m);
	s->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = s->m,
				   .world = s->w };
	for (struct smn_pdev *d = s->w->devs; d && n < 8; d = d->next)
		s->cdevs[n++] = d->cdev;
	if (smn_script_init(&s->script))
		return false;
	if (smn_runner_init(&s->runner, &s->sys, NAMES, MEMORY))
		return false;
	s->runner.cdevs = s->cdevs;
	s->runner.ncdevs = n;
	return true;
}

static void play(struct tap *t, struct rows *rows, const struct reach *c)
{
	struct stage s = { .rows = rows };
	bool ok = begin(&s, c);

	if (ok && c->text)
		lines(&s, c->what, c->text);
	if (ok && c->script)
		script_file(&s, c->script);
	tap_ok(t, ok && !s.wrong, "%s on %s", c->what, c->spec);
	smn_script_free(&s.script);
	if (ok)
		smn_runner_free(&s.runner);
	smn_model_free(s.m);
}

int main(void)
{
	static struct rows rows;
	struct tap t = { 0 };
	unsigned int left = 0;

	list_rows(&rows);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(cases); i++)
		play(&t, &rows, &cases[i]);
	for (unsigned int i = 0; i < rows.n; i++) {
		if (!rows.reached[i])
			printf("# nothing reaches %s\n", rows.row[i]->id);
		left += !rows.reached[i];
	}
	tap_ok(&t, rows.n && rows.n < MAX_ROWS && !left,
	       "%u of %u rows are reached", rows.n - left, rows.n);
	return tap_done(&t);
}
