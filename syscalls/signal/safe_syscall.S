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

/* long thread_clone_raw(flags, stack_top, parent_tid, child_tid, void (*child)(void *), void *argument)
 * clone(2) whose child, with memory shared, starts on a stack of its own and never returns. The child keeps the
 * caller's thread pointer. */
    .globl thread_clone_raw
    .type thread_clone_raw, @function
thread_clone_raw:
    .cfi_startproc
    andq $-16, %rsi
    subq $16, %rsi
    movq %r8, (%rsi)                   /* the child finds these on its stack */
    movq %r9, 8(%rsi)
    movq %rcx, %r10
    xorl %r8d, %r8d
    movl $56, %eax
    syscall
    testq %rax, %rax
    jz 1f
    ret
1:  .cfi_undefined rip
    xorl %ebp, %ebp
    popq %rax
    popq %rdi
    call *%rax
    ud2
    .cfi_endproc
    .size thread_clone_raw, . - thread_clone_raw
#else
#error "no system call sequence for this host"
#endif
    .section .note.GNU-stack, "", @progbits
