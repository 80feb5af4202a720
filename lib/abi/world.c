// SPDX-License-Identifier: GPL-2.0-or-later
/* SMMUs, devices and open files of a world. See world.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/dmabuf.h"
#include "abi/world.h"

void smn_world_init(struct smn_world *w)
{
	*w = (struct smn_world){ .page = 4096 };
	/* who does it says so, and a process inherits it from nobody */
	w->facts.is[SMN_FACT_INJECTED] = SMN_NO;
}

static void *forget_ictx(struct smn_world *w, struct smn_ictx *x)
{
	if (--x->refs)
		return x;
	/* leaves first: what refers to others goes before them */
	for (bool left = true; left;) {
		left = false;
		for (uint32_t id = 1; id < x->ids.room; id++) {
			struct smn_obj *o = smn_obj_get(x, id);

			if (o && !o->users)
				smn_obj_free(w, o);
			else if (o)
				left = true;
		}
	}
	smn_ids_free(&x->ids);
	free(x);
	return NULL;
}

void smn_world_free(struct smn_world *w)
{
	for (size_t fd = 0; fd < w->nfiles; fd++)
		smn_world_closed(w, fd);
	free(w->files);
	for (struct smn_pdev *d = w->devs, *next; d; d = next) {
		next = d->next;
		free(d);
	}
	for (struct smn_smmu *s = w->smmus, *next; s; s = next) {
		next = s->next;
		free(s);
	}
	smn_areas_free(&w->memory);
	*w = (struct smn_world){ 0 };
}

struct smn_smmu *smn_world_add_smmu(struct smn_world *w, const char *name)
{
	struct smn_smmu **last = &w->smmus;
	struct smn_smmu *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	snprintf(s->name, sizeof(s->name), "%s", name);
	smn_facts_fill(&s->facts, w->answers ? SMN_NO : SMN_UNKNOWN);
	while (*last)
		last = &(*last)->next;
	*last = s;
	return s;
}

struct smn_pdev *smn_world_add_device(struct smn_world *w, const char *bdf,
				      const char *cdev, struct smn_smmu *smmu)
{
	struct smn_pdev **last = &w->devs;
	struct smn_pdev *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	snprintf(d->bdf, sizeof(d->bdf), "%s", bdf);
	snprintf(d->cdev, sizeof(d->cdev), "%s", cdev);
	d->smmu = smmu;
	d->group = -1;
	smn_facts_fill(&d->facts, w->answers ? SMN_NO : SMN_UNKNOWN);
	while (*last)
		last = &(*last)->next;
	*last = d;
	return d;
}

void smn_smmu_tell(struct smn_smmu *smmu, const uint32_t regs[SMN_NREGS])
{
	memcpy(smmu->regs, regs, sizeof(smmu->regs));
	smmu->feats = smn_feats_of(regs);
	smmu->pages = (uint64_t)smn_idr_get(regs, "IDR5.GRAN4K") << 12 |
		      (uint64_t)smn_idr_get(regs, "IDR5.GRAN16K") << 14 |
		      (uint64_t)smn_idr_get(regs, "IDR5.GRAN64K") << 16;
	smn_rules_init(&smmu->rules, smmu->feats);
	smmu->told = SMN_YES;
}

enum smn_truth smn_smmu_nests(const struct smn_smmu *smmu)
{
	if (!smmu || smmu->told != SMN_YES)
		return SMN_UNKNOWN;
	return smn_truth_of(smn_idr_get(smmu->regs, "IDR0.S1P") &&
			    smn_idr_get(smmu->regs, "IDR0.S2P") &&
			    smn_iidr_nests(smmu->regs[SMN_REG_IIDR]));
}

enum smn_truth smn_smmu_same(const struct smn_world *w,
			     const struct smn_smmu *a,
			     const struct smn_smmu *b)
{
	if (a == b && (a || w->answers))
		return SMN_YES;
	if (w->answers)
		return SMN_NO;
	if (!a || !b || !a->name[0] || !b->name[0])
		return SMN_UNKNOWN;
	return SMN_NO;
}

struct smn_smmu *smn_world_smmu(const struct smn_world *w, const char *name)
{
	struct smn_smmu *s = w->smmus;

	while (s && strcmp(s->name, name))
		s = s->next;
	return s;
}

struct smn_pdev *smn_world_cdev(const struct smn_world *w, const char *path)
{
	struct smn_pdev *d = w->devs;

	while (d && strcmp(d->cdev, path))
		d = d->next;
	return d;
}

struct smn_file *smn_world_file(const struct smn_world *w, int fd)
{
	if (fd < 0 || (size_t)fd >= w->nfiles ||
	    w->files[fd].kind == SMN_FILE_NONE)
		return NULL;
	return &w->files[fd];
}

struct smn_file *smn_world_add_file(struct smn_world *w, int fd,
				    enum smn_file_kind kind)
{
	size_t n = w->nfiles ? w->nfiles : 16;
	struct smn_file *files;

	while (n <= (size_t)fd)
		n *= 2;
	if (n > w->nfiles) {
		files = realloc(w->files, n * sizeof(*files));
		if (!files)
			return NULL;
		memset(files + w->nfiles, 0, (n - w->nfiles) * sizeof(*files));
		w->files = files;
		w->nfiles = n;
	}
	w->files[fd] = (struct smn_file){ .kind = kind };
	return &w->files[fd];
}

#define FIRST_FD 3

int smn_world_free_fd(const struct smn_world *w)
{
	int fd = FIRST_FD;

	while (smn_world_file(w, fd))
		fd++;
	return fd;
}

#define CDEVS "/dev/vfio/devices/"

static int opened_iommu(struct smn_world *w, int fd)
{
	struct smn_ictx *x = calloc(1, sizeof(*x));
	struct smn_file *f = x ? smn_world_add_file(w, fd, SMN_FILE_IOMMU) :
		NULL;

	if (!f) {
		free(x);
		return -ENOMEM;
	}
	x->refs = 1;
	f->x = x;
	return 0;
}

static int opened_cdev(struct smn_world *w, const char *path, int fd)
{
	struct smn_pdev *dev = smn_world_cdev(w, path);
	struct smn_file *f;

	if (!dev)
		dev = smn_world_add_device(w, "", path, NULL);
	f = dev ? smn_world_add_file(w, fd, SMN_FILE_CDEV) : NULL;
	if (!f)
		return -ENOMEM;
	f->dev = dev;
	return 0;
}

enum smn_node smn_node_of(const char *path)
{
	if (!strcmp(path, "/dev/iommu"))
		return SMN_NODE_IOMMU;
	if (!strncmp(path, CDEVS, strlen(CDEVS)))
		return SMN_NODE_CDEV;
	return SMN_NODE_OTHER;
}

int smn_world_opened(struct smn_world *w, const char *path, int fd)
{
	switch (smn_node_of(path)) {
	case SMN_NODE_IOMMU:
		return opened_iommu(w, fd);
	case SMN_NODE_CDEV:
		return opened_cdev(w, path, fd);
	default:
		return 0;
	}
}

void smn_pdev_disarm(struct smn_pdev *dev)
{
	for (struct smn_irq *i = dev->vfio.armed, *next; i; i = next) {
		next = i->next;
		free(i);
	}
	dev->vfio.armed = NULL;
	dev->vfio.used = dev->vfio.nvectors = 0;
}

/* Who signals it signals nobody from now on. */
static void forget_eventfd(struct smn_world *w, int fd)
{
	for (struct smn_pdev *d = w->devs; d; d = d->next)
		for (struct smn_irq *i = d->vfio.armed; i; i = i->next)
			if (i->fd == fd)
				i->fd = -1;
}

/* VFIO lets go of the device: nothing attached, no vDEVICE, no object. */
static void unbind(struct smn_world *w, struct smn_file *f)
{
	struct smn_pdev *dev = f->dev;
	struct smn_obj *o = dev->object;

	smn_dmabuf_forget(w, dev);
	smn_pdev_disarm(dev);
	dev->vfio.single = 0;
	dev->vfio.decodes = SMN_UNKNOWN;
	smn_pdev_detach(w, dev);
	if (dev->vdevice)
		smn_obj_bury(w, dev->vdevice);
	o->users--;
	smn_obj_free(w, o);
	forget_ictx(w, f->x);
}

void smn_world_closed(struct smn_world *w, int fd)
{
	struct smn_file *f = smn_world_file(w, fd);
	struct smn_ictx *x;

	if (!f)
		return;
	switch (f->kind) {
	case SMN_FILE_IOMMU:
		forget_ictx(w, f->x);
		break;
	case SMN_FILE_CDEV:
		if (f->bound)
			unbind(w, f);
		break;
	case SMN_FILE_EVENTFD:
		forget_eventfd(w, fd);
		break;
	case SMN_FILE_VEVENTQ:
	case SMN_FILE_FAULTQ:
		x = f->queue->x;
		f->queue->users--;
		forget_ictx(w, x);
		break;
	default:
		break;
	}
	*f = (struct smn_file){ 0 };
}

int smn_world_memory(struct smn_world *w, const void *p, size_t len)
{
	uint64_t start = (uintptr_t)p;
	struct smn_area area = { .start = start, .last = start + len - 1 };

	return smn_areas_add(&w->memory, &area);
}

void smn_world_forget_memory(struct smn_world *w, const void *p)
{
	uint64_t start = (uintptr_t)p;
	struct smn_area *area = smn_areas_find(&w->memory, start, start);

	if (area)
		smn_areas_remove(&w->memory, area);
}

static bool is_own(const struct smn_world *w, uint64_t at, size_t n)
{
	return !w->touch || (n && at + n - 1 >= at &&
			     smn_areas_cover(&w->memory, at, at + n - 1));
}

int smn_user_read(const struct smn_world *w, void *to, uint64_t from, size_t n)
{
	if (!is_own(w, from, n))
		return w->touch(to, from, n, false);
	if (n)
		memcpy(to, (const void *)(uintptr_t)from, n);
	return 0;
}

int smn_user_write(const struct smn_world *w, uint64_t to, const void *from,
		   size_t n)
{
	if (!is_own(w, to, n))
		return w->touch((void *)from, to, n, true);
	if (n)
		memcpy((void *)(uintptr_t)to, from, n);
	return 0;
}
