// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A mapping that is asked for, and where the kernel puts it when it may go
 * anywhere: the lowest place that fits, aligned as the memory is, never at 0.
 */
#include <errno.h>
#include <stdlib.h>

#include "abi/space.h"

#define LAST (~0ULL)

/* --- the three in one shape --- */

static const struct iommu_ioas_copy *copy_of(const struct smn_question *q)
{
	return q->in;
}

static struct smn_want want_map(const struct smn_question *q)
{
	const struct iommu_ioas_map *in = q->in;

	return (struct smn_want){
		.flags = in->flags, .from = in->user_va, .iova = in->iova,
		.length = in->length,
		.ioas = smn_question_obj(q, in->ioas_id, SMN_T_IOAS),
	};
}

static struct smn_want want_file(const struct smn_question *q)
{
	const struct iommu_ioas_map_file *in = q->in;
	const struct smn_file *f = smn_world_file(q->w, in->fd);
	bool registers = f && f->kind == SMN_FILE_DMABUF;

	return (struct smn_want){
		.flags = in->flags, .from = in->start, .iova = in->iova,
		.length = in->length, .file = !registers,
		.bytes = f ? f->bytes : 0, .dmabuf = registers ? f : NULL,
		.ioas = smn_question_obj(q, in->ioas_id, SMN_T_IOAS),
	};
}

static struct smn_obj *source(const struct smn_question *q)
{
	return smn_question_obj(q, copy_of(q)->src_ioas_id, SMN_T_IOAS);
}

/* The mapping that has the first byte to be copied, or NULL. */
static struct smn_area *first_source(const struct smn_question *q)
{
	struct smn_obj *o = source(q);
	uint64_t at = copy_of(q)->src_iova;

	return o ? smn_areas_find(&o->ioas.space.mapped, at, at) : NULL;
}

static struct smn_want want_copy(const struct smn_question *q)
{
	const struct iommu_ioas_copy *in = q->in;
	const struct smn_area *first = first_source(q);

	return (struct smn_want){
		.flags = in->flags, .iova = in->dst_iova, .length = in->length,
		.from = first ? first->from + (in->src_iova - first->start) : 0,
		.ioas = smn_question_obj(q, in->dst_ioas_id, SMN_T_IOAS),
	};
}

struct smn_want smn_want_of(const struct smn_question *q)
{
	switch (q->op) {
	case SMN_IOMMU_IOAS_MAP:
		return want_map(q);
	case SMN_IOMMU_IOAS_MAP_FILE:
		return want_file(q);
	default:
		return want_copy(q);
	}
}

static int copied_pieces(const struct smn_question *q, struct smn_areas *to)
{
	const struct iommu_ioas_copy *in = q->in;
	const struct smn_area *a = first_source(q);
	uint64_t last = in->src_iova + in->length - 1;
	struct smn_area piece = { .start = in->src_iova };
	int ret = 0;

	for (; a && !ret; a++) {
		piece.from = a->from + (piece.start - a->start);
		piece.last = a->last < last ? a->last : last;
		piece.pages = a->pages;
		ret = smn_areas_add(to, &piece);
		if (piece.last == last)
			break;
		piece.start = piece.last + 1;
	}
	return ret;
}

int smn_want_pieces(const struct smn_question *q, const struct smn_want *want,
		    struct smn_areas *to)
{
	struct smn_area one = { .start = want->iova, .from = want->from,
				.last = want->iova + want->length - 1 };
	int ret;

	*to = (struct smn_areas){ 0 };
	ret = q->op == SMN_IOMMU_IOAS_COPY ? copied_pieces(q, to) :
		smn_areas_add(to, &one);
	if (ret)
		smn_areas_free(to);
	return ret;
}

bool smn_want_has_source(const struct smn_question *q)
{
	const struct iommu_ioas_copy *in = q->in;
	struct smn_obj *o;
	uint64_t last;

	if (q->op != SMN_IOMMU_IOAS_COPY)
		return true;
	o = source(q);
	last = in->src_iova + in->length - 1;
	return o && in->length && last >= in->src_iova &&
	       smn_areas_cover(&o->ioas.space.mapped, in->src_iova, last);
}

/* --- iopt_alloc_iova() --- */

struct place {
	uint64_t length, align, offset;
};

static uint64_t power_above(uint64_t n)
{
	return n > 1 ? 1ULL << (64 - __builtin_clzll(n - 1)) : 1;
}

/* Move *start up to where the mapping may begin; does it end by @last? */
static bool fits(const struct place *p, uint64_t *start, uint64_t last)
{
	uint64_t at;

	if (*start + p->align - 1 < *start)
		return false;
	at = ((*start + p->align - 1) & ~(p->align - 1)) | p->offset;
	if (at >= last || last - at < p->length - 1)
		return false;
	*start = at;
	return true;
}

static bool place_within(const struct smn_space *s, const struct place *p,
			 uint64_t start, uint64_t last, uint64_t *iova)
{
	uint64_t end;

	if (!fits(p, &start, last))
		return false;
	while (smn_areas_gap(&s->reserved, &s->mapped, &start, last, &end)) {
		*iova = start;
		if (fits(p, iova, end))
			return true;
		if (end == last)
			break;
		start = end + 1;
	}
	return false;
}

static int place(const struct smn_world *w, const struct smn_space *s,
		 const struct place *p, uint64_t *iova)
{
	uint64_t start = w->page, last = LAST - w->page, end = last;

	if (!s->allowed.n)
		return place_within(s, p, start, last, iova) ? 0 : -ENOSPC;
	while (smn_areas_run(&s->allowed, &start, last, &end)) {
		if (place_within(s, p, start, end, iova))
			return 0;
		if (end == last)
			break;
		start = end + 1;
	}
	return -ENOSPC;
}

int smn_want_place(const struct smn_question *q, const struct smn_want *want,
		   uint64_t align, uint64_t *iova)
{
	const struct smn_world *w = q->w;
	/* what an entry of a page table's middle level maps, or a page */
	uint64_t most = smn_question_fact(q, SMN_FACT_NO_THP) == SMN_YES ?
		w->page : w->page * (w->page / 8);
	struct place p = { .length = want->length,
			   .offset = want->from % w->page };

	if (!p.length || p.length >= LAST / 2)
		return -EOVERFLOW;
	p.align = power_above(p.length);
	if (want->from && p.align > (want->from & -want->from))
		p.align = want->from & -want->from;
	if (p.align > most)
		p.align = most;
	if (p.align < align)
		return -EINVAL;
	return place(w, &want->ioas->ioas.space, &p, iova);
}

/* --- making it --- */

/* The pages of a new mapping; those of a copy are there. */
static int new_pages(const struct smn_want *want, struct smn_areas *list)
{
	struct smn_pages *pages = calloc(1, sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	pages->file = want->file;
	pages->bytes = want->bytes;
	if (want->dmabuf) {
		pages->registers = want->dmabuf->dev;
		pages->offset = want->dmabuf->offset;
		pages->revoked = !want->dmabuf->dev;
	}
	pages->writable = want->flags & IOMMU_IOAS_MAP_WRITEABLE;
	list->at[0].pages = pages;
	return 0;
}

static int add_all(struct smn_world *w, const struct smn_want *want,
		   const struct smn_areas *list)
{
	uint64_t iova = want->iova;
	int ret = 0;

	for (size_t i = 0; !ret && i < list->n; i++) {
		struct smn_area a = list->at[i];

		a.last = iova + (a.last - a.start);
		a.start = iova;
		a.read = want->flags & IOMMU_IOAS_MAP_READABLE;
		a.write = want->flags & IOMMU_IOAS_MAP_WRITEABLE;
		ret = smn_ioas_add_area(w, want->ioas, &a);
		iova = a.last + 1;
	}
	return ret;
}

static int add(struct smn_question *q, const struct smn_want *want)
{
	bool copy = q->op == SMN_IOMMU_IOAS_COPY;
	struct smn_areas list;
	int ret = smn_want_pieces(q, want, &list);

	if (ret)
		return ret;
	ret = copy ? 0 : new_pages(want, &list);
	if (!ret)
		ret = add_all(q->w, want, &list);
	if (ret && !copy)
		free(list.at[0].pages);
	smn_areas_free(&list);
	return ret;
}

int smn_want_done(struct smn_question *q, __u64 *iova)
{
	struct smn_want want = smn_want_of(q);
	uint64_t at;

	if (!want.ioas || !smn_want_has_source(q))
		return 0;
	if (q->w->answers && !smn_want_fixed(&want)) {
		if (smn_want_place(q, &want, 1, &at))
			return -ENOMEM;
		*iova = at;
	}
	want.iova = *iova;
	/* beside a real kernel: this world is not what the kernel has */
	if (smn_areas_find(&want.ioas->ioas.space.mapped, want.iova,
			   want.iova + want.length - 1))
		return -ENOMEM;
	return add(q, &want);
}
