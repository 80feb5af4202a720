/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SMN_ABI_TRUTH_H
#define SMN_ABI_TRUTH_H

enum smn_truth { SMN_UNKNOWN, SMN_NO, SMN_YES };

#endif
