// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of others' logs: what each tells, by whom it was written, and that of
 * something else nothing is told.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "smmunest.h"
#include "tap.h"

static const struct {
	const char *line, *id;		/* NULL: of something else */
	bool wrong;
	enum smn_op_id op;
	int err;
	const char *event;
} lines[] = {
	/* strace: numbers, its own way to write them, names */
	{ "ioctl(9, _IOC(_IOC_NONE, 0x3b, 0x8d, 0), 0x7ffd0) = 0", "ioctl",
	  false, SMN_IOMMU_HWPT_INVALIDATE, 0, NULL },
	{ "77 1.2 ioctl(9</dev/iommu>, _IOC(_IOC_NONE, 0x3b, 0x8d, 0), 0x7f) "
	  "= -1 EIO (Input/output error) <0.000012>", "ioctl",
	  true, SMN_IOMMU_HWPT_INVALIDATE, -EIO, NULL },
	{ "ioctl(0x9, 0x3b91, 0x7ffd0) = -1 EEXIST (File exists)", "ioctl",
	  true, SMN_IOMMU_VDEVICE_ALLOC, -EEXIST, NULL },
	{ "ioctl(9, VFIO_DEVICE_RESET or VFIO_OTHER, 0) = -1 EINVAL (Invalid "
	  "argument)", "ioctl", true, SMN_VFIO_DEVICE_RESET, -EINVAL, NULL },
	{ .line = "ioctl(3, TCGETS, 0x7ffd0) = -1 ENOTTY (Inappropriate)" },
	{ .line = "ioctl(9, _IOC(_IOC_NONE, 0x3b, 0x8d, 0), 0 <unfinished>" },

	/* the kernel */
	{ "arm-smmu-v3 a.auto: event 0x10 received:", "EVENT_RAW",
	  true, SMN_NOPS, 0, "F_TRANSLATION" },
	{ "arm-smmu-v3 a.auto: event: F_PERMISSION client: 0000:00:02.0 sid: "
	  "0x10 ssid: 0x0 iova: 0x1000 ipa: 0x0", "EVENT",
	  true, SMN_NOPS, 0, "F_PERMISSION" },
	{ "arm-smmu-v3 a.auto: CMD_SYNC timeout at 0x00000007", "SYNC_TIMEOUT",
	  true, SMN_NOPS, 0, NULL },
	{ "vfio-pci 0000:01:00.0: Relaying device request to user (#0)",
	  "UNBIND", false, SMN_NOPS, 0, NULL },
	{ .line = "arm-smmu-v3 a.auto: \t0x0000001000000010" },

	/* QEMU: trace events, as -trace and as a log backend write them */
	{ "12@1732700000.123456:smmuv3_record_event SMMU_EVT_C_BAD_STREAMID "
	  "sid=0x8",
	  "trace.event", true, SMN_NOPS, 0, "C_BAD_STREAMID" },
	{ "smmuv3_translate_abort smmuv3-iommu-memory-region-16-0 sid=0x10 "
	  "iova=0x1000 is_write=1", "trace.abort", true, SMN_NOPS, 0, NULL },
	{ "smmuv3_cmdq_cfgi_ste streamid= 0x10", "trace.ste",
	  false, SMN_NOPS, 0, NULL },
	{ "iommufd_backend_map_dma  iommufd=10 ioas=2 iova=0x8000000000 "
	  "size=0x4000 addr=0x7f00 readonly=0 (-14)", "trace.map",
	  true, SMN_IOMMU_IOAS_MAP, -EFAULT, NULL },
	{ "iommufd_backend_map_dma  iommufd=10 ioas=2 iova=0x0 size=0x4000 "
	  "addr=0x7f00 readonly=0 (0)", "trace.map",
	  false, SMN_IOMMU_IOAS_MAP, 0, NULL },
	{ "iommufd_backend_unmap_dma_non_exist  Unmap nonexistent mapping: "
	  "iommufd=10 ioas=2 iova=0x8000000000 size=0x4000 (-2)",
	  "trace.unmap.nothing", true, SMN_IOMMU_IOAS_UNMAP, -ENOENT, NULL },
	{ "iommufd_backend_unmap_dma  iommufd=10 ioas=2 iova=0x0 size=0x4000 "
	  "(0)", "trace.unmap", false, SMN_IOMMU_IOAS_UNMAP, 0, NULL },
	{ "smmuv3_write_gerror toggled=0x1, new GERROR=0x1", "trace.gerror",
	  true, SMN_NOPS, 0, NULL },
	{ .line = "smmuv3_write_gerrorn acked=0x1, new GERRORN=0x1" },
	{ .line = "smmuv3_read_mmio smmuv3 reg=0x0 val=0x0 size=4 r=0" },

	{ "iommufd_backend_alloc_vdev  iommufd=10 dev_id=1 viommu_id=4 "
	  "virt_id=0x0 vdev_id=0 (-17)", "trace.vdevice.zero", true,
	  SMN_IOMMU_VDEVICE_ALLOC, -EEXIST, NULL },
	{ "iommufd_backend_alloc_vdev  iommufd=10 dev_id=1 viommu_id=4 "
	  "virt_id=0x100 vdev_id=5 (0)", "trace.vdevice", false,
	  SMN_IOMMU_VDEVICE_ALLOC, 0, NULL },
	{ "iommufd_cdev_fail_attach_existing_container  error attach 0000:01:"
	  "00.0 (21) to id=3: Invalid argument", "trace.attach.other", true,
	  SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, -EINVAL, NULL },
	{ "vfio_listener_region_add_no_dma_map Region \"0000:01:00.0 BAR 0\" "
	  "0x10000000 size=0x100 is not aligned to 0x1000 and cannot be "
	  "mapped for DMA", "trace.skipped", false, SMN_IOMMU_IOAS_MAP, 0,
	  NULL },

	/* and its complaints */
	{ "qemu-system-aarch64: -device vfio-pci,host=01:00.0: Host SMMUv3 "
	  "SSIDSIZE not compatible (host=0, QEMU=16)", "vmm.host", true,
	  SMN_IOMMU_GET_HW_INFO, 0, NULL },
	{ "qemu-system-aarch64: vEVENTQ(type 1 id 6): lost 3 event(s)",
	  "vmm.lost", true, SMN_READ_VEVENTQ, 0, NULL },
	{ "qemu-system-aarch64: Invalid STE config for sid 0x10", "vmm.ste",
	  true, SMN_NOPS, 0, NULL },

	/* this program's own */
	{ "IOMMU_VIOMMU_ALLOC(3, {type=ARM_SMMUV3, dev_id=1, hwpt_id=3}) = -1 "
	  "EOPNOTSUPP {} <12.3 us>", "ioctl", true, SMN_IOMMU_VIOMMU_ALLOC,
	  -EOPNOTSUPP, NULL },
	{ "# map.access: IOMMU_IOAS_MAP(3, {ioas_id=1}) = 0 {iova=0x5} <1 ns>",
	  "ioctl", false, SMN_IOMMU_IOAS_MAP, 0, NULL },
	{ .line = "iommu_map(3, {}) = -1 EINVAL" },
	{ .line = "SET_IRQS(3, {index=2}) = -1 ENOMEM {} <1 us>" },
	{ "qemu-system-aarch64: warning: IOMMU_IOAS_MAP failed: Bad address, "
	  "PCI BAR?", "vmm.bar", true, SMN_IOMMU_IOAS_MAP, -EFAULT, NULL },
	{ "qemu-system-aarch64: -device vfio-pci,host=01:00.0: vfio 0000:01:"
	  "00.0: error attach 0000:01:00.0 (21) to id=3: Invalid argument",
	  "vmm.attach", true, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, -EINVAL,
	  NULL },
	{ "vmm: IOMMU_VDEVICE_ALLOC failed: File exists", "vmm.iommu",
	  true, SMN_IOMMU_VDEVICE_ALLOC, -EEXIST, NULL },

	{ .line = "" },
	{ .line = "usb 1-1: new device failed" },
};

static void test_line(struct tap *t, const struct smn_log_filter *f, size_t i)
{
	struct smn_log_line said = { .id = "none" };
	bool tells = smn_log_line_read(f, lines[i].line, &said);

	if (!lines[i].id || !tells) {
		tap_ok(t, tells == !!lines[i].id, "%s: %.60s",
		       lines[i].id ? lines[i].id : "nothing", lines[i].line);
		return;
	}
	tap_ok(t, !strcmp(said.id, lines[i].id) && said.meaning[0] &&
	       said.wrong == lines[i].wrong && said.op == lines[i].op &&
	       said.err == lines[i].err && !said.event == !lines[i].event &&
	       (!said.event || !strcmp(said.event->name, lines[i].event)),
	       "%s: %.60s: %s op %d err %d", lines[i].id, lines[i].line,
	       said.id, said.op, said.err);
}

/* Each call of ours, however little else its line has that logs do. */
static void test_calls(struct tap *t, const struct smn_log_filter *f)
{
	for (enum smn_op_id op = 0; op < SMN_NOPS; op++) {
		struct smn_log_line said = { .op = SMN_NOPS };
		char line[80];

		if (!smn_op(op)->request)
			continue;
		snprintf(line, sizeof(line), "%s(3, {}) = -1 EIO {} <1 us>",
			 smn_op(op)->name);
		tap_ok(t, smn_log_line_read(f, line, &said) &&
		       said.op == op && said.err == -EIO &&
		       said.by == SMN_LOG_US, "a call of ours: %s",
		       smn_op(op)->name);
	}
}

/* A VMM's row that an earlier one hides would never be told. */
static void test_rows(struct tap *t, const struct smn_log_filter *f)
{
	static const struct { const char *id, *text, *then; } rows[] = {
#define X(id, text, then, ...) { id, text, then },
		SMN_VMM_LINES(X)
#undef X
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		struct smn_log_line said;
		char line[128];

		snprintf(line, sizeof(line), "%s %s", rows[i].text,
			 rows[i].then);
		tap_ok(t, smn_log_line_read(f, line, &said) &&
		       !strcmp(said.id, rows[i].id), "'%s' is of %s", line,
		       rows[i].id);
	}
}

int main(void)
{
	struct smn_log_filter filter;
	struct tap t = { 0 };

	smn_log_filter_init(&filter);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(lines); i++)
		test_line(&t, &filter, i);
	test_calls(&t, &filter);
	test_rows(&t, &filter);
	return tap_done(&t);
}
