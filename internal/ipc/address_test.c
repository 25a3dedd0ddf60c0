#include "ipc/address.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(address, takes_loopback_addresses_alone)
{
    static const char *const TAKEN[] = {"tcp:127.0.0.1:0", "tcp:127.0.0.1:65535",
                                        "tcp:127.1.2.3:80", "tcp:[::1]:8080"};
    static const char *const REFUSED[] = {
        "tcp:",
        "tcp:127.0.0.1",
        "tcp:127.0.0.1:",
        "tcp:127.0.0.1:65536",
        "tcp:127.0.0.1:-1",
        "tcp:127.0.0.1:+1",
        "tcp:127.0.0.1: 1",
        "tcp:127.0.0.1:1x",
        "tcp:127.0.0.1:000001",
        "tcp:0.0.0.0:1",
        "tcp:10.0.0.1:1",
        "tcp:128.0.0.1:1",
        "tcp:localhost:1",
        "tcp:::1:1",
        "tcp:[::]:1",
        "tcp:[::1]",
        "tcp:[::ffff:127.0.0.1]:1",
        "tcp:[]:1",
        "udp:127.0.0.1:1",
        "127.0.0.1:1",
        "",
    };
    struct sockaddr_storage read;
    for (size_t at = 0; at < sizeof(TAKEN) / sizeof(TAKEN[0]); at++) {
        struct error error = {0};
        cr_expect(address_read_tcp(TAKEN[at], &read, &error), "%s: %s", TAKEN[at], error.message);
        error_clear(&error);
    }
    for (size_t at = 0; at < sizeof(REFUSED) / sizeof(REFUSED[0]); at++) {
        struct error error = {0};
        cr_expect_not(address_read_tcp(REFUSED[at], &read, &error), "%s", REFUSED[at]);
        cr_expect_eq(error.code, E_INVALID_ARGUMENT);
        error_clear(&error);
    }
}

Test(address, is_tcp_by_its_prefix)
{
    cr_expect(address_is_tcp("tcp:127.0.0.1:1"));
    cr_expect_not(address_is_tcp("/tmp/uloop/tcp:127.0.0.1:1"));
    cr_expect_not(address_is_tcp("\\\\.\\pipe\\tcp:"));
}

static void expect_own_address(const char *asked, const char *begin)
{
    uv_loop_t loop;
    uv_tcp_t tcp;
    struct sockaddr_storage where;
    struct error error = {0};
    cr_assert_eq(uv_loop_init(&loop), 0);
    cr_assert_eq(uv_tcp_init(&loop, &tcp), 0);
    cr_assert(address_read_tcp(asked, &where, &error));
    if (uv_tcp_bind(&tcp, (struct sockaddr *)&where, 0) == 0) { /* there may be no IPv6 */
        char *own = address_of_tcp(&tcp);
        cr_expect_eq(strncmp(own, begin, strlen(begin)), 0, "%s", own);
        cr_expect(address_read_tcp(own, &where, &error), "%s", own);
        cr_expect_str_neq(own, asked);
        free(own);
    }
    uv_close((uv_handle_t *)&tcp, NULL);
    cr_assert_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&loop), 0);
}

Test(address, of_a_bound_handle_names_its_port)
{
    expect_own_address("tcp:127.0.0.1:0", "tcp:127.0.0.1:");
    expect_own_address("tcp:[::1]:0", "tcp:[::1]:");
}
