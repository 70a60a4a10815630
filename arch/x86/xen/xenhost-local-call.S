/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hypercall answered in this kernel: takes what a hypercall takes (number in
 * eax; rdi, rsi, rdx, r10, r8) and changes rax only, as its callers expect.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/frame.h>

.text
SYM_FUNC_START(xen_hypercall_local)
	FRAME_BEGIN
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11

	movq	%r8, %r9
	movq	%r10, %r8
	movq	%rdx, %rcx
	movq	%rsi, %rdx
	movq	%rdi, %rsi
	movl	%eax, %edi
	call	xenhost_local_dispatch

	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	FRAME_END
	RET
SYM_FUNC_END(xen_hypercall_local)
