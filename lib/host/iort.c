// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The IORT: reading it, its nodes and their fields. Firmware wrote the table
 * and may be wrong, so whatever says where something is, is checked first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "host/iort.h"

/* The table's header, and where in it what is. */
enum {
	HEADER = 48,
	TABLE_LENGTH = 4,
	NODE_COUNT = 36,
	FIRST_NODE = 40,
};

/* The same of a node's header. */
enum {
	NODE_HEADER = 16,
	NODE_LENGTH = 1,
	NODE_REVISION = 3,
	NODE_ID = 4,
	NODE_NMAPS = 8,
	NC_NAME = 29,
};

#define ROOM (1 << 20)

#define X(type, name, ...) { #name, SMN_IORT_##type, __VA_ARGS__ },
const struct smn_iort_field smn_iort_fields[SMN_NIORT_FIELDS] = {
	SMN_IORT_FIELDS(X)
};
#undef X

static const struct {
	const char *name;
	uint32_t least;
} types[] = {
#define X(type, number, name, least) [number] = { name, least },
	SMN_IORT_TYPES(X)
#undef X
};

const char *smn_iort_type_name(uint8_t type)
{
	return type < SMN_ARRAY_SIZE(types) ? types[type].name : NULL;
}

uint64_t smn_iort_number(const struct smn_iort *iort, uint64_t at,
			 unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | iort->data[at + bytes];
	return value;
}

static int damaged(struct smn_why *why, uint64_t at, const char *what)
{
	smn_why_set(why, "the IORT is damaged at byte %llu: %s",
		    (unsigned long long)at, what);
	return -EBADMSG;
}

bool smn_iort_checksum(const struct smn_iort *iort)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < iort->size; i++)
		sum += iort->data[i];
	return !sum;
}

static int check_header(const struct smn_iort *iort, struct smn_why *why)
{
	if (iort->size < HEADER)
		return damaged(why, iort->size, "it ends within its header");
	if (memcmp(iort->data, "IORT", 4))
		return damaged(why, 0, "it does not begin with IORT");
	if (smn_iort_number(iort, TABLE_LENGTH, 4) != iort->size)
		return damaged(why, TABLE_LENGTH,
			       "its length is not that of the file");
	return 0;
}

/* Why there is no table to read. */
static void say_absent(struct smn_sys *sys, int err, struct smn_why *why)
{
	if (err == -EACCES || err == -EPERM)
		smn_why_set(why, "no permission to read " SMN_IORT ": run as "
			    "root");
	else if (err != -ENOENT)
		smn_why_set(why, SMN_IORT " cannot be read: %s",
			    smn_errno_name(err));
	else if (smn_sys_exists(sys, SMN_DEVICETREE))
		smn_why_set(why, "the machine has a device tree, which cannot "
			    "say CANWBS: boot with ACPI");
	else if (smn_sys_exists(sys, SMN_ACPI_TABLES))
		smn_why_set(why, "the firmware has no IORT");
	else
		smn_why_set(why, "/sys/firmware shows neither ACPI tables nor "
			    "a device tree");
}

int smn_iort_load(struct smn_sys *sys, struct smn_iort *iort,
		  struct smn_why *why)
{
	struct smn_iort read = { 0 };
	int ret = smn_sys_read_file(sys, SMN_IORT, ROOM, &read.data,
				    &read.size);

	if (ret) {
		say_absent(sys, ret, why);
		return ret;
	}
	ret = check_header(&read, why);
	if (ret)
		free(read.data);
	else
		*iort = read;
	return ret;
}

void smn_iort_free(struct smn_iort *iort)
{
	free(iort->data);
	*iort = (struct smn_iort){ 0 };
}

/* --- nodes --- */

static int check_node(const struct smn_iort *iort,
		      const struct smn_iort_node *n, struct smn_why *why)
{
	uint32_t least = smn_iort_type_name(n->type) ? types[n->type].least :
		NODE_HEADER;

	if (n->length < least)
		return damaged(why, n->offset + NODE_LENGTH,
			       "the node is too short for its type");
	if (n->length > iort->size - n->offset)
		return damaged(why, n->offset + NODE_LENGTH,
			       "the node ends beyond the table");
	return 0;
}

int smn_iort_next(const struct smn_iort *iort, struct smn_iort_node *node,
		  struct smn_why *why)
{
	uint64_t at = node->index ? (uint64_t)node->offset + node->length :
		smn_iort_number(iort, FIRST_NODE, 4);
	struct smn_iort_node n = { .index = node->index + 1, .offset = at };
	int ret;

	if (node->index >= smn_iort_number(iort, NODE_COUNT, 4))
		return 0;
	if (!node->index && (at < HEADER || at > iort->size))
		return damaged(why, FIRST_NODE,
			       "the first node is not behind the header");
	if (iort->size - at < NODE_HEADER)
		return damaged(why, NODE_COUNT,
			       "there are fewer nodes than it says");
	n.type = iort->data[at];
	n.length = smn_iort_number(iort, at + NODE_LENGTH, 2);
	n.revision = iort->data[at + NODE_REVISION];
	n.id = smn_iort_number(iort, at + NODE_ID, 4);
	n.nmaps = smn_iort_number(iort, at + NODE_NMAPS, 4);
	n.maps = smn_iort_number(iort, at + SMN_IORT_NODE_MAPS, 4);
	ret = check_node(iort, &n, why);
	if (ret)
		return ret;
	*node = n;
	return 1;
}

bool smn_iort_get(const struct smn_iort *iort, const struct smn_iort_node *node,
		  enum smn_iort_field_id field, uint64_t *value)
{
	const struct smn_iort_field *f = &smn_iort_fields[field];
	uint64_t v;

	if (f->type != node->type || node->revision < f->since ||
	    f->offset + f->size > node->length)
		return false;
	v = smn_iort_number(iort, node->offset + f->offset, f->size) >> f->lsb;
	*value = f->width < 64 ? v & ((1ull << f->width) - 1) : v;
	return true;
}

void smn_iort_name(const struct smn_iort *iort,
		   const struct smn_iort_node *node, char name[SMN_IORT_NAME])
{
	const uint8_t *node_text = iort->data + node->offset;
	size_t n = 0;

	for (uint32_t i = NC_NAME; node->type == SMN_IORT_NC &&
	     i < node->length && node_text[i] && n < SMN_IORT_NAME - 1; i++)
		name[n++] = node_text[i] > ' ' && node_text[i] < 0x7f ?
			node_text[i] : '?';
	name[n] = '\0';
}
