/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few calls of QEMU's plugin interface, version 4, that count.c uses.
 * Declared here since no package carries the interface's header.  QEMU refuses
 * a plugin whose version it does not know, so a change there is no surprise.
 */
#ifndef TESTS_BENCH_QEMU_H
#define TESTS_BENCH_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_EXPORT	__attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;
struct qemu_plugin_hwaddr;
struct qemu_info;

/* A counter: @offset bytes into what each CPU has of @score. */
struct qemu_u64 {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
};

struct qemu_mem_value {
	int type;
	union {
		uint8_t u8;
		uint64_t u128[2];
	};
};

enum { QEMU_CB_NO_REGS };
enum { QEMU_INLINE_ADD_U64, QEMU_INLINE_STORE_U64 };
enum { QEMU_COND_NE = 3 };
enum { QEMU_MEM_R = 1, QEMU_MEM_W };

typedef void (*qemu_exec_cb_t)(unsigned int cpu, void *data);
typedef void (*qemu_mem_cb_t)(unsigned int cpu, uint32_t info, uint64_t vaddr,
			      void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t id,
						      struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_exec_cb_t cb,
					  int flags, void *data);
void qemu_plugin_register_vcpu_tb_exec_cond_cb(struct qemu_plugin_tb *tb,
					       qemu_exec_cb_t cb, int flags, int cond,
					       struct qemu_u64 counter, uint64_t imm,
					       void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_exec_cb_t cb, int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn,
							 int op,
							 struct qemu_u64 counter,
							 uint64_t imm);
void qemu_plugin_register_vcpu_mem_inline_per_vcpu(struct qemu_plugin_insn *insn,
						   int rw, int op,
						   struct qemu_u64 counter,
						   uint64_t imm);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      qemu_mem_cb_t cb, int flags, int rw,
				      void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t idx);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest,
			     size_t len);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

struct qemu_mem_value qemu_plugin_mem_get_value(uint32_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info,
						  uint64_t vaddr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *addr);

struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t size);
void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score,
				  unsigned int cpu);

#endif /* TESTS_BENCH_QEMU_H */
