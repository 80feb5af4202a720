// SPDX-License-Identifier: GPL-2.0-or-later
/* Revoking dma-bufs and what they are mapped as. See dmabuf.h. */
#include "abi/dmabuf.h"
#include "abi/ioas.h"

static void set_files(struct smn_world *w, const struct smn_pdev *dev,
		      enum smn_truth revoked)
{
	for (size_t fd = 0; fd < w->nfiles; fd++)
		if (w->files[fd].kind == SMN_FILE_DMABUF &&
		    w->files[fd].dev == dev)
			w->files[fd].revoked = revoked;
}

static void revoke_areas(const struct smn_areas *mapped,
			 const struct smn_pdev *dev)
{
	for (size_t i = 0; i < mapped->n; i++)
		if (mapped->at[i].pages->registers == dev)
			mapped->at[i].pages->revoked = true;
}

static void revoke_mappings(const struct smn_ictx *x,
			    const struct smn_pdev *dev)
{
	for (uint32_t id = 1; id < x->ids.room; id++) {
		struct smn_obj *o = smn_obj_get(x, id);

		if (o && o->type == SMN_T_IOAS)
			revoke_areas(&o->ioas.space.mapped, dev);
	}
}

void smn_dmabuf_revoke(struct smn_world *w, const struct smn_pdev *dev)
{
	set_files(w, dev, SMN_YES);
	for (size_t fd = 0; fd < w->nfiles; fd++) {
		const struct smn_file *f = &w->files[fd];
		const struct smn_ictx *x = f->queue ? f->queue->x : f->x;

		if (x)
			revoke_mappings(x, dev);
	}
}

void smn_dmabuf_allow(struct smn_world *w, const struct smn_pdev *dev)
{
	set_files(w, dev, SMN_NO);
}

void smn_dmabuf_forget(struct smn_world *w, const struct smn_pdev *dev)
{
	smn_dmabuf_revoke(w, dev);
	for (size_t fd = 0; fd < w->nfiles; fd++)
		if (w->files[fd].kind == SMN_FILE_DMABUF &&
		    w->files[fd].dev == dev)
			w->files[fd].dev = NULL;
}
