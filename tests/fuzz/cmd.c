// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands as people write them, "tlbi-nh-va:ASID=1,Leaf=1". */
#include <errno.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *text = take_text(&in), fields[512], again[600];
	uint64_t cmd[3] = { 0xa5, 0xa5, 0xa5 }, second[2];
	struct smn_why why = { "" };
	int ret = smn_cmd_parse(text, cmd, &why);
	const struct smn_layout *l = smn_cmd_by_opcode(cmd[0] & SMN_CMD_OPCODE);

	CHECK(cmd[2] == 0xa5);
	if (ret) {
		CHECK(cmd[0] == 0xa5 && cmd[1] == 0xa5);
		CHECK(ret == -EINVAL || ret == -ENOENT || ret == -ERANGE ||
		      ret == -EEXIST);
		check_why(&why);
		free(text);
		return 0;
	}
	/* it says the command that was asked for, and can be said again */
	CHECK(l && l == smn_cmd_by_name(text, strcspn(text, ":")));
	CHECK(!(cmd[0] & ~smn_layout_known(l, 0)));
	CHECK(!(cmd[1] & ~smn_layout_known(l, 1)));
	CHECK(smn_layout_format(l, cmd, fields, sizeof(fields)) <
	      sizeof(fields));
	for (char *p = fields; *p; p++)
		*p = *p == ' ' ? ',' : *p;
	snprintf(again, sizeof(again), "%s%s%s", l->name, fields[0] ? ":" : "",
		 fields);
	CHECK(!smn_cmd_parse(again, second, NULL));
	CHECK(second[0] == cmd[0] && second[1] == cmd[1]);
	free(text);
	return 0;
}
