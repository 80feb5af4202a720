/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of a caller of the model, at an address that may be wrong. */
#ifndef SMN_SYS_TOUCH_H
#define SMN_SYS_TOUCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * @n bytes from @here to @there, or back if not @in. A pointer may be wrong:
 * it is for the kernel to say so, with -EFAULT.
 */
int smn_touch(void *here, uint64_t there, size_t n, bool in);

#endif
