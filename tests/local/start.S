/* SPDX-License-Identifier: GPL-2.0 */
/* Entry of a PVH guest without an operating system: into 64 bits, 1 GiB mapped 1:1. */
	.pushsection .note.xen, "a", @note
	.balign 4
	.long 4, 4, 18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz "Xen"
	.long _start
	.popsection

	.text
	.code32
	.globl _start
_start:
	cld
	movl	$stack_end, %esp
	/* pages of 2 MiB, writable */
	movl	$directory, %edi
	movl	$0x83, %eax
	xorl	%ecx, %ecx
1:	movl	%eax, (%edi,%ecx,8)
	addl	$0x200000, %eax
	incl	%ecx
	cmpl	$512, %ecx
	jne	1b
	movl	$directory + 3, pointers
	movl	$pointers + 3, top
	movl	$top, %eax
	movl	%eax, %cr3
	movl	$0x20, %eax		/* PAE */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx	/* EFER.LME */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	$0x80000011, %eax
	movl	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$8, $2f
	.code64
2:	call	start_c
3:	hlt
	jmp	3b

	.data
	.balign 8
gdt:	.quad 0, 0x00af9b000000ffff
gdt_pointer:
	.word 15
	.long gdt

	.bss
	.balign 4096
top:	.fill 4096, 1, 0
pointers:
	.fill 4096, 1, 0
directory:
	.fill 4096, 1, 0
	.fill 16384, 1, 0
stack_end:

	.section .note.GNU-stack, "", @progbits
