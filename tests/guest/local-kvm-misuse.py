#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Everything that /dev/xen/local-kvm must refuse, and with which error; then that it works.
# DOMID is one that is in use. Usage: local-kvm-misuse.py DOMID
import ctypes
import errno
import fcntl
import mmap
import os
import struct
import sys

CREATE, SET_PARAM, ALLOC_PORT = 0x40105880, 0x40105881, 0x80045882
KVM_CREATE_VM, KVM_SET_MEMORY = 0xae01, 0x4020ae46
NAME = '/dev/xen/local-kvm'
MB = 1 << 20
libc = ctypes.CDLL(None, use_errno=True)
bad = 0


def expect(what, want, how, *args):
    global bad
    try:
        how(*args)
        got = 0
    except OSError as e:
        got = e.errno
    if got != want:
        bad += 1
    print('ok ' if got == want else 'NOT OK ', what, errno.errorcode.get(got, got))


def device():
    return os.open(NAME, os.O_RDWR)


def create(fd, vm, domid=77, pad=0, vcpus=1, frames=4):
    fcntl.ioctl(fd, CREATE, struct.pack('=iHHII', vm, domid, pad, vcpus, frames))


def address(at):
    return ctypes.addressof(ctypes.c_char.from_buffer(at))


def machine(flags, regions=1, protect=0):
    vm = fcntl.ioctl(kvm, KVM_CREATE_VM, 0)
    fd = -1 if flags & mmap.MAP_ANONYMOUS else os.memfd_create('guest')
    if fd != -1:
        os.truncate(fd, MB)
    at = mmap.mmap(fd, MB, flags=flags)
    keep.append(at)
    for i in range(regions):
        fcntl.ioctl(vm, KVM_SET_MEMORY, struct.pack('=IIQQQ', i, protect, i * MB, MB, address(at)))
    return vm


def as_child(what, want, prepare, how, *args):
    pid = os.fork()
    if not pid:
        prepare()
        expect(what, want, how, *args)
        sys.stdout.flush()
        os._exit(bad != 0)
    if os.waitpid(pid, 0)[1]:
        globals()['bad'] += 1


def nobody():
    os.setgid(65534)
    os.setuid(65534)


keep = []
kvm = os.open('/dev/kvm', os.O_RDWR)
dev = device()
good = machine(mmap.MAP_SHARED)
expect('no file', errno.EBADF, create, dev, 999)
expect('no virtual machine', errno.EINVAL, create, dev, kvm)
expect('domain 0', errno.EINVAL, create, dev, good, 0)
expect('reserved domain', errno.EINVAL, create, dev, good, 0x7ff0)
expect('padding', errno.EINVAL, create, dev, good, 77, 1)
expect('no processor', errno.EINVAL, create, dev, good, 77, 0, 0)
expect('too many processors', errno.EINVAL, create, dev, good, 77, 0, 1 << 20)
expect('no grants', errno.EINVAL, create, dev, good, 77, 0, 1, 0)
expect('too many grants', errno.EINVAL, create, dev, good, 77, 0, 1, 65)
expect('a domain that there is', errno.EEXIST, create, dev, good, int(sys.argv[1]))
expect('no memory', errno.EINVAL, create, dev, fcntl.ioctl(kvm, KVM_CREATE_VM, 0))
expect('memory in too many pieces', errno.E2BIG, create, dev, machine(mmap.MAP_SHARED, 17))
expect('a param of none', errno.ENXIO, fcntl.ioctl, dev, SET_PARAM, bytes(16))
expect('a port of none', errno.ENXIO, fcntl.ioctl, dev, ALLOC_PORT, bytes(4))
expect('a page of none', errno.ENXIO, mmap.mmap, dev, 4096)
as_child('another process', errno.EPERM, lambda: None, create, dev, good)
as_child('nobody opens', errno.EACCES, nobody, device)
as_child('nobody, with the file', errno.EPERM, nobody, create, dev, good)

expect('what is right', 0, create, dev, good)
expect('twice', errno.EEXIST, create, dev, good, 78)
expect('a machine twice', errno.EBUSY, create, device(), good, 78)
expect('a param beyond', errno.EINVAL, fcntl.ioctl, dev, SET_PARAM, struct.pack('=IIQ', 1 << 30, 0, 0))
expect('a param with padding', errno.EINVAL, fcntl.ioctl, dev, SET_PARAM, struct.pack('=IIQ', 1, 1, 0))
expect('an unknown request', errno.ENOTTY, fcntl.ioctl, dev, 0x5899)
expect('a private page', errno.EINVAL, mmap.mmap, dev, 4096, mmap.MAP_PRIVATE)
expect('pages beyond', errno.EINVAL, mmap.mmap, dev, 8192)
expect('grants beyond', errno.EINVAL, mmap.mmap, dev, 8192, mmap.MAP_SHARED, mmap.PROT_READ, 0, 4 * 4096)
expect('all grants', 0, mmap.mmap, dev, 4 * 4096, mmap.MAP_SHARED, mmap.PROT_READ, 0, 4096)
for i in range(4095):
    fcntl.ioctl(dev, ALLOC_PORT, bytes(4))
expect('ports beyond', errno.ENOSPC, fcntl.ioctl, dev, ALLOC_PORT, bytes(4))
sys.exit(bad != 0)
