// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A made-up machine, as anybody's words describe and change it: the first line
 * names a preset, each further one is a letter and what it does. Whatever is
 * said, the tree stays a tree, and what was opened is closed.
 */
#include <errno.h>
#include <fcntl.h>

#include "fuzz.h"

static int nothing(void *ctx, const char *name)
{
	(void)ctx;
	CHECK(name[0] && !strchr(name, '/'));
	return 0;
}

/* In order, each in a folder that is there, and each can be looked at. */
static void check_tree(const struct smn_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct smn_leaf *l = t->at[i];
		const char *slash = strrchr(l->path, '/');
		char above[SMN_TREE_PATH], target[64];
		struct smn_leaf *folder;
		int err;

		CHECK(l->path[0] == '/' && slash[1] &&
		      strlen(l->path) < SMN_TREE_PATH);
		CHECK(!i || strcmp(t->at[i - 1]->path, l->path) < 0);
		snprintf(above, sizeof(above), "%.*s",
			 (int)(slash - l->path), l->path);
		folder = smn_tree_get(t, above, &err);
		CHECK(above[0] ? folder && folder->kind == SMN_TREE_FOLDER :
		      err == -EISDIR);
		CHECK((smn_tree_readlink(t, l->path, target,
					 sizeof(target)) >= 0) ==
		      (l->kind == SMN_TREE_LINK));
		smn_tree_list(t, l->path, nothing, NULL);
		smn_tree_get(t, l->path, &err);
	}
}

/* "p PATH REST": what each letter does */
static void obey(struct smn_sys *sys, struct smn_machine *m, char letter,
		 const char *path, const char *rest)
{
	const struct smn_part_row row = { .bdf = path, .driver = rest,
					  .own = "nvme", .group = rest[0],
					  .iommu = "smmu3.x" };
	char text[64];

	switch (letter) {
	case 'p':
		smn_tree_put(&m->tree, SMN_TREE_TEXT, path, rest);
		break;
	case 'l':
		smn_tree_put(&m->tree, SMN_TREE_LINK, path, rest);
		break;
	case 'd':
		smn_sys_mkdir(sys, path);
		break;
	case 'r':
		smn_sys_unlink(sys, path);
		break;
	case 'w':
		smn_sys_write_text(sys, path, O_CREAT, rest);
		break;
	case 'a':
		smn_machine_add(m, &row);
		break;
	}
	smn_sys_read_text(sys, path, text, sizeof(text));
}

static int count(void *ctx, const struct smn_pci *pci)
{
	(void)ctx;
	CHECK(IS_STRING(pci->driver) && IS_STRING(pci->cdev));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *all = malloc(size + 1), *rest = all, *line;
	struct smn_sys sys = { .be = &smn_backend_model };
	struct smn_model *m = NULL;
	struct smn_why why = { "" };

	memcpy(all, data, size);
	all[size] = '\0';
	line = strsep(&rest, "\n");
	if (smn_model_preset(line, &m, &why)) {
		check_why(&why);
		free(all);
		return 0;
	}
	sys.priv = m;
	sys.world = smn_model_world(m);
	while ((line = strsep(&rest, "\n"))) {
		const char *letter = strsep(&line, " ");
		const char *path = strsep(&line, " ");

		if (path)
			obey(&sys, smn_model_machine(m), letter[0], path,
			     line ? line : "");
	}
	check_tree(&smn_model_machine(m)->tree);
	smn_pci_list(&sys, count, NULL);
	for (size_t fd = 0; fd < sys.world->nfiles; fd++)
		CHECK(!smn_world_file(sys.world, fd));
	smn_model_free(m);
	free(all);
	return 0;
}
