#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Map the ring of a disk, granted by domain 0 to itself, through gntdev and see it move;
# a grant that there is not must be refused.
# Usage: local-gntdev.py REFERENCE DISK
import fcntl
import mmap
import os
import struct
import sys

MAP_GRANT_REF = 24 << 16 | ord('G') << 8


def grant(fd, ref):
    op = bytearray(struct.pack('=IIQII', 1, 0, 0, 0, ref))
    fcntl.ioctl(fd, MAP_GRANT_REF, op)
    return mmap.mmap(fd, mmap.PAGESIZE, offset=struct.unpack_from('=Q', op, 8)[0])


gntdev = os.open('/dev/xen/gntdev', os.O_RDWR)
ring = grant(gntdev, int(sys.argv[1]))
before = struct.unpack_from('=I', ring)[0]
disk = os.open(sys.argv[2], os.O_RDONLY | os.O_DIRECT)
data = mmap.mmap(-1, 4096)
for i in range(64):
    os.preadv(disk, [data], i * 4096)
after = struct.unpack_from('=I', ring)[0]
print('requests produced:', before, after)
if after - before & 0xffffffff < 1 or after - before & 0xffffffff > 64:
    sys.exit('the ring did not move as it should')
try:
    grant(gntdev, 30000)
except OSError as e:
    print('refused:', e)
else:
    sys.exit('a grant that there is not was mapped')
