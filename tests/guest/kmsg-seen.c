// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmsg-seen TEXT...: writes each TEXT into the real kernel's log while it
 * listens, and prints "KIND TEXT" for what it recognises. A line is there
 * before it listens, which must not be heard.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "smmunest.h"

static int tell(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY);
	char line[256];
	int n = snprintf(line, sizeof(line), "%s\n", text);
	int ret = fd < 0 || write(fd, line, n) != n;

	close(fd);
	return ret;
}

int main(int argc, char **argv)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct smn_kmsg_seen seen;
	struct smn_why why = { "" };
	struct smn_kmsg kmsg;

	if (tell("kmsg-seen: CMDQ timeout"))
		return 1;
	if (smn_kmsg_open(&sys, &kmsg, false, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		if (tell(argv[i]))
			return 1;
	if (smn_kmsg_read(&kmsg, &seen))
		return 3;
	for (unsigned int i = 0; i < seen.n; i++)
		printf("%s %s\n", smn_kmsg_rows[seen.line[i].kind].id,
		       seen.line[i].text);
	smn_kmsg_close(&kmsg);
	return 0;
}
