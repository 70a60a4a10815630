// SPDX-License-Identifier: GPL-2.0
/*
 * Attach a program to a network interface in its driver until SIGTERM, then
 * print how many packets it took: xdp pass|drop|tx DEVICE, xdp redirect DEVICE
 * TO.  "pass" lets all through.  The others take echo requests (ping) only: to
 * drop them, or to send the answer back, on TO with "redirect".  xdp loaded
 * says how many programs the kernel has.  No compiler for BPF and no library is
 * needed.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct bpf_insn prog[96];
static int len, pass[8], passes;

static void emit(int code, int dst, int src, int off, int imm)
{
	prog[len++] = (struct bpf_insn){ code, dst, src, off, imm };
}

#define MOV_IMM(dst, imm)	emit(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm)
#define MOV(dst, src)		emit(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define ADD_IMM(dst, imm)	emit(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, imm)
#define ADD(dst, src)		emit(BPF_ALU64 | BPF_ADD | BPF_X, dst, src, 0, 0)
#define LOAD(size, dst, src, off) \
	emit(BPF_LDX | BPF_MEM | (size), dst, src, off, 0)
#define STORE(size, dst, off, src) \
	emit(BPF_STX | BPF_MEM | (size), dst, src, off, 0)
#define STORE_IMM(size, dst, off, imm) \
	emit(BPF_ST | BPF_MEM | (size), dst, 0, off, imm)
#define CALL(f)			emit(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT()			emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* A jump to the end, where the packet is let through. */
static void jump_to_pass(int code, int dst, int src, int imm)
{
	pass[passes++] = len;
	emit(BPF_JMP | code, dst, src, 0, imm);
}

/* Exchange what is at @a and at @b of the packet in r2. */
static void exchange(int size, int a, int b)
{
	LOAD(size, 4, 2, a);
	LOAD(size, 5, 2, b);
	STORE(size, 2, a, 5);
	STORE(size, 2, b, 4);
}

static void only_echo_requests(void)
{
	LOAD(BPF_W, 2, 1, offsetof(struct xdp_md, data));
	LOAD(BPF_W, 3, 1, offsetof(struct xdp_md, data_end));
	MOV(4, 2);
	ADD_IMM(4, 42);
	jump_to_pass(BPF_JGT | BPF_X, 4, 3, 0);
	LOAD(BPF_H, 4, 2, 12);			/* IPv4 */
	jump_to_pass(BPF_JNE | BPF_K, 4, 0, 0x0008);
	LOAD(BPF_B, 4, 2, 23);			/* ICMP */
	jump_to_pass(BPF_JNE | BPF_K, 4, 0, 1);
	LOAD(BPF_B, 4, 2, 34);
	jump_to_pass(BPF_JNE | BPF_K, 4, 0, 8);
}

static void answer(const unsigned char *from)
{
	int low, high = 0;

	exchange(BPF_W, 0, 6);
	exchange(BPF_H, 4, 10);
	if (from) {
		/* not the same address on two ports of the other end's bridge */
		memcpy(&low, from, 4);
		memcpy(&high, from + 4, 2);
		STORE_IMM(BPF_W, 2, 6, low);
		STORE_IMM(BPF_H, 2, 10, high);
	}
	exchange(BPF_W, 26, 30);
	STORE_IMM(BPF_B, 2, 34, 0);
	LOAD(BPF_H, 4, 2, 36);			/* the sum of all has 8 less */
	ADD_IMM(4, 8);
	MOV(5, 4);
	emit(BPF_ALU64 | BPF_RSH | BPF_K, 5, 0, 0, 16);
	ADD(4, 5);
	STORE(BPF_H, 2, 36, 4);
}

static void count(int map)
{
	STORE_IMM(BPF_W, 10, -4, 0);
	MOV(2, 10);
	ADD_IMM(2, -4);
	emit(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map);
	emit(0, 0, 0, 0, 0);
	CALL(BPF_FUNC_map_lookup_elem);
	emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2, 0);
	MOV_IMM(1, 1);
	emit(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD);
}

static int bpf(int cmd, union bpf_attr *attr)
{
	int ret = syscall(__NR_bpf, cmd, attr, sizeof(*attr));

	if (ret < 0) {
		fprintf(stderr, "xdp: bpf %d: %s\n", cmd, strerror(errno));
		exit(1);
	}
	return ret;
}

static void make(const char *mode, int map, const char *to)
{
	struct ifreq ifr = { .ifr_name = "" };

	if (strcmp(mode, "pass"))
		only_echo_requests();
	if (to) {
		strncpy(ifr.ifr_name, to, IFNAMSIZ - 1);
		if (ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFHWADDR, &ifr)) {
			fprintf(stderr, "xdp: no %s\n", to);
			exit(1);
		}
		answer((unsigned char *)ifr.ifr_hwaddr.sa_data);
	} else if (!strcmp(mode, "tx")) {
		answer(NULL);
	}
	count(map);
	if (to) {
		MOV_IMM(1, if_nametoindex(to));
		MOV_IMM(2, 0);
		CALL(BPF_FUNC_redirect);
	} else {
		MOV_IMM(0, !strcmp(mode, "tx") ? XDP_TX :
			!strcmp(mode, "drop") ? XDP_DROP : XDP_PASS);
	}
	EXIT();
	if (!passes)
		return;
	for (int i = 0; i < passes; i++)
		prog[pass[i]].off = len - pass[i] - 1;
	MOV_IMM(0, XDP_PASS);
	EXIT();
}

static int loaded(void)
{
	union bpf_attr attr = { .start_id = 0 };
	int n = 0;

	while (!syscall(__NR_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr))) {
		attr.start_id = attr.next_id;
		n++;
	}
	printf("loaded %d\n", n);
	return errno != ENOENT;
}

int main(int argc, char **argv)
{
	unsigned long long n = 0;
	unsigned int key = 0;
	int map, fd, sig;
	sigset_t set;

	if (argc == 2 && !strcmp(argv[1], "loaded"))
		return loaded();
	if (argc < 3)
		return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	map = bpf(BPF_MAP_CREATE, &(union bpf_attr){ .map_type = BPF_MAP_TYPE_ARRAY,
		  .key_size = 4, .value_size = 8, .max_entries = 1 });
	make(argv[1], map, argv[3]);
	fd = bpf(BPF_PROG_LOAD, &(union bpf_attr){ .prog_type = BPF_PROG_TYPE_XDP,
		 .insns = (unsigned long)prog, .insn_cnt = len,
		 .license = (unsigned long)"GPL" });
	bpf(BPF_LINK_CREATE, &(union bpf_attr){ .link_create = { .prog_fd = fd,
	    .target_ifindex = if_nametoindex(argv[2]), .attach_type = BPF_XDP,
	    .flags = XDP_FLAGS_DRV_MODE } });
	printf("attached\n");
	fflush(stdout);
	sigwait(&set, &sig);
	bpf(BPF_MAP_LOOKUP_ELEM, &(union bpf_attr){ .map_fd = map,
	    .key = (unsigned long)&key, .value = (unsigned long)&n });
	printf("count %llu\n", n);
	return 0;
}
