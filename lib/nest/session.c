// SPDX-License-Identifier: GPL-2.0-or-later
/* A session: the stack of what was made, undone newest first. */
#include <fcntl.h>
#include <errno.h>
#include <stdlib.h>

#include "nest/made.h"

static const char *const names[SMN_NOBJECTS] = {
	[SMN_OBJ_NONE] = "no object", [SMN_OBJ_FD] = "fd",
	[SMN_OBJ_MEMORY] = "memory", [SMN_OBJ_MAPPING] = "mapping",
	[SMN_OBJ_ATTACHMENT] = "attach",
	[SMN_OBJ_REGISTER] = "register", [SMN_OBJ_OTHER] = "other",
	[SMN_OBJ_DEVICE] = "device",
	[SMN_OBJ_IOAS] = "ioas", [SMN_OBJ_S2] = "s2",
	[SMN_OBJ_VIOMMU] = "viommu", [SMN_OBJ_VDEVICE] = "vdevice",
	[SMN_OBJ_S1] = "s1", [SMN_OBJ_VEVENTQ] = "veventq",
	[SMN_OBJ_FAULTQ] = "faultq",
};

const char *smn_object_name(enum smn_object object)
{
	return names[object];
}

int smn_session_reserve(struct smn_session *s)
{
	size_t room = s->room ? 2 * s->room : 16;
	struct smn_made *made;

	if (s->nmade < s->room)
		return 0;
	made = realloc(s->made, room * sizeof(*made));
	if (!made)
		return -ENOMEM;
	s->made = made;
	s->room = room;
	return 0;
}

void smn_session_push(struct smn_session *s, struct smn_made made)
{
	s->made[s->nmade++] = made;
}

static int close_fd(struct smn_session *s, const struct smn_made *m)
{
	return smn_sys_close(s->sys, m->fd);
}

void smn_session_push_fd(struct smn_session *s, int fd)
{
	smn_session_push(s,
			 (struct smn_made){ SMN_OBJ_FD, close_fd, .fd = fd });
}

static int undo_later(struct smn_session *s, const struct smn_made *m)
{
	return m->later(s, m->addr);
}

int smn_session_later(struct smn_session *s,
		      int (*undo)(struct smn_session *s, void *ctx), void *ctx)
{
	int ret = smn_session_reserve(s);

	if (!ret)
		smn_session_push(s, (struct smn_made){
			SMN_OBJ_OTHER, undo_later, .later = undo,
			.addr = ctx });
	return ret;
}

static void forget(struct smn_session *s, size_t i)
{
	for (s->nmade--; i < s->nmade; i++)
		s->made[i] = s->made[i + 1];
}

int smn_session_undo(struct smn_session *s,
		     int (*undo)(struct smn_session *s, void *ctx), void *ctx)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].later == undo && s->made[i].addr == ctx) {
			forget(s, i);
			return undo(s, ctx);
		}
	return -ENOENT;
}

static bool hangs_on(const struct smn_made *m, int fd)
{
	return m->fd == fd && (m->object == SMN_OBJ_FD ||
			       m->object == SMN_OBJ_ATTACHMENT ||
			       m->object == SMN_OBJ_REGISTER);
}

int smn_session_undo_fd(struct smn_session *s, int fd)
{
	size_t i = s->nmade;
	int first = 0;

	while (i-- > 0) {
		struct smn_made m = s->made[i];
		int ret;

		if (!hangs_on(&m, fd))
			continue;
		forget(s, i);
		ret = m.undo(s, &m);
		first = first ? first : ret;
	}
	return first;
}

static bool has_id(const struct smn_made *m, uint32_t id)
{
	return m->object >= SMN_OBJ_DEVICE && m->id == id;
}

void smn_session_forget_id(struct smn_session *s, uint32_t id)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (has_id(&s->made[i], id)) {
			forget(s, i);
			return;
		}
}

void smn_session_forget_attachment(struct smn_session *s, int fd)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].object == SMN_OBJ_ATTACHMENT &&
		    s->made[i].fd == fd) {
			forget(s, i);
			return;
		}
}

void smn_session_forget_mapping(struct smn_session *s, uint32_t ioas,
				uint64_t start)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].object == SMN_OBJ_MAPPING &&
		    s->made[i].id == ioas && s->made[i].start == start) {
			forget(s, i);
			return;
		}
}

enum smn_object smn_session_object(const struct smn_session *s, uint32_t id)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (has_id(&s->made[i], id))
			return s->made[i].object;
	return SMN_OBJ_NONE;
}

int smn_session_open(struct smn_session *s, struct smn_sys *sys)
{
	int ret;

	*s = (struct smn_session){ .sys = sys, .iommufd = -1 };
	ret = smn_session_reserve(s);
	if (ret)
		return ret;
	ret = smn_sys_open(sys, SMN_IOMMU_NODE, O_RDWR);
	if (ret < 0)
		return ret;
	s->iommufd = ret;
	smn_session_push_fd(s, ret);
	return 0;
}

size_t smn_session_mark(const struct smn_session *s)
{
	return s->nmade;
}

int smn_session_unwind(struct smn_session *s, size_t mark)
{
	int first = 0;

	while (s->nmade > mark) {
		struct smn_made m = s->made[--s->nmade];
		int ret = m.undo ? m.undo(s, &m) : 0;

		if (ret && !first)
			first = ret;
	}
	return first;
}

int smn_session_close(struct smn_session *s)
{
	int ret = smn_session_unwind(s, 0);

	free(s->made);
	s->made = NULL;
	s->room = 0;
	s->iommufd = -1;
	return ret;
}
