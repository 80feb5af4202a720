// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is mapped in an IOAS: IOAS_MAP, IOAS_MAP_FILE, IOAS_COPY. The three
 * differ in where the pages come from; what follows is the same for all.
 */
#include <inttypes.h>

#include "abi/space.h"

#define LAST (~0ULL)
#define ACCESS (IOMMU_IOAS_MAP_WRITEABLE | IOMMU_IOAS_MAP_READABLE)
#define FLAGS (IOMMU_IOAS_MAP_FIXED_IOVA | ACCESS)

/* --- the arguments alone --- */

static enum smn_truth no_access(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(!(smn_row_value(q, row) & ACCESS));
}

static enum smn_truth too_long(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	(void)why;
	return smn_truth_of(smn_row_value(q, row) > LAST - q->w->page);
}

/* What begins where the row looks ends beyond the last address: by @more. */
static enum smn_truth wraps(struct smn_question *q, const struct smn_row *row,
			    struct smn_why *why)
{
	uint64_t start = smn_row_value(q, row);
	uint64_t length = smn_want_of(q).length;

	if (why)
		smn_why_set(why, "0x%" PRIx64 " and 0x%" PRIx64 " bytes from "
			    "there is more than 64 bits", start, length);
	return smn_truth_of(length && start + (length - row->with) < start);
}

static enum smn_truth fixed_wraps(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);

	return smn_want_fixed(&want) ? wraps(q, row, why) : SMN_NO;
}

/* DIV_ROUND_UP() of so many bytes and the offset in the first page wraps. */
static enum smn_truth pages_wrap(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);
	uint64_t more = want.from % q->w->page + q->w->page - 1;

	(void)row;
	(void)why;
	return smn_truth_of(want.length + more < want.length);
}

/* --- alignment: 1 without a HWPT --- */

static enum smn_truth misaligned(const struct smn_question *q,
				 const struct smn_want *want, uint64_t value,
				 const char *what, struct smn_why *why)
{
	uint64_t align;

	if (!want->ioas)
		return SMN_UNKNOWN;
	align = smn_ioas_alignment(q->w, want->ioas);
	if (why)
		smn_why_set(why, "%s 0x%" PRIx64 " is not a multiple of the "
			    "HWPT's smallest page, 0x%" PRIx64, what, value,
			    align ? align : q->w->page);
	if (!align)
		return value % q->w->page ? SMN_UNKNOWN : SMN_NO;
	return smn_truth_of(value & (align - 1));
}

static enum smn_truth bad_length(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);

	(void)row;
	return misaligned(q, &want, want.length, "length", why);
}

static enum smn_truth bad_iova(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);

	(void)row;
	return smn_want_fixed(&want) ?
		misaligned(q, &want, want.iova, "iova", why) : SMN_NO;
}

/* --- where it goes --- */

/* Its place is refused with the row's errno; a fixed one never is. */
static enum smn_truth no_place(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);
	uint64_t align, iova;
	int ret;

	(void)why;
	if (smn_want_fixed(&want))
		return SMN_NO;
	if (!want.ioas || !smn_want_has_source(q))
		return SMN_UNKNOWN;
	align = smn_ioas_alignment(q->w, want.ioas);
	ret = smn_want_place(q, &want, align ? align : 1, &iova);
	if (ret == -row->err)
		return SMN_YES;
	/* the gaps alone depend on what is reserved */
	if (row->err != ENOSPC && align)
		return SMN_NO;
	return q->w->answers || !want.ioas->ioas.hwpts ? SMN_NO : SMN_UNKNOWN;
}

static enum smn_truth is_reserved(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);
	const struct smn_area *a;

	(void)row;
	if (!smn_want_fixed(&want))
		return SMN_NO;
	if (!want.ioas)
		return SMN_UNKNOWN;
	a = smn_areas_hit(&want.ioas->ioas.space.reserved, want.iova,
			  want.iova + want.length - 1);
	if (a && why)
		smn_why_set(why, "0x%" PRIx64 " to 0x%" PRIx64 " is reserved: "
			    "%s", a->start, a->last, a->last == LAST ?
			    "stage 2 cannot address it (IDR5.OAS)" :
			    "the MSI window or another region of a device");
	/* beside a real kernel not all that is reserved is known */
	return a ? SMN_YES : q->w->answers || !want.ioas->ioas.hwpts ? SMN_NO :
		SMN_UNKNOWN;
}

static enum smn_truth is_taken(struct smn_question *q,
			       const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);
	const struct smn_area *a;

	(void)row;
	if (!smn_want_fixed(&want))
		return SMN_NO;
	if (!want.ioas)
		return SMN_UNKNOWN;
	a = smn_areas_find(&want.ioas->ioas.space.mapped, want.iova,
			   want.iova + want.length - 1);
	if (a && why)
		smn_why_set(why, "0x%" PRIx64 " to 0x%" PRIx64 " is mapped "
			    "already", a->start, a->last);
	return smn_truth_of(a);
}

/* --- the pages --- */

/* Why the IOAS does not take a piece: 0, EPERM or EINVAL; -1: not known. */
static int refusal(const struct smn_question *q, const struct smn_want *want,
		   const struct smn_area *piece, struct smn_why *why)
{
	enum smn_truth bad;

	if (want->flags & IOMMU_IOAS_MAP_WRITEABLE && piece->pages &&
	    !piece->pages->writable)
		return EPERM;
	bad = misaligned(q, want, piece->from % q->w->page,
			 "the memory's offset in its page", why);
	return bad == SMN_UNKNOWN ? -1 : bad == SMN_YES ? EINVAL : 0;
}

/* The first piece that is not taken decides. */
static enum smn_truth bad_piece(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);
	struct smn_areas list;
	int err = 0;

	if (!want.ioas || !smn_want_has_source(q) ||
	    smn_want_pieces(q, &want, &list))
		return SMN_UNKNOWN;
	for (size_t i = 0; i < list.n && !err; i++)
		err = refusal(q, &want, &list.at[i],
			      row->err == EINVAL ? why : NULL);
	smn_areas_free(&list);
	return err < 0 ? SMN_UNKNOWN : smn_truth_of(err == row->err);
}

/* Only an IOAS with a HWPT pins what it maps. */
static enum smn_truth not_pinned(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);
	struct smn_pages file = { .file = true, .bytes = want.bytes };
	struct smn_areas list;
	enum smn_truth bad;

	if (want.dmabuf || (want.ioas && !want.ioas->ioas.hwpts))
		return SMN_NO;
	if (!want.ioas || !smn_want_has_source(q) ||
	    smn_want_pieces(q, &want, &list))
		return SMN_UNKNOWN;
	if (want.file)
		list.at[0].pages = &file;
	bad = smn_areas_unpinnable(q->w, list.at, list.n, row->err, why);
	smn_areas_free(&list);
	return bad;
}

/* --- files of registers: iopt_alloc_dmabuf_pages() --- */

/* One of another maker than vfio-pci may be behind a file not known here. */
static enum smn_truth unknown_file(const struct smn_question *q)
{
	const struct iommu_ioas_map_file *in = q->in;

	return q->w->answers || smn_world_file(q->w, in->fd) ? SMN_NO :
		SMN_UNKNOWN;
}

static enum smn_truth ends_before(struct smn_question *q,
				  const struct smn_row *row,
				  struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);

	(void)row;
	if (!want.dmabuf)
		return unknown_file(q);
	if (why)
		smn_why_set(why, "the dma-buf has 0x%" PRIx64 " bytes",
			    want.bytes);
	return smn_truth_of(want.bytes <= want.from + want.length - 1);
}

static enum smn_truth is_revoked(struct smn_question *q,
				 const struct smn_row *row, struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);

	(void)row;
	if (!want.dmabuf)
		return unknown_file(q);
	if (why)
		smn_why_set(why, want.dmabuf->dev ? "the device's memory "
			    "decoding is off" : "the device was closed since "
			    "the dma-buf was made");
	return want.dmabuf->revoked;
}

static enum smn_truth is_scattered(struct smn_question *q,
				   const struct smn_row *row,
				   struct smn_why *why)
{
	struct smn_want want = smn_want_of(q);

	(void)row;
	(void)why;
	return want.dmabuf ? smn_truth_of(want.dmabuf->ranges != 1) :
		unknown_file(q);
}

static enum smn_truth no_file(struct smn_question *q, const struct smn_row *row,
			      struct smn_why *why)
{
	const struct iommu_ioas_map_file *in = q->in;

	(void)row;
	(void)why;
	if (in->fd < 0)
		return SMN_YES;
	if (smn_world_file(q->w, in->fd))
		return SMN_NO;
	return q->w->answers ? SMN_YES : SMN_UNKNOWN;
}

static enum smn_truth not_there(struct smn_question *q,
				const struct smn_row *row, struct smn_why *why)
{
	const struct iommu_ioas_copy *in = q->in;

	(void)row;
	(void)why;
	return smn_question_obj(q, in->src_ioas_id, SMN_T_IOAS) ?
		smn_truth_of(!smn_want_has_source(q)) : SMN_UNKNOWN;
}

/* --- what it does --- */

static int map_done(struct smn_question *q, void *out)
{
	return smn_want_done(q, &((struct iommu_ioas_map *)out)->iova);
}

static int file_done(struct smn_question *q, void *out)
{
	return smn_want_done(q, &((struct iommu_ioas_map_file *)out)->iova);
}

static int copy_done(struct smn_question *q, void *out)
{
	return smn_want_done(q, &((struct iommu_ioas_copy *)out)->dst_iova);
}

/* --- the rows --- */

#define IPA_REMEDY "choose another --memory=SIZE@IPA"

#define ROW_FLAGS(id_, type) \
	{ id_ ".flags", EOPNOTSUPP, SMN_ON(type, flags), \
	  SMN_TEST(bits, .with = (uint32_t)~FLAGS), \
	  .cause = "the kernel does not know a flag that is set", \
	  .remedy = "use FIXED_IOVA, WRITEABLE and READABLE only" }
#define ROW_LAST(id_, type, member) \
	{ id_, EOVERFLOW, SMN_ON(type, member), SMN_TEST(is, .with = LAST), \
	  .cause = #member " is the last 64-bit number", \
	  .remedy = IPA_REMEDY }
#define ROW_ACCESS(id_, type) \
	{ id_ ".access", EINVAL, SMN_ON(type, flags), .test = no_access, \
	  .cause = "flags has neither READABLE nor WRITEABLE", \
	  .remedy = "set READABLE, WRITEABLE or both" }
#define ROW_EMPTY(id_, type) \
	{ id_ ".empty", EINVAL, SMN_ON(type, length), \
	  SMN_TEST(is, .with = 0), .cause = "length is 0", \
	  .remedy = "map one page at least" }
#define ROW_HUGE(id_, type) \
	{ id_ ".huge", EINVAL, SMN_ON(type, length), .test = too_long, \
	  .cause = "length is all of the address space", \
	  .remedy = "choose a smaller --memory" }

/* from iopt_alloc_area_pages() on they are the same */
#define ROWS_PLACE(id_, type, iova) \
	{ id_ ".align", EINVAL, SMN_ON(type, length), .test = bad_length, \
	  .cause = "length is not a multiple of the HWPT's smallest page", \
	  .remedy = "map whole pages" }, \
	{ id_ ".long", EOVERFLOW, SMN_ON(type, length), .test = no_place, \
	  .cause = "without FIXED_IOVA length must be less than 2^63 - 1", \
	  .remedy = "choose a smaller --memory" }, \
	{ id_ ".unfit", EINVAL, SMN_ON(type, length), .test = no_place, \
	  .cause = "the memory does not begin at a page of the HWPT", \
	  .remedy = "map whole pages" }, \
	{ id_ ".space", ENOSPC, SMN_ON(type, length), .test = no_place, \
	  .cause = "no gap of that length is left that is allowed", \
	  .remedy = "unmap something, or widen what IOMMU_IOAS_ALLOW_IOVAS " \
		    "allows" }, \
	{ id_ ".iova", EINVAL, SMN_ON(type, iova), .test = bad_iova, \
	  .cause = "the IOVA is not a multiple of the HWPT's smallest page", \
	  .remedy = IPA_REMEDY }, \
	{ id_ ".range", EOVERFLOW, SMN_ON(type, iova), .test = fixed_wraps, \
	  .with = 1, .cause = "the range ends beyond the last address", \
	  .remedy = IPA_REMEDY }, \
	{ id_ ".reserved", EINVAL, SMN_ON(type, iova), .test = is_reserved, \
	  .cause = "the range overlaps a reserved region: the MSI window, or " \
		   "what stage 2 cannot address", \
	  .remedy = IPA_REMEDY }, \
	{ id_ ".taken", EEXIST, SMN_ON(type, iova), .test = is_taken, \
	  .cause = "the range overlaps a mapping", \
	  .remedy = "unmap that first, or choose another --memory=SIZE@IPA" }

#define ROW_OFFSET(id_, type) \
	{ id_ ".offset", EINVAL, SMN_ON(type, length), .test = bad_piece, \
	  .cause = "the memory does not begin at a page of the HWPT", \
	  .remedy = "map whole pages" }
#define ROW_PAGES(id_, type) \
	{ id_ ".pages", EOVERFLOW, SMN_ON(type, length), .test = pages_wrap, \
	  .cause = "the kernel cannot count that many pages", \
	  .remedy = "choose a smaller --memory", \
	  .unreached = "the kernel warns of itself in its log" }
#define ROW_PIN(id_, type) \
	{ id_ ".pin", EFAULT, SMN_ON(type, length), .test = not_pinned, \
	  .cause = "the memory cannot be pinned: it is not mapped, not " \
		   "writable, or a device's", \
	  .remedy = "map ordinary memory only" }
#define ROW_FILE(id_, type, member) \
	{ id_, EINVAL, SMN_ON(type, member), .test = not_pinned, \
	  .cause = "the file is no memfd, or it ends before the mapping does", \
	  .remedy = "give the fd of memfd_create(), after ftruncate()" }
#define ROWS_PINNED(id_, type) \
	{ id_ ".memlock", ENOMEM, SMN_ON(type, length), .test = not_pinned, \
	  .cause = "RLIMIT_MEMLOCK", \
	  .remedy = "ulimit -l unlimited, or run as root" }, \
	{ id_ ".output", ERANGE, .test = smn_test_elsewhere, \
	  .cause = "the memory's physical address is beyond IDR5.OAS", \
	  .remedy = "this SMMU cannot reach all memory", \
	  .unreached = "the emulated machine's memory is low" }

static const struct smn_row map_rows[] = {
	ROW_FLAGS("map", iommu_ioas_map),
	SMN_NOT_ZERO("map.zero", iommu_ioas_map, __reserved),
	ROW_LAST("map.iova-last", iommu_ioas_map, iova),
	ROW_LAST("map.length-last", iommu_ioas_map, length),
	ROW_ACCESS("map", iommu_ioas_map),
	SMN_NO_IOAS("map.ioas", iommu_ioas_map, ioas_id),
	{ "map.user", EOVERFLOW, SMN_ON(iommu_ioas_map, user_va),
	  .test = wraps, .cause = "the memory ends beyond the last address",
	  .remedy = "map ordinary memory only" },
	ROW_EMPTY("map", iommu_ioas_map),
	ROW_HUGE("map", iommu_ioas_map),
	ROWS_PLACE("map", iommu_ioas_map, iova),
	ROW_OFFSET("map", iommu_ioas_map),
	ROW_PAGES("map", iommu_ioas_map),
	ROW_PIN("map", iommu_ioas_map),
	ROWS_PINNED("map", iommu_ioas_map),
};

SMN_ACT(IOMMU_IOAS_MAP, map_rows, .done = map_done, .allocates = true);

static const struct smn_row file_rows[] = {
	ROW_FLAGS("file", iommu_ioas_map_file),
	ROW_LAST("file.iova-last", iommu_ioas_map_file, iova),
	ROW_LAST("file.length-last", iommu_ioas_map_file, length),
	ROW_ACCESS("file", iommu_ioas_map_file),
	SMN_NO_IOAS("file.ioas", iommu_ioas_map_file, ioas_id),
	ROW_EMPTY("file", iommu_ioas_map_file),
	{ "file.end", EOVERFLOW, SMN_ON(iommu_ioas_map_file, start),
	  .test = wraps, .with = 1,
	  .cause = "the part of the file ends beyond 2^64",
	  .remedy = "map what the file has" },
	{ "file.dmabuf-size", EINVAL, SMN_ON(iommu_ioas_map_file, length),
	  .test = ends_before,
	  .cause = "the dma-buf is smaller than start and length",
	  .remedy = "map what the dma-buf has" },
	{ "file.dmabuf-gone", ENODEV, SMN_ON(iommu_ioas_map_file, fd),
	  .test = is_revoked,
	  .cause = "the dma-buf was revoked",
	  .remedy = "set bit 1 of the device's command register; after a "
		    "close get the dma-buf anew" },
	{ "file.dmabuf-kind", EOPNOTSUPP, SMN_ON(iommu_ioas_map_file, fd),
	  .test = is_scattered,
	  .cause = "the dma-buf is not one of vfio-pci's, or has several "
		   "ranges",
	  .remedy = "export one range of a BAR with "
		    "VFIO_DEVICE_FEATURE_DMA_BUF" },
	{ "file.fd", EBADF, SMN_ON(iommu_ioas_map_file, fd), .test = no_file,
	  .cause = "fd is no open file",
	  .remedy = "give the fd of memfd_create()" },
	ROW_HUGE("file", iommu_ioas_map_file),
	ROWS_PLACE("file", iommu_ioas_map_file, iova),
	ROW_OFFSET("file", iommu_ioas_map_file),
	ROW_PAGES("file", iommu_ioas_map_file),
	ROW_FILE("file.pin", iommu_ioas_map_file, fd),
	ROWS_PINNED("file", iommu_ioas_map_file),
};

SMN_ACT(IOMMU_IOAS_MAP_FILE, file_rows, .done = file_done, .allocates = true);

static const struct smn_row copy_rows[] = {
	ROW_FLAGS("copy", iommu_ioas_copy),
	ROW_LAST("copy.length-last", iommu_ioas_copy, length),
	ROW_LAST("copy.src-last", iommu_ioas_copy, src_iova),
	ROW_LAST("copy.dst-last", iommu_ioas_copy, dst_iova),
	ROW_ACCESS("copy", iommu_ioas_copy),
	SMN_NO_IOAS("copy.src", iommu_ioas_copy, src_ioas_id),
	ROW_EMPTY("copy", iommu_ioas_copy),
	{ "copy.end", EOVERFLOW, SMN_ON(iommu_ioas_copy, src_iova),
	  .test = wraps, .with = 1,
	  .cause = "the source ends beyond the last address",
	  .remedy = "copy what is mapped" },
	{ "copy.unmapped", ENOENT, SMN_ON(iommu_ioas_copy, src_iova),
	  .test = not_there, .cause = "the source is not mapped throughout",
	  .remedy = "copy what is mapped" },
	SMN_NO_IOAS("copy.dst", iommu_ioas_copy, dst_ioas_id),
	ROWS_PLACE("copy", iommu_ioas_copy, dst_iova),
	{ "copy.write", EPERM, SMN_ON(iommu_ioas_copy, flags),
	  .test = bad_piece,
	  .cause = "the source was mapped without WRITEABLE",
	  .remedy = "copy without WRITEABLE, or map with it" },
	ROW_OFFSET("copy", iommu_ioas_copy),
	ROW_PIN("copy", iommu_ioas_copy),
	ROW_FILE("copy.file", iommu_ioas_copy, src_iova),
	ROWS_PINNED("copy", iommu_ioas_copy),
};

SMN_ACT(IOMMU_IOAS_COPY, copy_rows, .done = copy_done, .allocates = true);
