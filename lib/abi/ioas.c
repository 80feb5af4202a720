// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings, what they pin, and what an IOAS is aligned to. See ioas.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "abi/ioas.h"

/* --- alignment --- */

/* iopt_table_add_domain(), io-pgtable's choice of a granule */
uint64_t smn_smmu_page(const struct smn_world *w, const struct smn_smmu *smmu)
{
	uint64_t sizes = smmu && smmu->told == SMN_YES ? smmu->pages : 0;
	uint64_t smaller = sizes & (w->page - 1);

	if (!sizes || sizes & w->page)
		return sizes & w->page;
	if (smaller)
		return 1ULL << (63 - __builtin_clzll(smaller));
	return sizes & -sizes;
}

uint64_t smn_ioas_alignment(const struct smn_world *w,
			    const struct smn_obj *ioas)
{
	uint64_t align = ioas->ioas.small_pages ? w->page : 1;

	for (const struct smn_obj *o = ioas->ioas.hwpts; o && align < w->page;
	     o = o->paging.next) {
		uint64_t page = smn_smmu_page(w, o->paging.smmu);

		if (!page)
			return 0;
		align = page > align ? page : align;
	}
	return align;
}

const struct smn_area *smn_ioas_misaligned(const struct smn_world *w,
					   const struct smn_obj *ioas,
					   uint64_t align)
{
	const struct smn_areas *mapped = &ioas->ioas.space.mapped;

	for (size_t i = 0; i < mapped->n; i++) {
		const struct smn_area *a = &mapped->at[i];

		if ((a->start | (a->last + 1) | (a->from & (w->page - 1))) &
		    (align - 1))
			return a;
	}
	return NULL;
}

/* --- pinning --- */

static struct smn_area pages_of(const struct smn_world *w,
				const struct smn_area *a)
{
	return (struct smn_area){
		.start = a->from / w->page,
		.last = (a->from + (a->last - a->start)) / w->page,
	};
}

/* Those are no pages, so that nothing pins them. */
static bool is_registers(const struct smn_area *a)
{
	return a->pages && (a->pages->registers || a->pages->revoked);
}

/* Bytes of the mapping that no other one of the same pages has pinned. */
static uint64_t to_pin(const struct smn_world *w, const struct smn_area *a)
{
	static const struct smn_areas none;
	struct smn_area p = pages_of(w, a);
	const struct smn_areas *held = a->pages ? &a->pages->held : &none;
	uint64_t n = 0, at = p.start, end;

	if (is_registers(a))
		return 0;
	while (at <= p.last && smn_areas_gap(held, NULL, &at, p.last, &end)) {
		n += end - at + 1;
		at = end + 1;
	}
	return n * w->page;
}

static int pin(struct smn_world *w, const struct smn_area *a)
{
	struct smn_area held = pages_of(w, a);
	uint64_t n = to_pin(w, a);

	held.owner = a->pages;
	if (smn_areas_add(&a->pages->held, &held))
		return -ENOMEM;
	w->pinned += n;
	return 0;
}

static void unpin(struct smn_world *w, const struct smn_area *a)
{
	struct smn_areas *held = &a->pages->held;
	struct smn_area p = pages_of(w, a);

	for (size_t i = 0; i < held->n; i++) {
		if (held->at[i].start != p.start || held->at[i].last != p.last)
			continue;
		smn_areas_remove(held, &held->at[i]);
		w->pinned -= to_pin(w, a);
		return;
	}
}

void smn_ioas_unpin(struct smn_world *w, struct smn_obj *ioas)
{
	const struct smn_areas *mapped = &ioas->ioas.space.mapped;

	for (size_t i = 0; i < mapped->n; i++)
		unpin(w, &mapped->at[i]);
}

int smn_ioas_add_hwpt(struct smn_world *w, struct smn_obj *ioas,
		      struct smn_obj *hwpt)
{
	const struct smn_areas *mapped = &ioas->ioas.space.mapped;

	for (size_t i = 0; !ioas->ioas.hwpts && i < mapped->n; i++) {
		if (!pin(w, &mapped->at[i]))
			continue;
		while (i--)
			unpin(w, &mapped->at[i]);
		return -ENOMEM;
	}
	hwpt->paging.ioas = ioas;
	hwpt->paging.next = ioas->ioas.hwpts;
	hwpt->paging.prev = &ioas->ioas.hwpts;
	if (ioas->ioas.hwpts)
		ioas->ioas.hwpts->paging.prev = &hwpt->paging.next;
	ioas->ioas.hwpts = hwpt;
	ioas->users++;
	return 0;
}

int smn_ioas_add_area(struct smn_world *w, struct smn_obj *ioas,
		      const struct smn_area *area)
{
	if (ioas->ioas.hwpts && pin(w, area))
		return -ENOMEM;
	if (smn_areas_add(&ioas->ioas.space.mapped, area)) {
		if (ioas->ioas.hwpts)
			unpin(w, area);
		return -ENOMEM;
	}
	area->pages->users++;
	return 0;
}

static void put_pages(struct smn_pages *pages)
{
	if (--pages->users)
		return;
	smn_areas_free(&pages->held);
	free(pages);
}

void smn_ioas_remove_areas(struct smn_world *w, struct smn_obj *ioas,
			   struct smn_area *area, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ioas->ioas.hwpts)
			unpin(w, &area[i]);
		put_pages(area[i].pages);
	}
	if (n)
		smn_areas_remove_many(&ioas->ioas.space.mapped, area, n);
}

/* --- what cannot be pinned --- */

/* An arm64 kernel ignores the top byte of a user's address. */
static uint64_t untagged(uint64_t va)
{
	return va & 1ULL << 55 ? va : va & ~(0xffULL << 56);
}

/* Beside a real kernel only the memory that was mapped here is known. */
static enum smn_truth no_memory(const struct smn_world *w,
				const struct smn_area *a)
{
	uint64_t start = untagged(a->from);

	if (smn_areas_cover(&w->memory, start, start + (a->last - a->start)))
		return SMN_NO;
	return w->answers ? SMN_YES : SMN_UNKNOWN;
}

/* Beside a real kernel nobody knows what a file is, nor how long. */
static enum smn_truth no_file(const struct smn_world *w,
			      const struct smn_area *a)
{
	uint64_t n = a->last - a->start + 1, has = a->pages->bytes;

	if (n <= has && a->from <= has - n)
		return SMN_NO;
	return w->answers ? SMN_YES : SMN_UNKNOWN;
}

/* Other programs of the same user count, too. */
static enum smn_truth over_limit(const struct smn_world *w, uint64_t pinned,
				 struct smn_why *why)
{
	if (!w->answers && !w->memlock)
		return SMN_UNKNOWN;
	if (!w->memlock_counts || w->memlock == ~0ULL)
		return SMN_NO;
	if (why)
		smn_why_set(why, "RLIMIT_MEMLOCK is %" PRIu64 " KiB for all "
			    "that this user pins, %" PRIu64 " KiB are to be "
			    "pinned here, and CAP_IPC_LOCK is missing",
			    w->memlock / 1024, pinned / 1024);
	if (pinned > w->memlock)
		return SMN_YES;
	return w->answers ? SMN_NO : SMN_UNKNOWN;
}

enum smn_truth smn_areas_unpinnable(const struct smn_world *w,
				    const struct smn_area *areas, size_t n,
				    int err, struct smn_why *why)
{
	uint64_t pinned = w->pinned;
	enum smn_truth all = SMN_NO;

	for (size_t i = 0; i < n; i++) {
		bool file = areas[i].pages && areas[i].pages->file;
		uint64_t need = to_pin(w, &areas[i]);
		enum smn_truth bad;

		if (!need)
			continue;
		bad = file ? no_file(w, &areas[i]) : no_memory(w, &areas[i]);
		if (err == (file ? EINVAL : EFAULT))
			all = smn_or(all, bad);
		if (bad == SMN_YES)
			break;
		pinned += need;
		bad = over_limit(w, pinned, err == ENOMEM ? why : NULL);
		if (err == ENOMEM)
			all = smn_or(all, bad);
		if (bad == SMN_YES)
			break;
	}
	return all;
}

enum smn_truth smn_ioas_unpinnable(const struct smn_world *w,
				   const struct smn_obj *ioas, int err,
				   struct smn_why *why)
{
	const struct smn_areas *mapped = &ioas->ioas.space.mapped;

	if (ioas->ioas.hwpts)
		return SMN_NO;
	return smn_areas_unpinnable(w, mapped->at, mapped->n, err, why);
}
