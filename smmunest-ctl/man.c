// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of `fields` and `explain` as pages of the manual, mdoc(7). */
#include <string.h>

#include "ctl.h"

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
	int lo = doc_int(f, "lo"), hi = lo + doc_int(f, "width") - 1;
	const char *feature = doc_text(f, "feature");
	int word = doc_int(f, "word");

	/* \\& keeps a name like Ac from being taken for a macro */
	fprintf(to, ".It Sy \\&%s", doc_text(f, "name"));
	fprintf(to, hi > lo ? " No word %d, bits %d:%d" : " No word %d, bit %d",
		word, hi, lo);
	fprintf(to, "\n%s", doc_text(f, "doc"));
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
	const char *fate = doc_text(l, "fate");

	fprintf(to, ".Ss %s\nIHI 0070 section %s", doc_text(l, "name"),
		doc_text(l, "spec"));
	if (doc_text(l, "doc")[0])
		fprintf(to, ": %s", doc_text(l, "doc"));
	if (fate[0])
		fprintf(to, "; opcode or type %s, %s", doc_text(l, "opcode"),
			fate);
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

/* --- errnos --- */

/* A text of a table is no markup: not a leading dot, not a backslash. */
static void man_text(FILE *to, const char *s)
{
	fputs("\\&", to);
	for (; *s; s++)
		fputs(*s == '\\' ? "\\e" : (char[]){ *s, '\0' }, to);
	fputc('\n', to);
}

static void man_row(FILE *to, struct json_object *row)
{
	fprintf(to, ".It Er %s Pq Li %s\n", doc_text(row, "name"),
		doc_text(row, "id"));
	man_text(to, doc_text(row, "cause"));
	if (doc_text(row, "since")[0])
		fprintf(to, "(since Linux %s)\n", doc_text(row, "since"));
	fprintf(to, ".br\n");
	man_text(to, doc_text(row, "remedy"));
}

void out_errors_man(const struct ctl *ctl, FILE *to)
{
	struct json_object *list = json_object_object_get(ctl->result, "rows");
	const char *last = "";

	fprintf(to,
		".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n"
		".\\\" Made by smmunest-ctl explain --format=man\n"
		".Dd $Mdocdate$\n.Dt SMMUNEST-ERRORS 7\n.Os\n"
		".Sh NAME\n.Nm smmunest-errors\n"
		".Nd why the calls of nested translation fail\n"
		".Sh DESCRIPTION\n"
		"For each call its causes of failure, in the order in which\n"
		"the kernel looks for them; then what to do about each.\n"
		"What every ioctl of iommufd can meet comes first, as any.\n");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i);

		if (strcmp(last, doc_text(row, "op")))
			fprintf(to, "%s.Ss %s\n.Bl -tag -width Ds -compact\n",
				last[0] ? ".El\n" : "", doc_text(row, "op"));
		man_row(to, row);
		last = doc_text(row, "op");
	}
	fprintf(to, ".El\n.Sh SEE ALSO\n.Xr smmunest-ctl 8\n");
}
