# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A guest that reads MEGABYTES (1) of its disk and reaches its backend's bridge: ADDRESS
. /xh/lib.sh

check disk-there within 20 test -b /dev/xvda
info "disk-read $(sum /dev/xvda "${2:-1}")"
check net-there within 20 test -d /sys/class/net/eth0
ip addr add "$1/24" dev eth0
ip link set eth0 up
check ping within 30 ping -c 1 -W 1 "${1%.*}.1"
report_hosts
finish
