/* What the start files of an ordinary program would define, for one that is linked near the top of the address space
 * (cmake/layout.cmake). The C library refers to the functions below weakly; undefined ones have address 0, which a call
 * cannot reach from there, so each gets an empty definition. */

__attribute__((visibility("hidden"))) void *__dso_handle = 0; // NOLINT(bugprone-reserved-identifier)

#define NOTHING(name)                                                                                                  \
    void name(void);                                                                                                   \
    __attribute__((weak)) void name(void) {}
#if defined(XRUN_STATIC)
NOTHING(_dl_relocate_static_pie)
NOTHING(__call_tls_dtors)
NOTHING(__pthread_initialize_minimal)
NOTHING(__glibc_tls_internal_free)
NOTHING(__nss_database_fork_prepare_parent)
NOTHING(__nss_database_fork_subprocess)
NOTHING(__mq_notify_fork_subprocess)
NOTHING(__timer_fork_subprocess)
#endif
#undef NOTHING
