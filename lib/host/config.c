// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that the running kernel was built with, where that is told. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"

#define ROOM (1 << 20)
#define CONFIG_GZ "/proc/config.gz"

const char *const smn_kconfig_names[SMN_NCONFIGS] = {
#define X(option) "CONFIG_" #option,
	SMN_CONFIGS(X)
#undef X
};

static void set_all(struct smn_kconfig *config, char value)
{
	memset(config->value, value, sizeof(config->value));
	config->source[0] = '\0';
}

/* "CONFIG_VFIO=m"; one that is not set has no such line. */
static void look_at(const char *line, size_t len, struct smn_kconfig *config)
{
	for (unsigned int i = 0; i < SMN_NCONFIGS; i++) {
		size_t n = strlen(smn_kconfig_names[i]);

		if (len == n + 2 && !memcmp(line, smn_kconfig_names[i], n) &&
		    line[n] == '=' && (line[n + 1] == 'y' ||
				       line[n + 1] == 'm'))
			config->value[i] = line[n + 1];
	}
}

int smn_kconfig_parse(const char *text, struct smn_kconfig *config)
{
	struct smn_kconfig found;
	bool any = false;

	set_all(&found, 'n');
	while (*text) {
		size_t len = strcspn(text, "\n");

		any |= len > 7 && !memcmp(text, "CONFIG_", 7) &&
			memchr(text, '=', len);
		look_at(text, len, &found);
		text += len + (text[len] == '\n');
	}
	if (!any)
		return -EBADMSG;
	*config = found;
	return 0;
}

static ssize_t unpack(struct smn_sys *sys, const char *path, char *text,
		      size_t len)
{
	const char *const argv[] = { "gzip", "-dc", path, NULL };
	int ret = smn_sys_access(sys, path);
	ssize_t n = ret ? ret : smn_sys_run(sys, argv, text, len - 1);

	if (n >= 0)
		text[n] = '\0';
	/* that gzip is missing is not that nothing is there */
	return !ret && n == -ENOENT ? -ENOEXEC : n;
}

/* Where a configuration may be, the surest first. */
static const struct source {
	const char *path;	/* %s is the kernel's release */
	ssize_t (*read)(struct smn_sys *sys, const char *path, char *text,
			size_t len);
} sources[] = {
	{ CONFIG_GZ, unpack },
	{ "/boot/config-%s", smn_sys_read_text },
	{ "/lib/modules/%s/config", smn_sys_read_text },
};

static int try(struct smn_sys *sys, const struct source *source,
	       const char *path, char *text, struct smn_kconfig *config)
{
	ssize_t n = source->read(sys, path, text, ROOM);
	int ret;

	if (n < 0)
		return n;
	/* what is behind a zero would not be seen */
	ret = strlen(text) == (size_t)n ? smn_kconfig_parse(text, config) :
		-EBADMSG;
	if (!ret)
		snprintf(config->source, sizeof(config->source), "%.127s",
			 path);
	return ret;
}

/* The path of a source, with the release in its place. */
static bool path_of(struct smn_sys *sys, const struct source *source,
		    char path[SMN_PATH])
{
	const char *at = strstr(source->path, "%s");
	char release[64];

	if (!at) {
		snprintf(path, SMN_PATH, "%s", source->path);
		return true;
	}
	/* a release is one name */
	if (smn_host_release(sys, release, sizeof(release)) ||
	    strchr(release, '/'))
		return false;
	snprintf(path, SMN_PATH, "%.*s%s%s", (int)(at - source->path),
		 source->path, release, at + 2);
	return true;
}

int smn_kconfig_read(struct smn_sys *sys, struct smn_kconfig *config)
{
	char path[SMN_PATH], *text = malloc(ROOM);
	int ret = -ENOENT, one;

	set_all(config, '?');
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(sources) && ret; i++) {
		if (!path_of(sys, &sources[i], path))
			continue;
		one = try(sys, &sources[i], path, text, config);
		if (one != -ENOENT)
			ret = one;
	}
	free(text);
	return ret;
}
