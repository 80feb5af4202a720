/* SPDX-License-Identifier: GPL-2.0-or-later */
/* begin_write and end_write of struct smn_backend, of the real kernel. */
#ifndef SMN_SYS_WRITER_H
#define SMN_SYS_WRITER_H

#include <stdint.h>

int smn_kernel_begin_write(void *be, const char *path, const char *text,
			   int keep, int *pid);
int smn_kernel_end_write(void *be, int fd, int pid, uint32_t ms);

#endif
