// SPDX-License-Identifier: GPL-2.0-or-later
/* The VFIO cdev: bind to the session's iommufd, attach, detach. */
#include <fcntl.h>

#include <linux/vfio.h>

#include "nest/made.h"

int smn_device_open(struct smn_session *s, const char *cdev,
		    struct smn_device *dev)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind),
		.iommufd = s->iommufd,
	};
	int fd, ret;

	ret = smn_session_reserve(s);
	if (ret)
		return ret;
	fd = smn_sys_open(s->sys, cdev, O_RDWR);
	if (fd < 0)
		return fd;
	smn_session_push_fd(s, fd);

	ret = smn_session_reserve(s);
	if (ret)
		return ret;
	ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_BIND_IOMMUFD, fd, &bind);
	if (ret)
		return ret;
	smn_session_push(s, (struct smn_made){ SMN_OBJ_DEVICE,
					       .id = bind.out_devid });
	*dev = (struct smn_device){ .fd = fd, .id = bind.out_devid };
	return 0;
}

int smn_device_close(struct smn_session *s, const struct smn_device *dev,
		     uint32_t vdevice)
{
	int ret = smn_session_undo_fd(s, dev->fd);

	if (vdevice)
		smn_session_forget_id(s, vdevice);
	smn_session_forget_id(s, dev->id);
	return ret;
}

static int undo_attach(struct smn_session *s, const struct smn_made *m)
{
	const struct smn_device dev = { .fd = m->fd };

	return smn_device_detach(s, &dev);
}

int smn_device_attach(struct smn_session *s, const struct smn_device *dev,
		      uint32_t pt_id)
{
	struct vfio_device_attach_iommufd_pt attach = {
		.argsz = sizeof(attach),
		.pt_id = pt_id,
	};
	int ret;

	ret = smn_session_reserve(s);
	if (ret)
		return ret;
	ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, dev->fd,
			    &attach);
	if (ret)
		return ret;
	/* a replacement takes the place of the attachment there was */
	smn_session_forget_attachment(s, dev->fd);
	smn_session_push(s, (struct smn_made){ SMN_OBJ_ATTACHMENT, undo_attach,
					       .fd = dev->fd });
	return 0;
}

int smn_device_detach(struct smn_session *s, const struct smn_device *dev)
{
	struct vfio_device_detach_iommufd_pt detach = {
		.argsz = sizeof(detach),
	};
	int ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT,
				dev->fd, &detach);

	if (!ret)
		smn_session_forget_attachment(s, dev->fd);
	return ret;
}
