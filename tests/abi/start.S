/* SPDX-License-Identifier: GPL-2.0 */
/* Entry and ELF notes of a 64-bit PV guest without an operating system. */
#define __ASSEMBLY__
#include "elfnote.h"

	.macro note type, desc:vararg
	.pushsection .note.xen, "a", @note
	.balign 4
	.long 4, 9f - 8f, \type
	.asciz "Xen"
8:	\desc
9:	.balign 4
	.popsection
	.endm

	note XEN_ELFNOTE_GUEST_OS, .asciz "abi-test"
	note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	note XEN_ELFNOTE_LOADER, .asciz "generic"
	note XEN_ELFNOTE_VIRT_BASE, .quad 0
	note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
	note XEN_ELFNOTE_ENTRY, .quad _start
	note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page
	note XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"

	.text
	.globl _start
_start:
	cld
	leaq	stack_end(%rip), %rsp
	movq	%rsi, %rdi
	xorl	%ebp, %ebp
	call	start_c
1:	hlt
	jmp	1b

	.balign 4096
	.globl hypercall_page
hypercall_page:
	.fill 4096, 1, 0xcc

	.bss
	.balign 4096
	.fill 16384, 1, 0
stack_end:

	.section .note.GNU-stack, "", @progbits
