/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sources, one a file; only for dma.c. See dma.h. */
#ifndef SMN_DMA_SOURCE_H
#define SMN_DMA_SOURCE_H

#include "dma/dma.h"

extern const struct smn_dma_source smn_dma_edu, smn_dma_nvme, smn_dma_testdev,
	smn_dma_manual, smn_dma_exec;

#endif
