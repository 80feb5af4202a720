// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VFIO_DEVICE_FEATURE, for the one feature that nesting has a use for: a file
 * of a device's registers, which IOMMU_IOAS_MAP_FILE maps, so that other
 * devices reach them. No other way leads there.
 */
#include <inttypes.h>

#include "abi/row.h"

#define MOST 2	/* ranges that struct smn_feature has room for */
#define DATA offsetof(struct smn_feature, region_index)
#define LOWEST_BAR 0x10000000ULL	/* of the machines that are modelled */
#define HIGHEST_BAR (1ULL << 52)
#define KNOWN (SMN_FEATURE_GET | SMN_FEATURE_SET | SMN_FEATURE_PROBE)

static const struct smn_feature *feature_of(const struct smn_question *q)
{
	return q->in;
}

static bool is_probe(const struct smn_question *q)
{
	return feature_of(q)->flags & SMN_FEATURE_PROBE;
}

/* --- vfio_ioctl_device_feature() --- */

static enum smn_truth get_and_set(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	const uint16_t both = SMN_FEATURE_GET | SMN_FEATURE_SET;

	(void)row;
	(void)why;
	return smn_truth_of(!is_probe(q) &&
			    (feature_of(q)->flags & both) == both);
}

/* Power saving is there, and a model has none. */
static enum smn_truth no_feature(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	switch (feature_of(q)->feature) {
	case VFIO_DEVICE_FEATURE_DMA_BUF:
		return smn_or(smn_truth_of(q->w->kernel &&
					   q->w->kernel < row->with),
			      smn_test_elsewhere(q, row, why));
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY:
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP:
	case VFIO_DEVICE_FEATURE_LOW_POWER_EXIT:
		return q->w->answers ? SMN_YES : SMN_UNKNOWN;
	default:
		return SMN_YES;
	}
}

/* --- vfio_pci_core_feature_dma_buf() --- */

/* Not GET where it must be, or SET where that is not known */
static enum smn_truth not_get(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	uint16_t flags = feature_of(q)->flags;

	(void)row;
	(void)why;
	return smn_truth_of(flags & SMN_FEATURE_SET ||
			    !(flags & (SMN_FEATURE_GET | SMN_FEATURE_PROBE)));
}

/* From here on a probe is through. */
static enum smn_truth test(const struct smn_question *q, bool refused)
{
	return smn_truth_of(!is_probe(q) && refused);
}

static enum smn_truth no_data(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	(void)row;
	(void)why;
	return test(q, feature_of(q)->argsz <
		    offsetof(struct smn_feature, offset));
}

static enum smn_truth no_ranges(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return test(q, !feature_of(q)->nr_ranges);
}

static enum smn_truth has_flags(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return test(q, feature_of(q)->dma_buf_flags);
}

static enum smn_truth no_bar(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	uint32_t i = feature_of(q)->region_index;

	(void)row;
	if (is_probe(q) || i >= VFIO_PCI_ROM_REGION_INDEX)
		return smn_truth_of(!is_probe(q));
	if (!q->dev || !q->dev->vfio.regions[i].known)
		return SMN_UNKNOWN;
	if (why)
		smn_why_set(why, "BAR%" PRIu32 " of the device is empty", i);
	return smn_truth_of(!q->dev->vfio.regions[i].n);
}

/* pcim_p2pdma_provider(): I/O ports are nothing that others reach. */
static enum smn_truth is_ports(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	uint32_t i = feature_of(q)->region_index;

	if (is_probe(q))
		return SMN_NO;
	if (q->dev && i < SMN_PCI_REGIONS && q->dev->vfio.ports >> i & 1)
		return SMN_YES;
	return smn_test_elsewhere(q, row, why);
}

/* What is there beyond the struct, the kernel alone knows. */
static enum smn_truth too_many(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	if (is_probe(q) || feature_of(q)->nr_ranges <= MOST)
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

struct range {
	uint64_t offset, length;
};

/* Its ranges; how many. */
static unsigned int ranges_of(const struct smn_question *q,
			      struct range r[MOST])
{
	const struct smn_feature *in = feature_of(q);

	r[0] = (struct range){ in->offset, in->length };
	r[1] = (struct range){ in->offset2, in->length2 };
	return in->nr_ranges < MOST ? in->nr_ranges : MOST;
}

/* The length of all of them; 0: one of them cannot be. */
static uint64_t length_of(const struct smn_question *q)
{
	struct range r[MOST];
	unsigned int n = ranges_of(q, r);
	uint64_t all = 0, odd = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (!r[i].length || all + r[i].length < all)
			return 0;
		all += r[i].length;
		odd |= (r[i].offset | r[i].length) & (q->w->page - 1);
	}
	/* the highest bit of a length is the kernel's: DMA_IOVA_USE_SWIOTLB */
	return odd || all >> 63 ? 0 : all;
}

static enum smn_truth no_length(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)row;
	(void)why;
	return test(q, !length_of(q));
}

/*
 * Does a range that is not in the BAR end beyond the last address there is?
 * The kernel counts from the BAR's own, which nobody here knows.
 */
static enum smn_truth wraps(const struct smn_question *q, const struct range *r)
{
	uint64_t last = r->offset + r->length - 1;

	if (last < r->offset)
		return SMN_YES;
	if (q->w->answers)
		return smn_truth_of(last > ~0ULL - LOWEST_BAR);
	return last > ~0ULL - HIGHEST_BAR ? SMN_UNKNOWN : SMN_NO;
}

/* .with: 0 a range ends beyond the BAR, 1 beyond the last address */
static enum smn_truth beyond(struct smn_question *q, const struct smn_row *row,
			     struct smn_why *why)
{
	uint32_t index = feature_of(q)->region_index;
	struct range r[MOST];
	unsigned int n = ranges_of(q, r);
	uint64_t has;

	(void)why;
	if (is_probe(q))
		return SMN_NO;
	if (!q->dev || index >= SMN_PCI_REGIONS ||
	    !q->dev->vfio.regions[index].known)
		return SMN_UNKNOWN;
	has = q->dev->vfio.regions[index].n;
	/* the kernel looks at one after the other */
	for (unsigned int i = 0; i < n; i++)
		if (r[i].offset > has || r[i].length > has - r[i].offset)
			return row->with ? wraps(q, &r[i]) :
				smn_not(wraps(q, &r[i]));
	return SMN_NO;
}

/* --- what it makes --- */

/* Beside a real kernel the file has its number; here it gets one. */
static struct smn_file *new_file(struct smn_question *q,
				 struct smn_feature *out)
{
	if (q->w->answers)
		out->out_fd = q->value = smn_world_free_fd(q->w);
	return smn_world_add_file(q->w, out->out_fd, SMN_FILE_DMABUF);
}

static int featured(struct smn_question *q, void *out)
{
	const struct smn_feature *in = feature_of(q);
	struct smn_file *f;

	if (is_probe(q) || in->feature != VFIO_DEVICE_FEATURE_DMA_BUF)
		return 0;
	f = new_file(q, out);
	if (!f)
		return -ENOMEM;
	f->dev = q->dev;
	f->bytes = length_of(q);
	f->ranges = in->nr_ranges;
	f->offset = (uint64_t)in->region_index << SMN_REGION_SHIFT |
		    in->offset;
	f->revoked = q->dev ? smn_not(q->dev->vfio.decodes) : SMN_UNKNOWN;
	return 0;
}

#define ON(member) SMN_ON(smn_feature, member)
#define VFIO_PCI_REMEDY "bind the device to vfio-pci itself"

static const struct smn_row feature_rows[] = {
	{ "feature.unbound", EINVAL, .test = smn_test_unbound,
	  .cause = "this file of the device is not bound to an iommufd",
	  .remedy = "VFIO_DEVICE_BIND_IOMMUFD comes first" },
	{ "feature.power", EIO, SMN_IF(DEVICE_BROKEN),
	  .cause = "the device cannot be woken up",
	  .remedy = "look at the kernel log",
	  .unreached = "a broken device is needed" },
	{ "feature.size", EINVAL, ON(argsz), SMN_TEST(below, .with = DATA),
	  .cause = "argsz is less than the kernel needs",
	  .remedy = "set argsz to the size of the struct" },
	{ "feature.flags", EINVAL, ON(flags),
	  SMN_TEST(bits, .with = (uint16_t)~KNOWN),
	  .cause = "flags has bits that the kernel does not know",
	  .remedy = "use GET, SET and PROBE only" },
	{ "feature.both", EINVAL, ON(flags), .test = get_and_set,
	  .cause = "GET and SET go together with PROBE only",
	  .remedy = "use one of them" },
	{ "feature.none", ENOTTY, ON(feature), .test = no_feature, .with = 619,
	  .cause = "the device, its driver or the running kernel does not "
		   "have that feature",
	  .remedy = "DMA_BUF wants Linux 6.19 with CONFIG_VFIO_PCI_DMABUF" },
	{ "dmabuf.driver", EOPNOTSUPP, .test = smn_test_elsewhere,
	  .cause = "the device's driver of VFIO gives no file of its "
		   "registers, or the kernel lacks CONFIG_PCI_P2PDMA",
	  .remedy = VFIO_PCI_REMEDY,
	  .unreached = "another driver of VFIO is needed" },
	{ "dmabuf.flags", EINVAL, ON(flags), .test = not_get,
	  .cause = "DMA_BUF is for GET, or for asking with PROBE",
	  .remedy = "set flags to GET" },
	{ "dmabuf.size", EINVAL, ON(argsz), .test = no_data,
	  .cause = "argsz leaves out what DMA_BUF has behind the flags",
	  .remedy = "set argsz to the size of the struct" },
	{ "dmabuf.memory", EFAULT, .test = smn_test_elsewhere,
	  .cause = "the argument is not in memory of this process",
	  .remedy = "pass the address of the struct",
	  .unreached = "a library does not pass such an address" },
	{ "dmabuf.ranges", EINVAL, ON(nr_ranges), .test = no_ranges,
	  .cause = "nr_ranges is 0", .remedy = "give one range" },
	{ "dmabuf.reserved", EINVAL, ON(dma_buf_flags), .test = has_flags,
	  .cause = "the dma-buf's flags are not 0", .remedy = "leave them 0" },
	{ "dmabuf.region", ENODEV, ON(region_index), .test = no_bar,
	  .cause = "region_index is no BAR of the device",
	  .remedy = "choose one of BAR0 to BAR5 that "
		    "VFIO_DEVICE_GET_REGION_INFO gives a size" },
	{ "dmabuf.many", EFAULT, ON(nr_ranges), .test = too_many,
	  .cause = "the struct does not have so many ranges",
	  .remedy = "give one: an IOAS maps no dma-buf that has several",
	  .unreached = "the kernel reads what is there, whatever that is" },
	{ "dmabuf.range", EINVAL, ON(length), .test = no_length,
	  .cause = "a range is empty, or not of whole pages",
	  .remedy = "set offset and length to multiples of a page" },
	{ "dmabuf.io", EINVAL, ON(region_index), .test = is_ports,
	  .cause = "the BAR is of I/O ports, or other devices may not reach "
		   "it",
	  .remedy = "choose a BAR of memory",
	  .unreached = "a device with I/O ports is needed" },
	{ "dmabuf.wraps", EOVERFLOW, ON(offset), .test = beyond, .with = 1,
	  .cause = "a range ends beyond the last address",
	  .remedy = "stay within the BAR" },
	{ "dmabuf.end", EINVAL, ON(offset), .test = beyond, .with = 0,
	  .cause = "the BAR ends before", .remedy = "stay within the BAR" },
	{ "dmabuf.going", ENODEV, SMN_IF(GOING),
	  .cause = "the device is being removed from its driver",
	  .remedy = "bind it to vfio-pci again",
	  .unreached = "it lasts for an instant" },
	{ "dmabuf.fds", EMFILE, SMN_IF(NO_FDS),
	  .cause = "this process may open no more files",
	  .remedy = "ulimit -n",
	  .unreached = "`run fault` and errnos.bats do it for other files" },
	{ "dmabuf.no-memory", ENOMEM, SMN_IF(NO_MEMORY),
	  .cause = "the kernel has no memory, or the control group's limit is "
		   "reached",
	  .remedy = "look at the kernel log",
	  .unreached = "a kernel out of memory stops the whole machine" },
};

SMN_ACT(VFIO_DEVICE_FEATURE, feature_rows, .done = featured,
	.allocates = true);
