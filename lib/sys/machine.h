/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a made-up machine shows beside iommufd: PCI devices, their drivers and
 * groups in sysfs, a little of procfs. Drivers can be changed as on a real one,
 * and the world's devices follow.
 */
#ifndef SMN_SYS_MACHINE_H
#define SMN_SYS_MACHINE_H

#include "abi/world.h"
#include "sys/tree.h"

struct smn_backend;
struct smn_part;
struct smn_text;

struct smn_machine {
	struct smn_tree tree;
	struct smn_world *world;
	struct smn_part *parts;		/* its PCI devices, a list */
	struct smn_text *texts;		/* by fd: files that are open */
	int ntexts;
	unsigned int fail_nth;		/* as /proc/self/fail-nth; 0: none */
	/*
	 * A real machine: what this one does not have of its own is read there.
	 * NULL: there is none. Nothing is ever written to it.
	 */
	const struct smn_backend *below;
	void *below_priv;
};

/* A range the IOMMU driver keeps, as sysfs tells it. */
struct smn_kept {
	uint64_t start, last;
	const char *type;		/* "msi", "direct", ... */
};

/* A PCI device to be. Everything is copied. */
struct smn_part_row {
	const char *bdf;		/* in its full form */
	uint32_t vendor, device, class;
	const char *driver;		/* that has it; NULL or "": none */
	const char *own;		/* that takes it by itself, or NULL */
	const char *iommu;		/* its instance in sysfs, or NULL */
	int group;			/* -1: none */
	const struct smn_kept *kept;
	unsigned int nkept;
};

/* The files every machine has. 0 or -ENOMEM. */
int smn_machine_init(struct smn_machine *m, struct smn_world *w);
void smn_machine_free(struct smn_machine *m);

/*
 * The kernel calls itself @release, "7.3.4"; the world's kernel follows.
 * -EINVAL: it does not begin with two numbers, or is no name; -ENOMEM.
 */
int smn_machine_release(struct smn_machine *m, const char *release);

/* May it be one component of a path, and fits it with its end into @room? */
bool smn_machine_name(const char *name, size_t room);

/*
 * Put a device into the machine: its files, and its place in the world, where
 * an SMMUv3 is made when it is not there yet. -EINVAL: not a BDF, or a name
 * that is none; -EEXIST: it is there; -ENOMEM.
 */
int smn_machine_add(struct smn_machine *m, const struct smn_part_row *row);

/*
 * All devices and facts are there: firmware and kernel tell of them, too. What
 * is not known of a machine that is elsewhere, its firmware does not tell.
 */
int smn_machine_firmware(struct smn_machine *m);

/* The world's device at @bdf; NULL: none, or not behind an SMMUv3. */
struct smn_pdev *smn_machine_device(const struct smn_machine *m,
				    const char *bdf);

/* --- drivers: what sysfs does when their files are written to --- */

/* "" is no driver. -ENODEV: no such device or driver, or it does not want the
 * device; -EBUSY: the device has one, or is open. */
int smn_machine_bind(struct smn_machine *m, const char *bdf,
		     const char *driver);
int smn_machine_unbind(struct smn_machine *m, const char *bdf,
		       const char *driver);

/* The driver that wants it takes it; 0 also when none does. -ENODEV. */
int smn_machine_probe(struct smn_machine *m, const char *bdf);

/* --- looking, as the calls of a backend --- */

ssize_t smn_machine_readlink(const struct smn_machine *m, const char *path,
			     char *buf, size_t len);
int smn_machine_access(const struct smn_machine *m, const char *path);
int smn_machine_list(const struct smn_machine *m, const char *folder,
		     int (*each)(void *ctx, const char *name), void *ctx);

/*
 * Somebody asks for memory: is it the piece that /proc/self/fail-nth and
 * failslab's settings keep from him?
 */
bool smn_machine_starves(struct smn_machine *m);

/* --- texts, as the calls of a backend; each is as it was when opened --- */

/*
 * @fd is one that is free; the world knows it as SMN_FILE_OTHER. As open(2);
 * O_CREAT works under /run alone.
 */
int smn_machine_open(struct smn_machine *m, const char *path, int flags,
		     int fd);
void smn_machine_close(struct smn_machine *m, int fd);
ssize_t smn_machine_read(struct smn_machine *m, int fd, void *buf, size_t len);

/* What the file holds now, from @offset on. */
ssize_t smn_machine_pread(struct smn_machine *m, int fd, void *buf, size_t len,
			  uint64_t offset);

/* As the kernel answers what is written to that file; -EIO: it is read-only. */
ssize_t smn_machine_write(struct smn_machine *m, int fd, const void *buf,
			  size_t len);

#endif
