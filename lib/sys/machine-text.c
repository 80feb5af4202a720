// SPDX-License-Identifier: GPL-2.0-or-later
/* A made-up machine: looking at its files, and what writing to them does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/machine.h"
#include "sys/sys.h"

/* A text that is open; .path is NULL when it is not. */
struct smn_text {
	char *path, *text;
	size_t len, at;
	bool can_write;
};

/* --- the real machine below --- */

#define MAX_BELOW (16 << 20)	/* of a file */
#define CHUNK 65536		/* some of procfs refuse larger reads */

/* What can change here; the real machine's would be out of date. */
static const char *const own[] = {
	"/driver", "/driver_override", "/vfio-dev", "/iommu", "/iommu_group",
};

/* Is @err the last word on the path, or has the machine below one? */
static bool goes_below(const struct smn_machine *m, const char *path, int err)
{
	if (!m->below || err != -ENOENT || !strncmp(path, "/dev/", 5))
		return false;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(own); i++) {
		const char *at = strstr(path, own[i]);
		size_t n = strlen(own[i]);

		if (at && !strncmp(path, "/sys/bus/pci/devices/", 21) &&
		    (!at[n] || at[n] == '/'))
			return false;
	}
	return true;
}

ssize_t smn_machine_readlink(const struct smn_machine *m, const char *path,
			     char *buf, size_t len)
{
	ssize_t n = smn_tree_readlink(&m->tree, path, buf, len);

	return goes_below(m, path, n) ?
		m->below->readlink(m->below_priv, path, buf, len) : n;
}

int smn_machine_access(const struct smn_machine *m, const char *path)
{
	int err;

	if (smn_tree_get(&m->tree, path, &err) || err == -EISDIR)
		return 0;
	return goes_below(m, path, err) ?
		m->below->access(m->below_priv, path) : err;
}

int smn_machine_list(const struct smn_machine *m, const char *folder,
		     int (*each)(void *ctx, const char *name), void *ctx)
{
	int ret = smn_tree_list(&m->tree, folder, each, ctx);

	return goes_below(m, folder, ret) ?
		m->below->list(m->below_priv, folder, each, ctx) : ret;
}

/* All of a file of the machine below; its length or -errno. */
static ssize_t read_below(const struct smn_machine *m, const char *path,
			  char **text)
{
	int fd = m->below->open(m->below_priv, path, O_RDONLY | O_NONBLOCK);
	char *all = fd < 0 ? NULL : malloc(MAX_BELOW);
	size_t have = 0;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	do {
		size_t room = MAX_BELOW - have < CHUNK ? MAX_BELOW - have :
			CHUNK;

		n = all ? m->below->read(m->below_priv, fd, all + have,
					 room) : -ENOMEM;
		have += n > 0 ? n : 0;
	} while (n > 0);
	m->below->close(m->below_priv, fd);
	if (n < 0 || have == MAX_BELOW) {
		free(all);
		return n < 0 ? n : -EFBIG;
	}
	*text = all;
	return have;
}

/* --- what writing does: a row a kind of file --- */

/* The whole path of the file, and one line without its end. */
struct order {
	struct smn_machine *m;
	const char *path, *line;
};

static int order_probe(const struct order *o)
{
	return smn_machine_probe(o->m, o->line);
}

/* The driver of "/sys/bus/pci/drivers/NAME/bind" */
static bool driver_in(const char *path, char name[32])
{
	const char *end = strrchr(path, '/'), *start = end;

	while (start > path && start[-1] != '/')
		start--;
	if ((size_t)(end - start) >= 32)
		return false;
	memcpy(name, start, end - start);
	name[end - start] = '\0';
	return true;
}

static int order_bind(const struct order *o)
{
	char driver[32];

	return driver_in(o->path, driver) ?
		smn_machine_bind(o->m, o->line, driver) : -ENODEV;
}

static int order_unbind(const struct order *o)
{
	char driver[32];

	return driver_in(o->path, driver) ?
		smn_machine_unbind(o->m, o->line, driver) : -ENODEV;
}

static int order_override(const struct order *o)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "%s\n",
			 o->line[0] ? o->line : "(null)");

	return n >= (int)sizeof(text) ? -EINVAL :
		smn_tree_put(&o->m->tree, SMN_TREE_TEXT, o->path, text);
}

/* --- memory that is kept from whoever asks for it --- */

#define NTH "/proc/1/fail-nth"
#define FAILSLAB "/sys/kernel/debug/failslab"

static int show_nth(struct smn_machine *m)
{
	char text[16];

	snprintf(text, sizeof(text), "%u\n", m->fail_nth);
	return smn_tree_put(&m->tree, SMN_TREE_TEXT, NTH, text);
}

static int order_nth(const struct order *o)
{
	return sscanf(o->line, "%u", &o->m->fail_nth) == 1 ? show_nth(o->m) :
		-EINVAL;
}

static int order_setting(const struct order *o)
{
	char text[16];

	return snprintf(text, sizeof(text), "%s\n", o->line) >=
		(int)sizeof(text) ? -EINVAL :
		smn_tree_put(&o->m->tree, SMN_TREE_TEXT, o->path, text);
}

/* All that we ask for are of those who can wait. */
static bool spares_waiters(const struct smn_machine *m)
{
	int err;
	struct smn_leaf *leaf = smn_tree_get(&m->tree,
					     FAILSLAB "/ignore-gfp-wait", &err);

	return !leaf || leaf->text[0] != 'N';
}

bool smn_machine_starves(struct smn_machine *m)
{
	if (!m->fail_nth || spares_waiters(m))
		return false;
	m->fail_nth--;
	show_nth(m);
	return !m->fail_nth;
}

/* --- all of them --- */

static const struct {
	const char *begin, *end;
	int (*obey)(const struct order *o);
} orders[] = {
	{ "/sys/bus/pci/drivers_probe", "", order_probe },
	{ "/sys/bus/pci/drivers/", "/bind", order_bind },
	{ "/sys/bus/pci/drivers/", "/unbind", order_unbind },
	{ "/sys/devices/", "/driver_override", order_override },
	{ NTH, "", order_nth },
	{ FAILSLAB "/", "", order_setting },
};

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);

	return n >= k && !strcmp(path + n - k, end);
}

static int obey(struct smn_machine *m, const struct smn_text *t,
		const char *line)
{
	const struct order o = { m, t->path, line };

	for (size_t i = 0; i < SMN_ARRAY_SIZE(orders); i++)
		if (!strncmp(t->path, orders[i].begin,
			     strlen(orders[i].begin)) &&
		    ends_in(t->path, orders[i].end))
			return orders[i].obey(&o);
	return -EIO;
}

/* --- open texts --- */

static struct smn_text *text_of(const struct smn_machine *m, int fd)
{
	return fd >= 0 && fd < m->ntexts && m->texts[fd].path ?
		&m->texts[fd] : NULL;
}

static int make_room(struct smn_machine *m, int fd)
{
	int n = m->ntexts ? m->ntexts : 16;
	struct smn_text *grown;

	while (n <= fd)
		n *= 2;
	if (n == m->ntexts)
		return 0;
	grown = realloc(m->texts, n * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + m->ntexts, 0, (n - m->ntexts) * sizeof(*grown));
	m->texts = grown;
	m->ntexts = n;
	return 0;
}

static struct smn_leaf *node_to_open(struct smn_machine *m, const char *path,
				     int flags, int *err)
{
	struct smn_leaf *node = smn_tree_get(&m->tree, path, err);

	if (node || *err != -ENOENT)
		return node;
	if (!(flags & O_CREAT))
		return NULL;
	*err = strncmp(path, "/run/", 5) ? -EACCES :
		smn_tree_add(&m->tree, SMN_TREE_TEXT, path, "");
	return *err ? NULL : smn_tree_get(&m->tree, path, err);
}

/* The world knows the fd, and the text is its own. */
/* Files there are memory, as those of memfd_create() are. */
static bool in_tmpfs(const char *path)
{
	return !strncmp(path, "/run/", 5) || !strncmp(path, "/dev/shm/", 9);
}

static int open_text(struct smn_machine *m, int fd, const struct smn_text *t)
{
	struct smn_file *f = t->path && t->text && !make_room(m, fd) ?
		smn_world_add_file(m->world, fd, SMN_FILE_OTHER) : NULL;

	if (f) {
		f->bytes = in_tmpfs(t->path) ? t->len : 0;
		m->texts[fd] = *t;
		return 0;
	}
	free(t->path);
	free(t->text);
	return -ENOMEM;
}

static int open_below(struct smn_machine *m, const char *path, int fd)
{
	struct smn_text t = { 0 };
	ssize_t n = read_below(m, path, &t.text);

	if (n < 0)
		return n;
	t.path = strdup(path);
	t.len = n;
	return open_text(m, fd, &t);
}

int smn_machine_open(struct smn_machine *m, const char *path, int flags,
		     int fd)
{
	struct smn_text t = { .can_write = (flags & O_ACCMODE) != O_RDONLY };
	struct smn_leaf *node;
	int err;

	node = node_to_open(m, path, flags, &err);
	if (!node)
		return !t.can_write && goes_below(m, path, err) ?
			open_below(m, path, fd) : err;
	if (node->kind != SMN_TREE_TEXT)
		return node->kind == SMN_TREE_FOLDER ? -EISDIR : -ENXIO;
	if (t.can_write && flags & O_TRUNC && smn_leaf_set(node, "", 0))
		return -ENOMEM;
	t.path = strdup(node->path);
	t.text = malloc(node->len + 1);
	t.len = node->len;
	if (t.text)
		memcpy(t.text, node->text, node->len + 1);
	return open_text(m, fd, &t);
}

void smn_machine_close(struct smn_machine *m, int fd)
{
	struct smn_text *t = text_of(m, fd);

	if (!t)
		return;
	free(t->path);
	free(t->text);
	*t = (struct smn_text){ 0 };
}

ssize_t smn_machine_read(struct smn_machine *m, int fd, void *buf, size_t len)
{
	struct smn_text *t = text_of(m, fd);

	if (!t)
		return -EBADF;
	len = len < t->len - t->at ? len : t->len - t->at;
	memcpy(buf, t->text + t->at, len);
	t->at += len;
	return len;
}

ssize_t smn_machine_pread(struct smn_machine *m, int fd, void *buf, size_t len,
			  uint64_t offset)
{
	const struct smn_text *t = text_of(m, fd);
	struct smn_leaf *leaf;
	int err = -EBADF;

	leaf = t ? smn_tree_get(&m->tree, t->path, &err) : NULL;
	if (!leaf)
		return err;
	if (offset >= leaf->len)
		return 0;
	len = len < leaf->len - offset ? len : leaf->len - offset;
	memcpy(buf, leaf->text + offset, len);
	return len;
}

/* A file of one's own: what is written goes behind what is there. */
static ssize_t append(struct smn_machine *m, const struct smn_text *t,
		      const void *buf, size_t len)
{
	int err;
	struct smn_leaf *node = smn_tree_get(&m->tree, t->path, &err);
	char *text = node ? malloc(node->len + len) : NULL;

	if (!text)
		return node ? -ENOMEM : err;
	memcpy(text, node->text, node->len);
	memcpy(text + node->len, buf, len);
	err = smn_leaf_set(node, text, node->len + len);
	free(text);
	return err ? err : (ssize_t)len;
}

ssize_t smn_machine_write(struct smn_machine *m, int fd, const void *buf,
			  size_t len)
{
	const struct smn_text *t = text_of(m, fd);
	char line[4096];	/* sysfs takes no more either */
	int ret;

	if (!t || !t->can_write)
		return -EBADF;
	if (!strncmp(t->path, "/run/", 5))
		return append(m, t, buf, len);
	if (len >= sizeof(line))
		return -EINVAL;
	memcpy(line, buf, len);
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	ret = obey(m, t, line);
	return ret ? ret : (ssize_t)len;
}
