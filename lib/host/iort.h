/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that read the IORT share. */
#ifndef SMN_HOST_IORT_H
#define SMN_HOST_IORT_H

#include "smmunest.h"

/* Where in a node's header the offset of its ID mappings is. */
#define SMN_IORT_NODE_MAPS 12

/* @bytes at @at of the table, little endian. The caller has checked them. */
uint64_t smn_iort_number(const struct smn_iort *iort, uint64_t at,
			 unsigned int bytes);

#endif
