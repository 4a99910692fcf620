// What Glibc's Swift module leaves out: epoll, eventfd, signalfd, getrandom, accept4.
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <stdint.h>
#include <time.h>

/// Both need _GNU_SOURCE in the importing module, which Swift does not set.
int clinux_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int clinux_set_thread_name(pthread_t thread, const char *name);

/// `environ`: a variable that Swift takes for shared mutable state.
char **clinux_environment(void);

/// A clock's nanoseconds, 0 should it not exist. Which module owns `struct timespec` depends on the
/// order in which Swift builds C modules, so Swift never sees one.
uint64_t clinux_clock_nanoseconds(clockid_t clock);
