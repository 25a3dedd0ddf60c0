/* A full house, in which nobody is idle: who has to go, and who may stay. */

#include "host/serving_test.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DESCRIPTORS = 64, /* half of them are for clients */
    CROWD = 40,
    LARGE = 900000, /* more than a socket holds */
};

/* A request as large as that, whose answer is short. */
static void send_large(int connection, const char *method)
{
    char *payload = memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"id\":1,\"params\":{},"
                                  "\"other\":\"%0*d\"}",
                                  method, LARGE, 0);
    serving_send_frame(connection, payload);
    free(payload);
}

/* A request whose answer repeats its id, which is large, and is not taken. */
static int ask_for_much(struct serving *serving)
{
    char *payload =
        memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":\"%0*d\"}", LARGE, 0);
    char byte;
    int connection = serving_connect(serving);
    serving_send_frame(connection, payload);
    cr_expect_geq(recv(connection, &byte, 1, MSG_PEEK), 0); /* it is on its way, or cut off */
    free(payload);
    return connection;
}

Test(crowd, never_has_one_go_whose_large_request_is_worked_on)
{
    const struct program_limit limit = {.resource = RLIMIT_NOFILE, .value = DESCRIPTORS};
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, "cat gate");
    const char *gate = temp_project_path(serving->project, "gate");
    int crowd[CROWD];
    cr_assert_eq(mkfifo(gate, 0600), 0);
    serving_start_limited(serving, (const char *const[]){"--compiler", compiler, NULL}, &limit);
    int compile = serving_connect(serving);
    send_large(compile, "compile");
    int open_gate = open(gate, O_WRONLY | O_CLOEXEC); /* until the compiler reads it */
    cr_assert_geq(open_gate, 0);
    for (size_t at = 0; at < CROWD; at++)
        crowd[at] = ask_for_much(serving);
    (void)close(open_gate);
    cJSON *answer = serving_receive(compile);
    cr_assert(answer, "it was cut off");
    cr_expect(cJSON_IsTrue(json_get(json_get(answer, "result"), "Success")));
    cJSON_Delete(answer);
    for (size_t at = 0; at < CROWD; at++)
        (void)close(crowd[at]);
    (void)close(compile);
    serving_await_reload(serving);
    serving_stop(serving);
}
