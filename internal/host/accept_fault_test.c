/* What the system may answer instead of a client. */

#include "host/accept_seam_test.h"
#include "host/listening_test.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail_with(int reason, int times)
{
    accept_seam = (struct accept_seam){.faults = times, .reason = reason};
}

static const int REASONS[] = {ECONNABORTED, EPROTO,      EPERM,     ENOBUFS,      ENOMEM,
                              ENETDOWN,     ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, EOPNOTSUPP,
                              ENOPROTOOPT,  ENONET,      EINTR,     ETIMEDOUT,    ENOSR};

Test(accept_fault, is_outlived_by_the_listener_and_by_whoever_waits)
{
    struct listening scene;
    listening_open(&scene, CONNECTIONS_MOST);
    for (size_t at = 0; at < sizeof(REASONS) / sizeof(REASONS[0]); at++) {
        fail_with(REASONS[at], 5);
        int client = listening_ask(&scene);
        cr_expect(listening_answers(&scene, client), "%s", strerror(REASONS[at]));
        cr_expect_eq(accept_seam.told, 5, "%s", strerror(REASONS[at]));
        (void)close(client);
    }
    listening_close(&scene);
}

/* Without a descriptor libuv turns away who waits; whoever comes later is let in. */
Test(accept_fault, of_no_descriptor_turns_away_only_who_comes_then)
{
    static const int NO_DESCRIPTOR[] = {EMFILE, ENFILE};
    struct listening scene;
    listening_open(&scene, CONNECTIONS_MOST);
    for (size_t at = 0; at < 2; at++) {
        fail_with(NO_DESCRIPTOR[at], 1);
        int unlucky = listening_ask(&scene);
        (void)listening_answers(&scene, unlucky);
        int client = listening_ask(&scene);
        cr_expect(listening_answers(&scene, client), "%s", strerror(NO_DESCRIPTOR[at]));
        (void)close(client);
        (void)close(unlucky);
    }
    listening_close(&scene);
}

Test(accept_fault, that_stays_makes_room_by_dropping_who_is_idle)
{
    enum {
        IDLE = 5,
    };
    struct listening scene;
    int idle[IDLE];
    char byte;
    listening_open(&scene, CONNECTIONS_MOST);
    for (size_t at = 0; at < IDLE; at++) {
        idle[at] = listening_ask(&scene);
        cr_assert(listening_answers(&scene, idle[at]));
    }
    fail_with(ENOBUFS, 3);
    int client = listening_ask(&scene);
    cr_expect(listening_answers(&scene, client));
    cr_expect_eq(scene.connections.count, (size_t)3);
    for (size_t at = 0; at < IDLE; at++) { /* the first three were idle longest */
        ssize_t got = recv(idle[at], &byte, 1, MSG_DONTWAIT);
        cr_expect_eq(got, at < 3 ? 0 : -1);
        (void)close(idle[at]);
    }
    (void)close(client);
    listening_close(&scene);
}

/* For real: the table is full, and has room again when others are done with it. */
Test(accept_fault, of_a_full_table_of_descriptors_ends_with_it)
{
    enum {
        MOST = 64,
    };
    const struct rlimit limit = {.rlim_cur = MOST, .rlim_max = MOST};
    struct listening scene;
    int taken[MOST];
    size_t count = 0;
    listening_open(&scene, CONNECTIONS_MOST);
    int client = listening_ask(&scene);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    while ((taken[count] = dup(client)) >= 0)
        count++;
    (void)listening_answers(&scene, client); /* turned away: libuv has a descriptor only for that */
    (void)close(taken[--count]);
    (void)close(taken[--count]);
    int next = listening_ask(&scene);
    cr_expect(listening_answers(&scene, next));
    while (count > 0)
        (void)close(taken[--count]);
    (void)close(next);
    (void)close(client);
    listening_close(&scene);
}
