// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests as people write them: several lines, names from one to the next. */
#include <errno.h>

#include "fuzz.h"
#include "nest/request.h"

static void check_line(struct smn_names *names, const char *line)
{
	static const struct smn_request none;
	unsigned int known = smn_names_count(names);
	struct smn_text_error error = { 0 };
	struct smn_request a, b;
	char text[32768];
	int ret = smn_request_parse(&a, names, line, &error);

	if (ret == -EINVAL) {
		check_why(&error.why);
		CHECK(error.column && error.column <= strlen(line) + 1);
		CHECK(smn_names_count(names) == known);
		return;
	}
	CHECK(ret ? ret == -ENODATA && !memcmp(&a, &none, sizeof(a)) : 1);
	if (ret)
		return;
	/* it is a request, and can be said again */
	CHECK(a.nwords <= SMN_REQ_WORDS && a.op < SMN_NOPS);
	CHECK(smn_request_format(&a, names, text, sizeof(text)) < sizeof(text));
	CHECK(!smn_request_parse(&b, names, text, &error));
	CHECK(!memcmp(&a, &b, sizeof(a)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smn_names *names = smn_names_new();
	struct input in = { data, size };
	char *text = take_text(&in), *rest = text, *line;

	CHECK(names && smn_names_slot(names, "iommufd", 7) == 1);
	while ((line = strsep(&rest, "\n")))
		check_line(names, line);
	smn_names_free(names);
	free(text);
	return 0;
}
