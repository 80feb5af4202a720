/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reaches the errno rows on the model: scripts as tests/scripts has them,
 * and lines that begin with '!' and change the machine, which reach.c reads.
 */
#ifndef REACH_H
#define REACH_H

struct reach {
	const char *what;
	const char *spec;		/* of the model */
	const char *text, *script;	/* lines, then a file; NULL: none */
};

#define BOUND \
	"let iommufd = open /dev/iommu\n" \
	"let cdev = open dev0\n" \
	"let dev = bind-iommufd cdev\n" \
	"let ioas = ioas-alloc\n"
#define TWO \
	BOUND \
	"let cdev1 = open dev1\n" \
	"let other = bind-iommufd cdev1\n"
#define PARENT \
	"let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"
#define VIOMMU \
	"let viommu = viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3\n"
#define NEST BOUND PARENT VIOMMU
#define FAULTS "let faults = fault-queue-alloc\n"
#define EVENTS \
	"let events = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 " \
	"veventq_depth=8\n"

/* so the call is refused while the fact holds; when that befalls it */
#define WHILE(fact, refusal, call) \
	"!fact " fact "\n" \
	"expect " refusal "\n" \
	call "\n" \
	"!no " fact "\n"
#define BEFALLS(err, id, call) \
	"!befalls " id "\n" \
	"expect " err " " id "\n" \
	call "\n" \
	"!befalls nothing\n"

#define MAP_FILE "ioas-map-file ioas_id=ioas flags=READABLE fd=file " \
	"length=0x1000"
#define DMABUF "feature cdev feature=DMA_BUF flags=GET nr_ranges=1 " \
	"region_index=BAR0 length=0x1000"
#define MSI "set-irqs cdev index=MSI flags=DATA_EVENTFD|ACTION_TRIGGER " \
	"size=24 fd=-1 count=1"
#define INTX "set-irqs cdev index=INTX flags=DATA_EVENTFD|ACTION_TRIGGER " \
	"size=24 fd=-1 count=1"
#define HW_QUEUE "hw-queue-alloc viommu_id=viommu type=1 length=0x1000"
#define GET_PA "ioas-noiommu-get-pa ioas_id=ioas length=1 iova=0x40000000"
#define BAR0 "0"
#define BAR2 "0x20000000000"
#define CONFIG "0x70000000000"

static const struct reach cases[] = {
	{ "devices", "qemu", .script = "errnos/device" },
	{ "registers as files", "qemu", .script = "errnos/feature" },
	{ "HWPTs", "qemu", .script = "errnos/hwpt" },
	{ "mappings", "qemu", .script = "errnos/map" },
	{ "options", "qemu", .script = "errnos/option" },
	{ "regions", "qemu", .script = "errnos/region" },
	{ "attaching", "qemu", .script = "errnos/vfio" },
	{ "vIOMMUs", "qemu", .script = "errnos/viommu" },
	{ "a bridge", "qemu:aliased", .script = "machines/bridge" },
	{ "fewer capabilities", "qemu:memlock=65536,no-resource-cap",
	  .text = "!file /run/smmunest-file 1048576\n",
	  .script = "machines/caps" },
	{ "an edu", "qemu", .script = "machines/edu" },
	{ "a group", "qemu", .text = "!together\n",
	  .script = "machines/group" },
	{ "a driver's neighbour", "qemu:group-busy",
	  .script = "machines/neighbour" },
	{ "no stage 2", "no-s2", .script = "machines/stage1" },
	{ "no stage 1", "qemu",
	  .text = "!reg 0 0x0d441019\n",
	  .script = "machines/stage2" },
	{ "no CANWBS", "qemu:no-canwbs", .script = "machines/stock" },
	{ "two devices", "qemu", .script = "machines/two" },
	{ "nobody", "qemu:unprivileged", .script = "machines/user" },

	/* --- older kernels --- */
	{ "nesting of the future", "qemu:kernel=6.12", .text = BOUND
	  "expect ENOTTY kernel.old\n"
	  "viommu-alloc dev_id=dev hwpt_id=ioas type=ARM_SMMUV3\n"
	  "expect EOPNOTSUPP s2.kernel\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"
	  "let host = hwpt-alloc dev_id=dev pt_id=ioas\n"
	  "expect EINVAL s1.parent.kernel\n"
	  "hwpt-alloc dev_id=dev pt_id=host ste=V=0\n" },
	{ "faults of the future", "qemu:kernel=6.12", .text = BOUND
	  "expect EOPNOTSUPP hwpt.flags.fault\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas flags=FAULT_ID_VALID\n" },
	{ "PASIDs of the future", "qemu:kernel=6.14", .text = BOUND
	  "expect EOPNOTSUPP hwpt.flags.pasid\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas flags=PASID\n"
	  "expect EINVAL attach.flags.old\n"
	  "attach-iommufd-pt cdev pt_id=ioas flags=1\n"
	  "expect EINVAL detach.flags.old\n"
	  "detach-iommufd-pt cdev flags=1\n" },
	{ "tokens of the future", "qemu:kernel=6.16", .text =
	  "let iommufd = open /dev/iommu\n"
	  "let cdev = open dev0\n"
	  "expect EINVAL bind.flags.old\n"
	  "bind-iommufd cdev flags=1\n"
	  "let dev = bind-iommufd cdev\n"
	  "expect EOPNOTSUPP hwinfo.flags.type\n"
	  "get-hw-info dev_id=dev flags=1\n" },

	/* --- opening and binding --- */
	{ "opening", "qemu", .text =
	  WHILE("no-iommu-node", "ENOENT open.node", "open /dev/iommu")
	  WHILE("iommufd-unloaded", "ENOENT open.module", "open /dev/iommu")
	  WHILE("no-iommufd", "ENOENT open.iommu", "open /dev/iommu")
	  WHILE("no-memory", "ENOMEM open.memory", "open dev0")
	  WHILE("no-fds", "EMFILE open.fds", "open dev0")
	  WHILE("going", "ENODEV open.going", "open dev0")
	  "!fact no-group\n"
	  WHILE("no-rawio-cap", "EPERM open.rawio", "open dev0")
	  "!fact no-memory\n"
	  "!mmap mmap.memory\n"
	  "!no no-memory\n"
	  "!mmap ok\n" },
	{ "binding", "qemu", .text =
	  "let iommufd = open /dev/iommu\n"
	  "let cdev = open dev0\n"
	  WHILE("legacy-open", "EBUSY bind.legacy", "bind-iommufd cdev")
	  WHILE("needs-token", "EACCES bind.token", "bind-iommufd cdev")
	  WHILE("going", "ENODEV bind.going", "bind-iommufd cdev")
	  WHILE("no-memory", "ENOMEM bind.memory", "bind-iommufd cdev")
	  WHILE("incoherent", "EINVAL bind.incoherent", "bind-iommufd cdev")
	  WHILE("no-group", "ENODEV bind.group.none", "bind-iommufd cdev")
	  WHILE("msi-shared", "EPERM bind.msi", "bind-iommufd cdev")
	  WHILE("pasids-used", "EBUSY bind.domain", "bind-iommufd cdev")
	  WHILE("resetting", "EBUSY bind.reset", "bind-iommufd cdev")
	  WHILE("direct", "EINVAL bind.direct", "bind-iommufd cdev")
	  WHILE("device-broken", "EIO bind.enable", "bind-iommufd cdev")
	  BEFALLS("EFAULT", "bind.argument", "bind-iommufd cdev")
	  "bind-iommufd cdev\n" },
	{ "binding another of the group", "qemu", .text = "!together\n" BOUND
	  "let cdev1 = open dev1\n"
	  WHILE("resetting", "EAGAIN bind.lock", "bind-iommufd cdev1") },

	/* --- a bound device --- */
	{ "a broken device", "qemu", .text = BOUND
	  "!fact device-broken\n"
	  "expect EIO attach.power\n"
	  "attach-iommufd-pt cdev pt_id=ioas\n"
	  "expect EIO detach.power\n"
	  "detach-iommufd-pt cdev\n"
	  "expect EIO devinfo.power\n"
	  "get-info cdev\n"
	  "expect EIO region.power\n"
	  "get-region-info cdev\n"
	  "expect EIO irqinfo.power\n"
	  "get-irq-info cdev\n"
	  "expect EIO irq.power\n" MSI "\n"
	  "expect EIO reset.power\n"
	  "reset cdev\n"
	  "expect EIO feature.power\n"
	  "feature cdev feature=DMA_BUF flags=GET\n"
	  "!pread cdev " CONFIG " 4 regread.power\n"
	  "!pwrite cdev " CONFIG " 4 regwrite.power\n" },
	{ "registers", "qemu", .text =
	  "let iommufd = open /dev/iommu\n"
	  "let cdev = open dev0\n"
	  "!pread cdev " CONFIG " 4 regread.unbound\n"
	  "!pwrite cdev " CONFIG " 4 regwrite.unbound\n"
	  "bind-iommufd cdev\n"
	  "!pread cdev " CONFIG " 4 ok\n"
	  "!pread cdev " BAR2 " 4 regread.none\n"
	  "!pwrite cdev " BAR2 " 4 regwrite.none\n"
	  "!pread cdev 0x70000010000 4 regread.config.end\n"
	  "!pwrite cdev 0x70000010000 4 regwrite.config.end\n"
	  "!pread cdev 0x8000000000 4 regread.end\n"
	  "!pwrite cdev 0x8000000000 4 regwrite.end\n"
	  /* zeroes go to the command register, so that decoding is off */
	  "!pwrite cdev 0x70000000004 2 ok\n"
	  "!pread cdev " BAR0 " 4 regread.decode\n"
	  "!pwrite cdev " BAR0 " 4 regwrite.decode\n" },
	{ "a reset", "qemu", .text = TWO
	  WHILE("resetting", "EAGAIN reset.locked", "reset cdev1")
	  BEFALLS("ENOTTY", "reset.failed", "reset cdev1")
	  "expect ok\n"
	  "detach-iommufd-pt cdev1\n" },
	{ "a file of registers at a bad moment", "qemu", .text = BOUND
	  BEFALLS("EOPNOTSUPP", "dmabuf.driver", DMABUF)
	  BEFALLS("EFAULT", "dmabuf.memory", DMABUF)
	  BEFALLS("EINVAL", "dmabuf.io", DMABUF)
	  BEFALLS("ENOTTY", "feature.none", DMABUF)
	  WHILE("going", "ENODEV dmabuf.going", DMABUF)
	  WHILE("no-fds", "EMFILE dmabuf.fds", DMABUF)
	  WHILE("no-memory", "ENOMEM dmabuf.no-memory", DMABUF)
	  "expect EFAULT dmabuf.many\n"
	  "feature cdev feature=DMA_BUF flags=GET nr_ranges=3\n"
	  DMABUF "\n" },
	{ "files of registers of the future", "qemu:kernel=6.18", .text = BOUND
	  "expect ENOTTY feature.none\n" DMABUF "\n" },
	{ "interrupts", "qemu", .text = BOUND
	  "!msi 4\n"
	  "expect ENOSPC irq.attach\n" MSI "\n"
	  "attach-iommufd-pt cdev pt_id=ioas\n"
	  BEFALLS("ENOSPC", "injected.vectors", MSI)
	  BEFALLS("ENOSPC", "irq.vectors", MSI)
	  BEFALLS("EOVERFLOW", "irq.doorbells", MSI)
	  BEFALLS("ENODEV", "irq.pin", INTX)
	  MSI "\n"
	  "expect EINVAL irq.allocated\n" MSI " start=1\n" },

	/* --- attaching --- */
	{ "attaching at a bad moment", "qemu", .text = BOUND PARENT
	  "let s1 = hwpt-alloc dev_id=dev pt_id=ioas flags=PASID\n"
	  WHILE("no-memory", "ENOMEM attach.memory",
		"attach-iommufd-pt cdev pt_id=s2")
	  WHILE("resetting", "EBUSY attach.reset",
		"attach-iommufd-pt cdev pt_id=s2")
	  WHILE("pasids-used", "EBUSY attach.pasid",
		"attach-iommufd-pt cdev pt_id=s2")
	  BEFALLS("EFAULT", "attach.argument",
		  "attach-iommufd-pt cdev pt_id=s2")
	  BEFALLS("EOPNOTSUPP", "attach.pasid.driver",
		  "attach-iommufd-pt cdev pt_id=s1 flags=1 pasid=1")
	  BEFALLS("EFAULT", "detach.argument", "detach-iommufd-pt cdev")
	  BEFALLS("EOPNOTSUPP", "detach.pasid.driver",
		  "detach-iommufd-pt cdev flags=1 pasid=1") },
	{ "a HWPT with faults", "qemu", .text = NEST FAULTS
	  "let s1 = hwpt-alloc dev_id=dev pt_id=viommu flags=FAULT_ID_VALID "
	  "fault_id=faults ste=V=0\n"
	  WHILE("pri-vf", "EINVAL attach.pri",
		"attach-iommufd-pt cdev pt_id=s1")
	  WHILE("no-sva", "EOPNOTSUPP attach.sva",
		"attach-iommufd-pt cdev pt_id=s1")
	  "!fact stalls\n"
	  WHILE("aliased", "EOPNOTSUPP attach.streams",
		"attach-iommufd-pt cdev pt_id=s1") },
	{ "PASIDs", "full:pasid", .text = BOUND
	  "let s1 = hwpt-alloc dev_id=dev pt_id=ioas flags=PASID\n"
	  "expect EINVAL attach.pasid.max\n"
	  "attach-iommufd-pt cdev pt_id=s1 flags=1 pasid=0x100000\n"
	  "attach-iommufd-pt cdev pt_id=s1 flags=1 pasid=0xfffff\n" },
	{ "two root complexes", "qemu", .text = "!second no-canwbs\n" TWO PARENT
	  "expect EINVAL attach.canwbs\n"
	  "attach-iommufd-pt cdev1 pt_id=s2\n" },
	{ "two SMMUs", "two", .text = TWO PARENT VIOMMU
	  "expect EINVAL attach.smmu\n"
	  "attach-iommufd-pt cdev1 pt_id=s2\n"
	  "expect EINVAL viommu.smmu\n"
	  "viommu-alloc dev_id=other hwpt_id=s2 type=ARM_SMMUV3\n"
	  "expect EINVAL s1.smmu\n"
	  "hwpt-alloc dev_id=other pt_id=viommu ste=V=0\n"
	  "expect EINVAL vdevice.smmu\n"
	  "vdevice-alloc viommu_id=viommu dev_id=other virt_id=8\n" },
	{ "large pages", "qemu", .text = "!reg 5 0x44\n" BOUND
	  "expect EINVAL hwpt.page\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas\n"
	  "expect EINVAL attach.page\n"
	  "attach-iommufd-pt cdev pt_id=ioas\n" },

	/* --- HWPTs and vIOMMUs --- */
	{ "every VMID and ASID, on one IOAS", "qemu", .text = BOUND
	  "expect ENOSPC s2.vmid within 65536\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"
	  "expect EBUSY hwpt.asid within 65536\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas\n"
	  "let bare = ioas-alloc\n"
	  "expect ENOSPC attach.number\n"
	  "attach-iommufd-pt cdev pt_id=bare\n" },
	/* the larger one reserves less, from its own end on */
	{ "the end of what HWPTs reserve", "qemu", .text = BOUND
	  "let small = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"
	  "let same = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"
	  "let large = hwpt-alloc dev_id=dev pt_id=ioas\n"
	  "destroy id=small\n"
	  "expect EINVAL map.reserved\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
	  "length=0x1000 iova=0x100000000000\n"
	  "destroy id=same\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
	  "length=0x1000 iova=0x100000000000\n"
	  "expect EINVAL map.reserved\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
	  "length=0x1000 iova=0x1000000000000\n"
	  "destroy id=large\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
	  "length=0x1000 iova=0x1000000000000\n" },
	{ "errata", "mmu700-r0p0", .text = BOUND
	  "expect EOPNOTSUPP s2.erratum\n"
	  "hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"
	  "expect EOPNOTSUPP viommu.erratum\n"
	  "viommu-alloc dev_id=dev hwpt_id=ioas type=ARM_SMMUV3\n" },
	{ "vIOMMUs and vDEVICEs", "qemu", .text = NEST
	  WHILE("no-arm-iommufd", "EOPNOTSUPP viommu.kconfig",
		"viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3")
	  WHILE("force-sync", "EOPNOTSUPP viommu.sync",
		"viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3")
	  WHILE("no-group", "EOPNOTSUPP hwinfo.noiommu",
		"get-hw-info dev_id=dev")
	  WHILE("cmdq-stuck", "ETIMEDOUT inval.sync",
		"hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all")
	  BEFALLS("ENOENT", "vdevice.closing",
		  "vdevice-alloc viommu_id=viommu dev_id=dev virt_id=8") },
	{ "NVIDIA's queues", "qemu:cmdqv", .text = BOUND PARENT
	  "let viommu = viommu-alloc dev_id=dev hwpt_id=s2 "
	  "type=2\n"
	  BEFALLS("ERANGE", "hwqueue.size", HW_QUEUE)
	  BEFALLS("ENOENT", "hwqueue.unmapped", HW_QUEUE)
	  BEFALLS("EPERM", "hwqueue.readonly", HW_QUEUE)
	  BEFALLS("EFAULT", "hwqueue.scattered", HW_QUEUE)
	  BEFALLS("EEXIST", "hwqueue.exists", HW_QUEUE)
	  BEFALLS("EIO", "hwqueue.order", HW_QUEUE)
	  "expect EINVAL hwqueue.shape\n" HW_QUEUE "\n" },
	{ "queues", "qemu", .text = NEST EVENTS FAULTS
	  "read-veventq events length=64\n"
	  "!pread events 8 64 read.offset\n"
	  WHILE("no-memory", "ENOMEM read.memory",
		"read-veventq events length=64")
	  "!event events\n"
	  "expect EINVAL read.event\n"
	  "read-veventq events length=39\n"
	  "expect EFAULT read.buffer\n"
	  "read-veventq events data=0x1000 length=64\n"
	  "expect ok length=40\n"
	  "read-veventq events length=64\n"
	  WHILE("no-memory", "ENOMEM fault.memory",
		"read-faultq faults length=40")
	  BEFALLS("EINVAL", "fault.group", "read-faultq faults length=40")
	  BEFALLS("EFAULT", "fault.buffer", "read-faultq faults length=40")
	  WHILE("no-fds", "EMFILE faultq.fds", "fault-queue-alloc")
	  WHILE("no-fds", "EMFILE veventq.fds",
		"veventq-alloc viommu_id=viommu type=7 veventq_depth=8") },

	/* --- mappings --- */
	{ "mapping at a bad moment", "qemu", .text = BOUND
	  "!file /run/file 8192\n"
	  "let file = open /run/file\n"
	  WHILE("no-memory", "ENOMEM memory", "ioas-alloc")
	  WHILE("injected", "ENOMEM injected", "ioas-alloc")
	  "expect EOVERFLOW map.pages\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=0xfff "
	  "length=0xffffffffffffe100\n"
	  "expect EOVERFLOW file.pages\n"
	  "ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA fd=file "
	  "start=0xfff length=0xffffffffffffe100\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
	  "length=0x1000 iova=0x40000000\n"
	  BEFALLS("ERANGE", "map.output",
		  "ioas-map ioas_id=ioas flags=READABLE user_va=mem "
		  "length=0x1000")
	  BEFALLS("ERANGE", "copy.output",
		  "ioas-copy flags=READABLE dst_ioas_id=ioas "
		  "src_ioas_id=ioas length=0x1000 src_iova=0x40000000")
	  BEFALLS("ERANGE", "file.output", MAP_FILE)
	  BEFALLS("EBUSY", "unmap.race",
		  "ioas-unmap ioas_id=ioas iova=0x40000000 length=0x1000")
	  BEFALLS("EBUSY", "unmap.locked",
		  "ioas-unmap ioas_id=ioas iova=0x40000000 length=0x1000") },
	{ "another process", "qemu", .text = BOUND
	  BEFALLS("EBUSY", "process.race", "ioas-change-process")
	  BEFALLS("ENOMEM", "process.memlock", "ioas-change-process") },
	{ "physical addresses", "qemu:noiommu", .text = BOUND
	  WHILE("no-rawio-cap", "EPERM pa.cap", GET_PA)
	  "expect EOPNOTSUPP pa.flags\n" GET_PA " flags=1\n"
	  "expect EOPNOTSUPP pa.zero\n" GET_PA " __reserved=1\n"
	  "expect EINVAL pa.length\n"
	  "ioas-noiommu-get-pa ioas_id=ioas\n"
	  "expect EOVERFLOW pa.iova\n"
	  "ioas-noiommu-get-pa ioas_id=ioas length=1 "
	  "iova=0xffffffffffffffff\n"
	  "expect ENOENT pa.ioas\n"
	  "ioas-noiommu-get-pa ioas_id=dev length=1\n"
	  "expect ENOENT pa.unmapped\n" GET_PA "\n"
	  "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
	  "length=0x1000 iova=0x40000000\n"
	  "expect EOPNOTSUPP pa.domain\n" GET_PA "\n"
	  "let file = " DMABUF "\n"
	  "ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA fd=file "
	  "length=0x1000 iova=0x50000000\n"
	  "write-region cdev region=CONFIG offset=4 length=2 words=0\n"
	  "expect EINVAL pa.revoked\n"
	  "ioas-noiommu-get-pa ioas_id=ioas length=1 iova=0x50000000\n" },
};

#endif
