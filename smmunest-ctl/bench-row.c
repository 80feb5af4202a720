// SPDX-License-Identifier: GPL-2.0-or-later
/* A row of `bench` as a document, which may be anybody's. */
#include <inttypes.h>

#include "bench.h"

uint64_t bench_number(struct json_object *row, const char *key)
{
	int64_t n = doc_int(row, key);

	return n > 0 ? n : 0;
}

void bench_add_real(struct json_object *o, const char *key, double v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4f", v);
	doc_add(o, key, json_object_new_double_s(v, text));
}

static void format_bytes(char *buf, size_t len, uint64_t n)
{
	static const char *const units[] = { "", " KiB", " MiB", " GiB" };
	unsigned int u = 0;

	for (; n && n % 1024 == 0 && u + 1 < SMN_ARRAY_SIZE(units); u++)
		n /= 1024;
	snprintf(buf, len, "%" PRIu64 "%s", n, units[u]);
}

void bench_label(struct json_object *row, char *buf, size_t len)
{
	struct json_object *name = json_object_object_get(row, "name");
	uint64_t batch = bench_number(row, "batch");
	uint64_t bytes = bench_number(row, "bytes");
	char size[32] = "";

	if (bytes)
		format_bytes(size, sizeof(size), bytes);
	else if (batch)
		snprintf(size, sizeof(size), "x%" PRIu64, batch);
	snprintf(buf, len, "%.30s%s%s", json_object_get_string(name),
		 size[0] ? " " : "", size);
}

/* One that does not tell its slices is taken to be exact. */
static double bound(struct json_object *row, const char *key)
{
	uint64_t v = bench_number(row, key);

	return v ? v : bench_number(row, "p50_ns");
}

bool bench_ratio(struct json_object *was, struct json_object *is,
		 struct bench_ratio *r)
{
	if (!bench_number(was, "p50_ns") || !bench_number(is, "p50_ns"))
		return false;
	r->ratio = bound(is, "p50_ns") / bound(was, "p50_ns");
	r->low = bound(is, "p50_low_ns") / bound(was, "p50_high_ns");
	r->high = bound(is, "p50_high_ns") / bound(was, "p50_low_ns");
	return true;
}
