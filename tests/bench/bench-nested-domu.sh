# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# An ordinary domU of L0, or an L2: WHAT [ADDRESS]. xvda, and xvdb that keeps no grant mapped.
. /xh/lib.sh
. /xh/bench-nested-io.sh

WHAT=$1
check disk-there within 20 test -b /dev/xvdt
check tools tools /dev/xvdt
disk "$WHAT-disk" /dev/xvda
if [ "${2:-}" ]; then
	ip addr add "$2/24" dev eth0
	ip link set eth0 up
	check ping within 30 ping -c 1 -W 1 "${2%.*}.1"
	net "$WHAT-net" "${2%.*}.1"
	chroot /mnt ethtool -K eth0 tso off
	tcp "$WHAT-net-no-tso" "${2%.*}.1" sent
fi
ok ready
check second-disk within 120 test -b /dev/xvdb
disk "$WHAT-disk-mapped" /dev/xvdb
finish
