# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# L0-dom0 of the nested-drvdom scenario: makes L1, whose dom0 hands the connection to L0 to
# a driver domain (nested-drvdom-l1.sh), and destroys it while that one serves an L2.
. /xh/l1.sh
. /xh/count.sh

MB=8
l0_up
mkdir -p /tmp/www
fill /tmp/www/net.out 4
cp /xh/boot/l1dom0.cpio.gz /tmp/www/
fill "$SCRATCH" "$MB"
busybox httpd -p 80 -h /tmp/www
before=$(counts) free=$(free_mb)
L1_IMAGE=domu L1_DOM0_MEM=512M L1_VCPUS=2 L1_MEMORY=1280
check l1-created l1_guest nested-drvdom-l1 "$(sum "$SCRATCH" $MB),$MB" || finish
check l1-done within 1500 said l1 ok.second-user-load
check l1-destroyed xl destroy l1
nothing_left l1 "$before" "$free"
finish
