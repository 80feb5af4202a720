// SPDX-License-Identifier: GPL-2.0-or-later
/* Which kernel this is, found out by trying. See smn_kernel_probe(). */
#include <errno.h>

#include "smmunest.h"

int smn_kernel_probe(struct smn_session *s, uint16_t *kernel)
{
	struct smn_call failed = s->sys->failed;
	uint16_t newest = 0;
	int ret = 0;

	/* VFIO's are for another file */
	for (unsigned int i = SMN_IOMMU_DESTROY; !ret && i < SMN_NOPS; i++) {
		/* every one of the arguments begins with its size */
		uint32_t arg[SMN_ARG_MAX / sizeof(uint32_t)] = { sizeof(*arg) };
		uint16_t since = smn_op(i)->since;
		int err;

		if (!since)
			continue;
		err = smn_sys_ioctl(s->sys, i, s->iommufd, arg);
		if (!err)
			ret = -EPROTO;
		else if (err != -ENOTTY && since > newest)
			newest = since;
	}
	s->sys->failed = failed;
	if (!ret)
		*kernel = newest;
	return ret;
}
