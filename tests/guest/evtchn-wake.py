#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Two processes send events to a third, as guests do to xenstored; each sends the next when
# the last was taken. A sleeper whom no event wakes shows as a poll that lasts to its limit.
# Usage: evtchn-wake.py EVENTS
import fcntl
import os
import select
import struct
import sys
import time

BIND_INTERDOMAIN, BIND_UNBOUND, NOTIFY = 8 << 16 | 0x4501, 4 << 16 | 0x4502, 4 << 16 | 0x4504
EVENTS = int(sys.argv[1])
LATE = 10		# seconds

taken = [0, 0]
pipes = [os.pipe() for _ in taken]
sender = os.open('/dev/xen/evtchn', os.O_RDWR)
receiver = os.open('/dev/xen/evtchn', os.O_RDWR | os.O_NONBLOCK)
remote = [fcntl.ioctl(sender, BIND_UNBOUND, bytearray(struct.pack('=I', 0))) for _ in taken]
# these are bound to one vcpu after the other
local = [fcntl.ioctl(receiver, BIND_INTERDOMAIN, bytearray(struct.pack('=II', 0, p))) for p in remote]


def send(i):
    os.sched_setaffinity(0, {i % os.cpu_count()})
    for _ in range(EVENTS):
        fcntl.ioctl(sender, NOTIFY, struct.pack('=I', remote[i]))
        os.read(pipes[i][0], 1)
    os._exit(0)


for i in range(len(taken)):
    if os.fork() == 0:
        send(i)
poll = select.poll()
poll.register(receiver, select.POLLIN)
while sum(taken) < EVENTS * len(taken):
    since = time.monotonic()
    there = poll.poll(LATE * 1000)
    # at its end it looks once more, and finds what woke nobody
    if time.monotonic() - since >= LATE:
        sys.exit(f"after {taken} events: {'not woken' if there else 'no event'} in {LATE} s")
    ports = os.read(receiver, 64)
    os.write(receiver, ports)
    for p in struct.unpack(f'={len(ports) // 4}I', ports):
        i = local.index(p)
        taken[i] += 1
        os.write(pipes[i][1], b'.')
