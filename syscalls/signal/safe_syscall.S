/* The one place where blocking system calls of the guest enter the host's kernel.
 *
 * sys_host_call(nr, a, b, c, d, e, f): a host handler that interrupts between sys_host_begin and sys_host_end finds the
 * pc there and moves it to sys_host_interrupted: the kernel has not been entered (or has put the pc back on the
 * instruction because it wants the call restarted), so the call can be made again after the guest's handler. From
 * sys_host_end on the result is in rax and is kept. The poll flag is tested inside the sequence: a signal that was queued
 * before is seen by the test, one that comes later by the handler.
 */
#if defined(__x86_64__)
#include "syscalls/signal/safe_offsets.h"

    .text
    .globl sys_host_call
    .type sys_host_call, @function
sys_host_call:
    .cfi_startproc
    movq sys_self@gottpoff(%rip), %rax
    movq %fs:(%rax), %rax
    movq SYS_THREAD_CPU(%rax), %r11
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    .globl sys_host_begin
sys_host_begin:
    cmpl $0, CPU_POLL(%r11)
    jne sys_host_interrupted
    syscall
    .globl sys_host_end
sys_host_end:
    cmpq $-4, %rax                     /* -EINTR */
    je sys_host_interrupted
    ret
    .globl sys_host_interrupted
sys_host_interrupted:
    movq $-512, %rax                   /* SYS_RESTART */
    ret
    .cfi_endproc
    .size sys_host_call, . - sys_host_call

    .globl sys_host_raw
    .type sys_host_raw, @function
sys_host_raw:
    .cfi_startproc
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    ret
    .cfi_endproc
    .size sys_host_raw, . - sys_host_raw

/* sa_restorer of the host's handlers: rt_sigreturn. Debuggers know the sequence by its bytes. */
    .globl sig_host_return
    .type sig_host_return, @function
sig_host_return:
    movq $15, %rax
    syscall
    .size sig_host_return, . - sig_host_return

/* Calls whose child, with memory shared, starts on a stack of its own and never returns; it keeps the caller's thread
 * pointer and, but for rax, rcx and r11, the caller's registers.
 *
 * long thread_clone_raw(flags, stack_top, parent_tid, child_tid, void (*child)(void *), void *argument) */
    .globl thread_clone_raw
    .type thread_clone_raw, @function
thread_clone_raw:
    .cfi_startproc
    andq $-16, %rsi
    movq %rcx, %r10
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    movq %r8, %rbx
    xorl %r8d, %r8d
    movl $56, %eax                     /* clone */
    syscall
    testq %rax, %rax
    jnz 1f
    .cfi_remember_state
    .cfi_undefined rip
    xorl %ebp, %ebp
    movq %r9, %rdi
    call *%rbx
    ud2
1:  .cfi_restore_state
    popq %rbx
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size thread_clone_raw, . - thread_clone_raw

/* long thread_clone3_raw(struct clone_args *args, size, void (*child)(void *), void *argument) */
    .globl thread_clone3_raw
    .type thread_clone3_raw, @function
thread_clone3_raw:
    .cfi_startproc
    movq %rcx, %r8
    movl $435, %eax                    /* clone3 */
    syscall
    testq %rax, %rax
    jnz 1f
    .cfi_remember_state
    .cfi_undefined rip
    xorl %ebp, %ebp
    movq %r8, %rdi
    call *%rdx
    ud2
1:  .cfi_restore_state
    ret
    .cfi_endproc
    .size thread_clone3_raw, . - thread_clone3_raw
#else
#error "no system call sequence for this host"
#endif
    .section .note.GNU-stack, "", @progbits
