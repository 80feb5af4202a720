// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device's registers and configuration space, by single accesses through its
 * file. Nothing is mapped: a mapping would keep the device open.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "nest/made.h"

int smn_device_info_get(struct smn_session *s, const struct smn_device *dev,
			struct smn_device_info *info)
{
	struct vfio_device_info arg = { .argsz = sizeof(arg) };
	int ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_GET_INFO, dev->fd,
				&arg);

	if (ret)
		return ret;
	*info = (struct smn_device_info){
		.resets = arg.flags & VFIO_DEVICE_FLAGS_RESET,
		.nregions = arg.num_regions, .nirqs = arg.num_irqs,
	};
	return 0;
}

int smn_device_reset(struct smn_session *s, const struct smn_device *dev)
{
	struct smn_no_arg none = { .argsz = sizeof(none) };

	return smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_RESET, dev->fd, &none);
}

int smn_bar_open(struct smn_session *s, const struct smn_device *dev,
		 uint32_t index, struct smn_bar *bar)
{
	struct vfio_region_info arg = { .argsz = sizeof(arg), .index = index };
	int ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_GET_REGION_INFO,
				dev->fd, &arg);

	if (ret)
		return ret;
	if (!arg.size)
		return -ENODEV;
	*bar = (struct smn_bar){ dev->fd, arg.offset, arg.size };
	return 0;
}

int smn_bar_file(struct smn_session *s, const struct smn_device *dev,
		 uint32_t index, uint64_t offset, uint64_t length, int *fd)
{
	struct smn_feature arg = {
		.argsz = sizeof(arg), .flags = SMN_FEATURE_GET,
		.feature = VFIO_DEVICE_FEATURE_DMA_BUF, .region_index = index,
		.open_flags = O_CLOEXEC, .nr_ranges = 1, .offset = offset,
		.length = length,
	};
	int ret = smn_session_reserve(s);

	if (!ret)
		ret = smn_sys_ioctl(s->sys, SMN_VFIO_DEVICE_FEATURE, dev->fd,
				    &arg);
	if (ret)
		return ret;
	*fd = arg.out_fd;
	smn_session_push_fd(s, arg.out_fd);
	return 0;
}

static int check(const struct smn_bar *bar, uint64_t offset,
		 unsigned int bytes)
{
	if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
		return -EINVAL;
	if (offset % bytes || bytes > bar->size || offset > bar->size - bytes)
		return -EINVAL;
	return 0;
}

/* Less than was asked for comes only when the device goes away. */
static int whole(ssize_t n, unsigned int bytes)
{
	return n < 0 ? n : n == bytes ? 0 : -EIO;
}

int smn_bar_read(struct smn_session *s, const struct smn_bar *bar,
		 uint64_t offset, unsigned int bytes, uint64_t *value)
{
	uint64_t v = 0;		/* the low bytes come first: PCI and we */
	int ret = check(bar, offset, bytes);

	if (!ret)
		ret = whole(smn_sys_pread(s->sys, bar->fd, &v, bytes,
					  bar->at + offset), bytes);
	if (!ret)
		*value = v;
	return ret;
}

int smn_bar_write(struct smn_session *s, const struct smn_bar *bar,
		  uint64_t offset, unsigned int bytes, uint64_t value)
{
	int ret = check(bar, offset, bytes);

	if (ret)
		return ret;
	return whole(smn_sys_pwrite(s->sys, bar->fd, &value, bytes,
				    bar->at + offset), bytes);
}

/* --- configuration space --- */

int smn_config_read(struct smn_session *s, const struct smn_device *dev,
		    uint64_t offset, unsigned int bytes, uint32_t *value)
{
	struct smn_bar config;
	uint64_t v;
	int ret = smn_bar_open(s, dev, VFIO_PCI_CONFIG_REGION_INDEX, &config);

	if (!ret)
		ret = bytes > sizeof(*value) ? -EINVAL :
			smn_bar_read(s, &config, offset, bytes, &v);
	if (!ret)
		*value = v;
	return ret;
}

int smn_config_write(struct smn_session *s, const struct smn_device *dev,
		     uint64_t offset, unsigned int bytes, uint32_t value)
{
	struct smn_bar config;
	int ret = smn_bar_open(s, dev, VFIO_PCI_CONFIG_REGION_INDEX, &config);

	if (ret)
		return ret;
	return bytes > sizeof(value) ? -EINVAL :
		smn_bar_write(s, &config, offset, bytes, value);
}

static int undo_command(struct smn_session *s, const struct smn_made *m)
{
	const struct smn_device dev = { .fd = m->fd };

	return smn_config_write(s, &dev, PCI_COMMAND, 2, m->start);
}

static bool is_remembered(const struct smn_session *s, int fd)
{
	for (size_t i = s->nmade; i-- > 0;)
		if (s->made[i].undo == undo_command && s->made[i].fd == fd)
			return true;
	return false;
}

int smn_device_master(struct smn_session *s, const struct smn_device *dev,
		      bool on)
{
	uint32_t was, now;
	int ret = smn_session_reserve(s);

	if (!ret)
		ret = smn_config_read(s, dev, PCI_COMMAND, 2, &was);
	if (ret)
		return ret;
	now = (was & ~PCI_COMMAND_MASTER) | PCI_COMMAND_MEMORY;
	now |= on ? PCI_COMMAND_MASTER : 0;
	if (!is_remembered(s, dev->fd))
		smn_session_push(s, (struct smn_made){
			SMN_OBJ_REGISTER, undo_command, .fd = dev->fd,
			.start = was });
	return smn_config_write(s, dev, PCI_COMMAND, 2, now);
}
