#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: the static checks (scripts/check) pass. Needs: make tree. Takes: half a minute.

cd "$(dirname "$0")/.." || exit 255
exec scripts/check
