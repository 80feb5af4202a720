/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of logs that others wrote while nesting went wrong for them: the
 * kernel's, QEMU's trace events and complaints, strace of a VMM. One line at a
 * time, and nothing is known but that line.
 */
#ifndef SMN_HOST_LOGLINE_H
#define SMN_HOST_LOGLINE_H

#include "abi/op.h"
#include "arch/field.h"

/*
 * What a VMM writes of iommufd, by itself or as trace events. X(id, text, then,
 * op, wrong, meaning): both texts are in the line, one behind the other; op is
 * the call that it is about, NOPS: none, or the one that the line names; wrong:
 * nothing that goes well is told so. Of two, the one that has the other in it
 * comes first.
 */
#define SMN_VMM_LINES(X) \
	X("trace.unmap.nothing", "iommufd_backend_unmap_dma_non_exist", "", \
	  IOMMU_IOAS_UNMAP, false, "nothing was mapped there, which QEMU " \
	  "takes for done") \
	X("trace.unmap", "iommufd_backend_unmap_dma", "", \
	  IOMMU_IOAS_UNMAP, false, "guest memory goes from stage 2") \
	X("trace.map", "iommufd_backend_map_dma", "", \
	  IOMMU_IOAS_MAP, false, "guest memory comes into stage 2") \
	X("trace.map.file", "iommufd_backend_map_file_dma", "", \
	  IOMMU_IOAS_MAP_FILE, false, "guest memory comes into stage 2") \
	X("trace.ioas", "iommufd_backend_alloc_ioas", "", \
	  IOMMU_IOAS_ALLOC, false, "an IOAS for the guest's memory") \
	X("trace.hwpt", "iommufd_backend_alloc_hwpt", "", \
	  IOMMU_HWPT_ALLOC, false, "a stage of translation") \
	X("trace.viommu", "iommufd_backend_alloc_viommu", "", \
	  IOMMU_VIOMMU_ALLOC, false, "the guest's SMMU") \
	X("trace.vdevice.zero", "iommufd_backend_alloc_vdev", "virt_id=0x0 ", \
	  IOMMU_VDEVICE_ALLOC, false, "a device's StreamID in the guest, " \
	  "which is 0: buses may have no numbers yet") \
	X("trace.vdevice", "iommufd_backend_alloc_vdev", "", \
	  IOMMU_VDEVICE_ALLOC, false, "a device's StreamID in the guest") \
	X("trace.veventq", "iommufd_backend_alloc_veventq", "", \
	  IOMMU_VEVENTQ_ALLOC, false, "the way of events to the guest") \
	X("trace.eventq", "iommufd_viommu_alloc_eventq", "", \
	  IOMMU_VEVENTQ_ALLOC, false, "the way of events to the guest") \
	X("trace.dirty", "iommufd_backend_set_dirty", "", \
	  IOMMU_HWPT_SET_DIRTY_TRACKING, false, "the guest migrates") \
	X("trace.bitmap", "iommufd_backend_get_dirty_bitmap", "", \
	  IOMMU_HWPT_GET_DIRTY_BITMAP, false, "the guest migrates") \
	X("trace.bind", "iommufd_cdev_connect_and_bind", "", \
	  VFIO_DEVICE_BIND_IOMMUFD, false, "QEMU has taken a device") \
	X("trace.attach", "iommufd_cdev_attach_ioas_hwpt", "", \
	  VFIO_DEVICE_ATTACH_IOMMUFD_PT, false, "a device is attached") \
	X("trace.attach.other", "iommufd_cdev_fail_attach_existing_container", \
	  "", VFIO_DEVICE_ATTACH_IOMMUFD_PT, true, "a device cannot share " \
	  "what others have, and QEMU makes its own") \
	X("trace.detach", "iommufd_cdev_detach_ioas_hwpt", "", \
	  VFIO_DEVICE_DETACH_IOMMUFD_PT, false, "a device is let go") \
	X("trace.skipped", "vfio_listener_region_add_no_dma_map", "", \
	  IOMMU_IOAS_MAP, false, "what is smaller than a page is not " \
	  "mapped: a BAR, which other devices miss") \
	X("trace.invalidate", "iommufd_backend_invalidate_cache", "", \
	  IOMMU_HWPT_INVALIDATE, false, "the guest's commands") \
	X("trace.free", "iommufd_backend_free_id", "", \
	  IOMMU_DESTROY, false, "an object goes") \
	X("trace.event", "smmuv3_record_event", "", \
	  NOPS, true, "the guest's SMMU reports an event") \
	X("trace.abort", "smmuv3_translate_abort", "", \
	  NOPS, true, "the stream's STE aborts what the device does") \
	X("trace.gerror", "smmuv3_write_gerror ", "", \
	  NOPS, true, "the guest's SMMU reports an error of its own") \
	X("trace.command", "smmuv3_cmdq_consume_error", "", \
	  NOPS, true, "the guest's SMMU stops at a command") \
	X("trace.ste", "smmuv3_cmdq_cfgi_ste", "", \
	  NOPS, false, "the guest changed the STE of a stream") \
	X("trace.bar.gone", "pci_update_mappings_del", "", \
	  NOPS, false, "a BAR goes from the guest's memory") \
	X("trace.bar", "pci_update_mappings_add", "", \
	  NOPS, false, "a BAR comes into the guest's memory") \
	X("trace.installed", "smmuv3_accel_install_ste", "", \
	  VFIO_DEVICE_ATTACH_IOMMUFD_PT, false, "the guest's STE is in " \
	  "effect") \
	X("vmm.ste", "Invalid STE config for sid", "", \
	  NOPS, true, "the guest's STE is none that can be nested") \
	X("vmm.host", "Host SMMUv3 ", "", \
	  IOMMU_GET_HW_INFO, true, "the guest's SMMU was given what the " \
	  "host's does not have") \
	X("vmm.lost", "vEVENTQ(type", "", \
	  READ_VEVENTQ, true, "events of the guest were lost") \
	X("vmm.bar", "IOMMU_IOAS_MAP failed", "PCI BAR", \
	  IOMMU_IOAS_MAP, true, "a BAR cannot be mapped as memory can; only " \
	  "other devices miss it") \
	X("vmm.attach", "error attach ", " to id=", \
	  VFIO_DEVICE_ATTACH_IOMMUFD_PT, true, "QEMU cannot attach it") \
	X("vmm.bind", "error bind device ", " to iommufd", \
	  VFIO_DEVICE_BIND_IOMMUFD, true, "QEMU cannot take it") \
	X("vmm.failed", "ailed", "IOMMU", NOPS, true, "a call of the VMM's") \
	X("vmm.iommu", "IOMMU_", "ailed", NOPS, true, "a call of the VMM's") \
	X("vmm.vfio", "VFIO_DEVICE_", "ailed", NOPS, true, \
	  "a call of the VMM's")

enum smn_log_by {
	SMN_LOG_KERNEL,
	SMN_LOG_STRACE,
	SMN_LOG_US,	/* --trace of this program */
	SMN_LOG_VMM,
};

struct smn_log_line {
	enum smn_log_by by;
	const char *id;			/* of the row; "ioctl" of calls */
	const char *meaning;
	bool wrong;
	enum smn_op_id op;		/* SMN_NOPS: no call, or not known */
	int err;			/* -errno of it; 0: none is told */
	const struct smn_layout *event;	/* that it names, or NULL */
};

/* Which lines can be of interest at all, made from the rows: most are not. */
struct smn_log_filter {
	uint8_t begins[65536 / 8];
};

void smn_log_filter_init(struct smn_log_filter *f);

/* What the line tells of nesting: true, and *said. */
bool smn_log_line_read(const struct smn_log_filter *f, const char *line,
		       struct smn_log_line *said);

/* "kernel", "strace", "trace", "vmm" */
const char *smn_log_by_name(enum smn_log_by by);

#endif
