/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model, one iommufd of it, and the calls that tests of IOASes make. */
#ifndef BED_H
#define BED_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "abi/ioas.h"
#include "sys/model.h"
#include "tap.h"

#define PAGE 0x1000ULL
#define LAST (~0ULL)
#define RW (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)
#define FIXED IOMMU_IOAS_MAP_FIXED_IOVA

/* A model, one iommufd of it, and memory that can be pinned. */
struct bed {
	struct tap *t;
	struct smn_model *m;
	struct smn_world *w;
	struct smn_sys sys;
	int fd;
	char *mem;
	size_t len;
};

static inline struct bed begin(struct tap *t, size_t len)
{
	struct bed b = { .t = t, .m = smn_model_new(), .len = len };

	b.w = smn_model_world(b.m);
	b.sys = (struct smn_sys){ .be = &smn_backend_model, .priv = b.m,
				  .world = b.w };
	b.fd = smn_sys_open(&b.sys, "/dev/iommu", O_RDWR);
	b.mem = smn_sys_map(&b.sys, len);
	return b;
}

static inline void end(struct bed *b)
{
	smn_sys_unmap(&b->sys, b->mem, b->len);
	smn_model_free(b->m);
}

/* The answer is @err by the row @id, which is NULL for success. */
static inline bool gives(struct bed *b, int ret, int err, const char *id)
{
	const struct smn_row *row = smn_model_refusal(b->m);

	return ret == -err && (id ? row && !strcmp(row->id, id) : !row);
}

static inline uint32_t ioas(struct bed *b)
{
	struct iommu_ioas_alloc cmd = { .size = sizeof(cmd) };

	smn_sys_ioctl(&b->sys, SMN_IOMMU_IOAS_ALLOC, b->fd, &cmd);
	return cmd.out_ioas_id;
}

static inline int map(struct bed *b, struct iommu_ioas_map *cmd)
{
	cmd->size = sizeof(*cmd);
	return smn_sys_ioctl(&b->sys, SMN_IOMMU_IOAS_MAP, b->fd, cmd);
}

static inline int map_at(struct bed *b, uint32_t id, uint64_t va, uint64_t iova,
		  uint64_t length)
{
	struct iommu_ioas_map cmd = { .flags = RW | FIXED, .ioas_id = id,
				      .user_va = va, .iova = iova,
				      .length = length };

	return map(b, &cmd);
}

static inline int unmap(struct bed *b, uint32_t id, uint64_t iova,
			uint64_t *length)
{
	struct iommu_ioas_unmap cmd = { .size = sizeof(cmd), .ioas_id = id,
					.iova = iova, .length = *length };
	int ret = smn_sys_ioctl(&b->sys, SMN_IOMMU_IOAS_UNMAP, b->fd, &cmd);

	*length = cmd.length;
	return ret;
}

/* A HWPT on the IOAS, as IOMMU_HWPT_ALLOC would leave it. */
static inline struct smn_obj *hwpt(struct bed *b, uint32_t id,
				   struct smn_smmu *smmu)
{
	struct smn_obj *o = smn_obj_get(smn_world_file(b->w, b->fd)->x, id);
	uint32_t number;
	struct smn_obj *h = smn_obj_new(b->w, o->x, SMN_T_PAGING, &number);

	h->paging.smmu = smmu;
	smn_ioas_add_hwpt(b->w, o, h);
	return h;
}

static inline struct smn_smmu *smmu4k(struct bed *b)
{
	static const uint32_t regs[SMN_NREGS] = { [5] = 0x14 };
	struct smn_smmu *s = smn_world_add_smmu(b->w, "smmu");

	smn_smmu_tell(s, regs);
	return s;
}

static inline struct smn_space *space(struct bed *b, uint32_t id)
{
	return &smn_obj_get(smn_world_file(b->w, b->fd)->x, id)->ioas.space;
}

#endif
