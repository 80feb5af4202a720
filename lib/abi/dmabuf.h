/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a device's registers (dma-bufs), and mappings of those. A device
 * takes them back when its registers go: the files come back with them, the
 * mappings never (iopt_revoke_notify()).
 */
#ifndef SMN_ABI_DMABUF_H
#define SMN_ABI_DMABUF_H

#include "abi/world.h"

/* The registers are gone; are there again; are gone for good. */
void smn_dmabuf_revoke(struct smn_world *w, const struct smn_pdev *dev);
void smn_dmabuf_allow(struct smn_world *w, const struct smn_pdev *dev);
void smn_dmabuf_forget(struct smn_world *w, const struct smn_pdev *dev);

#endif
