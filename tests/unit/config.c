// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's configuration: what an option's line means, which file is
 * believed, and that a program's output comes whole or not at all.
 */
#include <stdio.h>

#include "files.h"
#include "tap.h"

static const char text[] =
	"# Linux/arm64 7.3.4 Kernel Configuration\n"
	"CONFIG_IOMMUFD=y\n"
	"CONFIG_IOMMUFD_DRIVER=m\n"
	"CONFIG_VFIO_PCI_CORE=y\n"
	"CONFIG_VFIO_PCI=m\n"
	"CONFIG_ARM_SMMU_V3_SVA:y\n"
	"# CONFIG_VFIO_DEVICE_CDEV is not set\n"
	"CONFIG_CMDLINE=\"CONFIG_PCI_ATS=y\"\n"
	"CONFIG_ACPI_TABLE_UPGRADE=y";

static void test_parse(struct tap *tap)
{
	struct smn_kconfig c;

	tap_ok(tap, !smn_kconfig_parse(text, &c), "a configuration");
	tap_ok(tap, c.value[SMN_CONFIG_IOMMUFD] == 'y', "built in");
	tap_ok(tap, c.value[SMN_CONFIG_VFIO_PCI] == 'm', "a module");
	tap_ok(tap, c.value[SMN_CONFIG_VFIO_DEVICE_CDEV] == 'n', "not set");
	tap_ok(tap, c.value[SMN_CONFIG_ARM_SMMU_V3_IOMMUFD] == 'n',
	       "not mentioned");
	tap_ok(tap, c.value[SMN_CONFIG_ARM_SMMU_V3_SVA] == 'n',
	       "not a value");
	tap_ok(tap, c.value[SMN_CONFIG_PCI_ATS] == 'n', "within another");
	tap_ok(tap, c.value[SMN_CONFIG_ACPI_TABLE_UPGRADE] == 'y',
	       "without a newline at the end");
	tap_ok(tap, smn_kconfig_parse("", &c) == -EBADMSG &&
	       smn_kconfig_parse("<html>\n", &c) == -EBADMSG,
	       "anything else is none");
}

#define RELEASE { "/proc/sys/kernel/osrelease", "7.3.4\n", 0, 0 }
#define Y "CONFIG_IOMMUFD=y\n"
#define M "CONFIG_IOMMUFD=m\n"
#define GZIP { "gzip", "", 0, 0 }

/* Which value IOMMUFD has, from where, and what is returned. */
static void expect(struct tap *tap, const struct file *file, int ret,
		   char value, const char *source, const char *name)
{
	struct files fs = { .file = file };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };
	struct smn_kconfig c;
	int got = smn_kconfig_read(&sys, &c);

	tap_ok(tap, got == ret && c.value[SMN_CONFIG_IOMMUFD] == value &&
	       !strcmp(c.source, source) && !fs.nopen, "%s: %d %c %s", name,
	       got, c.value[SMN_CONFIG_IOMMUFD], c.source);
}

static void test_sources(struct tap *tap)
{
	static const struct file gz[] = {
		RELEASE, GZIP, { "/proc/config.gz", Y, 0, 0 },
		{ "/boot/config-7.3.4", M, 0, 0 }, { 0 },
	};
	static const struct file no_gzip[] = {
		RELEASE, { "/proc/config.gz", Y, 0, 0 },
		{ "/boot/config-7.3.4", M, 0, 0 }, { 0 },
	};
	static const struct file only_gz[] = {
		RELEASE, { "/proc/config.gz", Y, 0, 0 }, { 0 },
	};
	static const struct file modules[] = {
		RELEASE, { "/boot/config-7.3.3", Y, 0, 0 },
		{ "/lib/modules/7.3.4/config", M, 0, 0 }, { 0 },
	};
	static const struct file refused[] = {
		RELEASE, { "/boot/config-7.3.4", M, 0, -EACCES }, { 0 },
	};
	static const struct file zero[] = {
		RELEASE, { "/boot/config-7.3.4", M "\0" Y, 35, 0 }, { 0 },
	};
	static const struct file outside[] = {
		{ "/proc/sys/kernel/osrelease", "../../tmp/x", 0, 0 },
		{ "/boot/config-../../tmp/x", Y, 0, 0 }, { 0 },
	};
	static const struct file nothing[] = { RELEASE, GZIP, { 0 } };

	expect(tap, gz, 0, 'y', "/proc/config.gz", "its own is believed");
	expect(tap, no_gzip, 0, 'm', "/boot/config-7.3.4", "no gzip, a file");
	expect(tap, only_gz, -ENOEXEC, '?', "", "no gzip");
	expect(tap, modules, 0, 'm', "/lib/modules/7.3.4/config",
	       "of this release only");
	expect(tap, refused, -EACCES, '?', "", "not readable");
	expect(tap, zero, -EBADMSG, '?', "", "a zero in it");
	expect(tap, outside, -ENOENT, '?', "", "a release is one name");
	expect(tap, nothing, -ENOENT, '?', "", "nothing tells");
}

static void test_large(struct tap *tap)
{
	char *big = malloc((1 << 20) + 1);
	struct file file[] = {
		RELEASE, GZIP, { "/proc/config.gz", big, 1 << 20, 0 }, { 0 },
	};

	memset(big, '#', 1 << 20);
	memcpy(big, Y, strlen(Y));
	expect(tap, file, -EFBIG, '?', "", "too large");
	file[2].size--;
	expect(tap, file, 0, 'y', "/proc/config.gz", "as large as may be");
	free(big);
}

/* --- programs, on the real kernel --- */

static ssize_t run(const char *script, char *buf, size_t len)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct smn_sys sys = { .be = &smn_backend_kernel };

	return smn_sys_run(&sys, argv, buf, len);
}

static void test_run(struct tap *tap)
{
	static const char *const missing[] = { "/nowhere/gzip", NULL };
	struct smn_sys sys = { .be = &smn_backend_kernel };
	char buf[8];

	tap_ok(tap, run("printf abc; sleep 0.05; printf def", buf, 6) == 6 &&
	       !memcmp(buf, "abcdef", 6), "what a program prints");
	tap_ok(tap, run("printf abcdefg", buf, 6) == -EFBIG, "too much of it");
	tap_ok(tap, run("while echo yes; do :; done", buf, 8) == -EFBIG,
	       "without end");
	tap_ok(tap, run("printf abc; exit 1", buf, 8) == -EIO, "it failed");
	tap_ok(tap, run("echo x >&2; cat", buf, 8) == 0,
	       "no input, and complaints are not output");
	tap_ok(tap, smn_sys_run(&sys, missing, buf, 8) == -ENOENT, "not there");
}

int main(void)
{
	struct tap tap = { 0 };

	test_parse(&tap);
	test_sources(&tap);
	test_large(&tap);
	test_run(&tap);
	return tap_done(&tap);
}
