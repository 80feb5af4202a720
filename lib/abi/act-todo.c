// SPDX-License-Identifier: GPL-2.0-or-later
/* Acts still to be written. */
#include "abi/row.h"

#define TODO(op) const struct smn_act smn_act_##op;
TODO(VFIO_DEVICE_ATTACH_IOMMUFD_PT)
