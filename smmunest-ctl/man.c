// SPDX-License-Identifier: GPL-2.0-or-later
/* The document of `fields` as a page of the manual, mdoc(7). */
#include <stdlib.h>

#include "ctl.h"

static const char *text(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, key, &v);
	return v ? json_object_get_string(v) : "";
}

static int number(struct json_object *o, const char *key)
{
	return atoi(text(o, key));
}

static void man_values(FILE *to, struct json_object *f)
{
	struct json_object *values = NULL;
	const char *comma = "\nValues: ";

	json_object_object_get_ex(f, "values", &values);
	json_object_object_foreach(values, value, name) {
		fprintf(to, "%s%s %s", comma, value,
			json_object_get_string(name));
		comma = ", ";
	}
	fprintf(to, "%s", comma[0] == ',' ? "." : "");
}

static void man_field(FILE *to, struct json_object *f)
{
	int lo = number(f, "lo"), hi = lo + number(f, "width") - 1;
	const char *feature = text(f, "feature");

	/* \\& keeps a name like Ac from being taken for a macro */
	fprintf(to, ".It Sy \\&%s", text(f, "name"));
	fprintf(to, hi > lo ? " No word %d, bits %d:%d" : " No word %d, bit %d",
		number(f, "word"), hi, lo);
	fprintf(to, "\n%s", text(f, "doc"));
	if (feature[0])
		fprintf(to, ", with %s", feature);
	fprintf(to, "%s.", json_object_get_boolean(
			json_object_object_get(f, "user")) ?
		" (user)" : "");
	man_values(to, f);
	fputc('\n', to);
}

static void man_layout(FILE *to, struct json_object *l)
{
	struct json_object *fields = json_object_object_get(l, "fields");
	const char *fate = text(l, "fate");

	fprintf(to, ".Ss %s\nIHI 0070 section %s", text(l, "name"),
		text(l, "spec"));
	if (text(l, "doc")[0])
		fprintf(to, ": %s", text(l, "doc"));
	if (fate[0])
		fprintf(to, "; opcode or type %s, %s", text(l, "opcode"), fate);
	fprintf(to, ".\n");
	if (!json_object_array_length(fields))
		return;
	fprintf(to, ".Bl -tag -width Ds -compact\n");
	for (size_t i = 0; i < json_object_array_length(fields); i++)
		man_field(to, json_object_array_get_idx(fields, i));
	fprintf(to, ".El\n");
}

void out_man(const struct ctl *ctl, FILE *to)
{
	struct json_object *list =
		json_object_object_get(ctl->result, "layouts");

	fprintf(to,
		".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n"
		".\\\" Made by smmunest-ctl fields --format=man\n"
		".Dd $Mdocdate$\n.Dt SMMUNEST-FIELDS 7\n.Os\n"
		".Sh NAME\n.Nm smmunest-fields\n"
		".Nd every field of the SMMUv3 words that smmunest knows\n"
		".Sh DESCRIPTION\n"
		"Names, positions and sections are those of Arm IHI 0070.\n"
		"A field marked (user) is a virtual machine's to set through\n"
		"iommufd, or, in an ID register, one that iommufd promises.\n");
	for (size_t i = 0; i < json_object_array_length(list); i++)
		man_layout(to, json_object_array_get_idx(list, i));
	fprintf(to, ".Sh SEE ALSO\n.Xr smmunest-ctl 8\n");
}
