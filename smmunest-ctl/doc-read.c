// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents that were read. They are anybody's: each of these answers whatever
 * it is asked of, so that nothing else has to look first.
 */
#include <math.h>

#include "ctl.h"

struct json_object *doc_get(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	return json_object_is_type(o, json_type_object) &&
		json_object_object_get_ex(o, key, &v) ? v : NULL;
}

const char *doc_text(struct json_object *o, const char *key)
{
	struct json_object *v = doc_get(o, key);

	return json_object_is_type(v, json_type_string) ?
		json_object_get_string(v) : "";
}

int64_t doc_int(struct json_object *o, const char *key)
{
	struct json_object *v = doc_get(o, key);

	return json_object_is_type(v, json_type_int) ?
		json_object_get_int64(v) : 0;
}

double doc_real(struct json_object *o, const char *key)
{
	struct json_object *v = doc_get(o, key);
	double d = json_object_is_type(v, json_type_int) ||
		json_object_is_type(v, json_type_double) ?
		json_object_get_double(v) : 0;

	return isfinite(d) ? d : 0;
}

size_t doc_length(struct json_object *list)
{
	return json_object_is_type(list, json_type_array) ?
		json_object_array_length(list) : 0;
}

struct json_object *doc_at(struct json_object *list, size_t i)
{
	return i < doc_length(list) ? json_object_array_get_idx(list, i) :
		NULL;
}

static uint32_t word(struct json_object *v)
{
	uint64_t n = 0;

	if (json_object_is_type(v, json_type_string))
		smn_number_parse(json_object_get_string(v), &n);
	return n;
}

bool doc_registers(struct json_object *dev, uint32_t regs[SMN_NREGS])
{
	struct json_object *idr = doc_get(dev, "idr");

	if (doc_length(idr) != SMN_REG_IIDR)
		return false;
	for (unsigned int i = 0; i < SMN_REG_IIDR; i++)
		regs[i] = word(doc_at(idr, i));
	regs[SMN_REG_IIDR] = word(doc_get(dev, "iidr"));
	regs[SMN_REG_AIDR] = word(doc_get(dev, "aidr"));
	return true;
}
