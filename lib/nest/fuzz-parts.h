/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the makers of random requests share. */
#ifndef SMN_NEST_FUZZ_PARTS_H
#define SMN_NEST_FUZZ_PARTS_H

#include "nest/fuzz.h"

/* A number below @n, which is not 0. */
uint64_t smn_fuzz_below(struct smn_fuzz *f, uint64_t n);
bool smn_fuzz_chance(struct smn_fuzz *f, unsigned int percent);
#define SMN_PICK(f, list) ((list)[smn_fuzz_below(f, SMN_ARRAY_SIZE(list))])

/*
 * A slot whose id is of one of @types (1 << enum smn_type) and belongs to
 * @home (0: anywhere), the newest more often; 0: there is none.
 */
uint16_t smn_fuzz_object(struct smn_fuzz *f, uint16_t home, uint32_t types);

/* A slot with an open file of that kind, or 0. */
enum smn_fuzz_files {
	SMN_FUZZ_IOMMUS,
	SMN_FUZZ_CDEVS,
	SMN_FUZZ_QUEUES,
	SMN_FUZZ_OTHERS,	/* no file of iommufd or VFIO */
};

uint16_t smn_fuzz_file(struct smn_fuzz *f, enum smn_fuzz_files which);

/* The member called @name, to be set; the op must have it. */
struct smn_req_value *smn_fuzz_member(struct smn_request *req,
				      const char *name);
void smn_fuzz_put(struct smn_request *req, const char *name, uint64_t value);
void smn_fuzz_point(struct smn_request *req, const char *name,
		    enum smn_ref ref, uint64_t value);

/* Values as a program that knows its way would choose them. */
void smn_fuzz_shape(struct smn_fuzz *f, struct smn_request *req);

/* What a legal STE and a legal command look like, more or less. */
void smn_fuzz_ste(struct smn_fuzz *f, uint64_t ste[2]);
void smn_fuzz_cmd(struct smn_fuzz *f, uint64_t cmd[2]);

/* One thing of it becomes wrong, or at least odd. */
void smn_fuzz_spoil(struct smn_fuzz *f, struct smn_request *req);

/*
 * Whatever was done to it, pointers point where both sides have the same: into
 * the request, into the memory, or where nobody has anything.
 */
void smn_fuzz_tame(struct smn_request *req);

#endif
