/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths that the files of host/ share. */
#ifndef SMN_HOST_HOST_H
#define SMN_HOST_HOST_H

#include "smmunest.h"

#define SMN_PATH 256
#define SMN_DEVICETREE "/sys/firmware/devicetree/base"
#define SMN_ACPI_TABLES "/sys/firmware/acpi/tables"
#define SMN_PCI_DEVICES "/sys/bus/pci/devices"
#define SMN_PCI_DRIVERS "/sys/bus/pci/drivers"
#define SMN_VFIO_PCI_DRIVER SMN_PCI_DRIVERS "/" SMN_VFIO_PCI

/* The path of @file of the device; @path holds SMN_PATH. */
void smn_pci_path(char *path, const char *bdf, const char *file);

#endif
