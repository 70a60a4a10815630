# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-mixed scenario: as nested, L1-dom0 runs another script.
exec sh /xh/nested.sh nested-mixed-l1
