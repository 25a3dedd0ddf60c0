/* Loopback TCP: who comes in, and what the token is worth. */

#include "host/serving_test.h"

#include "base/buffer.h"
#include "ipc/token.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LISTEN "--listen", "tcp:127.0.0.1:0"

static struct serving *serve(void)
{
    struct serving *serving = serving_new();
    serving_start(serving, (const char *const[]){LISTEN, NULL});
    return serving;
}

/* The token in the project. The caller frees. */
static char *token_of(struct serving *serving)
{
    struct error error = {0};
    char *token = token_read(temp_project_path(serving->project, TOKEN_FILE), &error);
    cr_assert(token, "%s", error.message);
    return token;
}

/* Sends a request with this in its member "uloop", padded to a length. */
static void send_padded(int connection, const char *sender, size_t padding)
{
    struct buffer payload = {0};
    buffer_append_string(&payload, "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,"
                                   "\"padding\":\"");
    for (size_t at = 0; at < padding; at++)
        buffer_append_char(&payload, 'x');
    buffer_append_format(&payload, "\",\"uloop\":%s}", sender);
    serving_send_frame(connection, payload.data);
    buffer_clear(&payload);
}

static void expect_version(int connection)
{
    cJSON *answer = serving_receive(connection);
    cr_expect(json_string(json_get(answer, "result"), "Ver"));
    cJSON_Delete(answer);
}

static void expect_turned_away(struct serving *serving, const char *sender)
{
    int connection = serving_connect_tcp(serving);
    send_padded(connection, sender, 0);
    cJSON *answer = serving_receive(connection);
    const cJSON *data = json_get(json_get(answer, "error"), "data");
    cr_expect_str_eq(json_string(data, "type"), "unauthorized", "%s", sender);
    serving_expect_fault(answer, -32600);
    serving_await_close(connection);
    (void)close(connection);
}

Test(port, answers_who_knows_the_token)
{
    struct serving *serving = serve();
    char *token = token_of(serving);
    char *sender = memory_format("{\"token\":\"%s\"}", token);
    int connection = serving_connect_tcp(serving);
    for (int at = 0; at < 3; at++) {
        send_padded(connection, sender, 0);
        expect_version(connection);
    }
    serving_expect_alive(serving); /* the socket is there as well, and wants no token */
    (void)close(connection);
    serving_stop(serving);
    free(sender);
    free(token);
}

Test(port, turns_away_who_does_not_know_the_token)
{
    struct serving *serving = serve();
    char *token = token_of(serving);
    char *last_wrong =
        memory_format("{\"token\":\"%.63s%c\"}", token, token[63] == '0' ? '1' : '0');
    char *longer = memory_format("{\"token\":\"%s0\"}", token);
    char *shorter = memory_format("{\"token\":\"%.63s\"}", token);
    char *bare = memory_format("\"%s\"", token);
    char *listed = memory_format("{\"token\":[\"%s\"]}", token);
    const char *const senders[] = {"{}",
                                   "null",
                                   "[]",
                                   "{\"token\":null}",
                                   "{\"token\":7}",
                                   "{\"token\":\"\"}",
                                   "{\"token\":\"x\"}",
                                   last_wrong,
                                   longer,
                                   shorter,
                                   bare,
                                   listed};
    for (size_t at = 0; at < sizeof(senders) / sizeof(senders[0]); at++)
        expect_turned_away(serving, senders[at]);
    serving_stop(serving);
    free(last_wrong);
    free(longer);
    free(shorter);
    free(bare);
    free(listed);
    free(token);
}

/* Nothing is done for it, not even with an error that says more than that. */
Test(port, does_nothing_for_a_stranger)
{
    struct serving *serving = serve();
    int connection = serving_connect_tcp(serving);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"compile\"}");
    serving_await_close(connection);
    (void)close(connection);
    connection = serving_connect_tcp(serving);
    serving_send_frame(connection, "{\"jsonrpc\":\"2.0\",\"method\":\"no-such\",\"id\":1,"
                                   "\"x-uloop\":{\"expectedProjectRoot\":\"/elsewhere\"}}");
    cJSON *answer = serving_receive(connection);
    cr_expect_null(
        strstr(json_string(json_get(answer, "error"), "message"), serving->project->root));
    serving_expect_fault(answer, -32600);
    (void)close(connection);
    cJSON *logs = serving_call(serving, "get-logs", "{}");
    cr_expect_eq(json_whole_number(json_get(logs, "result"), "TotalCount", -1), 0);
    cJSON_Delete(logs);
    serving_stop(serving);
}

Test(port, takes_large_messages_only_from_who_has_shown_the_token)
{
    const size_t small = 65000, large = (size_t)3 * 1024 * 1024;
    struct serving *serving = serve();
    char *token = token_of(serving);
    char *sender = memory_format("{\"token\":\"%s\"}", token);
    int connection = serving_connect_tcp(serving);
    cr_assert(serving_send(connection, "Content-Length: 65537\r\n\r\n", 25));
    serving_expect_fault(serving_receive(connection), -32700);
    serving_await_close(connection);
    (void)close(connection);
    connection = serving_connect_tcp(serving);
    send_padded(connection, sender, small);
    expect_version(connection);
    send_padded(connection, sender, large);
    expect_version(connection);
    (void)close(connection);
    serving_stop(serving);
    free(sender);
    free(token);
}

Test(port, stays_the_same_over_a_reload)
{
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, "");
    serving_start(serving, (const char *const[]){LISTEN, "--compiler", compiler, NULL});
    char *token = token_of(serving);
    cJSON *before = serving_state(serving);
    int connection = serving_connect_tcp(serving);
    serving_expect_success(serving_compile(serving, "{}"), "Compiled");
    serving_await_close(connection); /* the reload drops clients here too */
    serving_await_reload(serving);
    cJSON *after = serving_state(serving);
    cr_expect_str_eq(json_string(before, "endpoint"), json_string(after, "endpoint"));
    char *again = token_of(serving);
    cr_expect_str_eq(token, again);
    (void)close(connection);
    serving_stop(serving);
    cJSON_Delete(before);
    cJSON_Delete(after);
    free(token);
    free(again);
}

Test(port, has_its_token_in_a_file_of_its_user_while_it_is_served)
{
    struct serving *serving = serving_new();
    struct temp_project *elsewhere = temp_folder_new();
    const char *path = temp_project_path(elsewhere, "token");
    struct stat found;
    serving_start(serving, (const char *const[]){LISTEN, "--token-file", path, NULL});
    cr_assert_eq(stat(path, &found), 0);
    cr_expect_eq(found.st_mode & 07777, 0600U);
    cr_expect_not(temp_project_has(serving->project, TOKEN_FILE));
    serving_stop(serving);
    cr_expect_not(temp_project_has(elsewhere, "token"));
}

Test(port, does_not_tell_the_token_in_its_log)
{
    struct serving *serving = serving_new();
    const char *const arguments[] = {ULOOP_PROGRAM,          "serve", "--project-path",
                                     serving->project->root, LISTEN,  NULL};
    serving->program =
        program_start(arguments, NULL, (const char *const[]){"ULOOP_LOG=trace", NULL});
    program_await_output_text(serving->program, "ready on");
    char *token = token_of(serving);
    char *sender = memory_format("{\"token\":\"%s\"}", token);
    int connection = serving_connect_tcp(serving);
    send_padded(connection, sender, 0);
    expect_version(connection);
    (void)close(connection);
    program_signal(serving->program, SIGTERM);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    cr_expect(strstr(end.err, "get-version"), "%s", end.err);
    cr_expect_null(strstr(end.err, token));
    cr_expect_null(strstr(end.out, token));
    program_end_clear(&end);
    free(sender);
    free(token);
}

static void expect_no_start(const char *const *options, int exit_code, const char *words)
{
    struct serving *serving = serving_new();
    const char *arguments[12] = {ULOOP_PROGRAM, "serve", "--project-path", serving->project->root};
    for (size_t at = 4; *options; at++)
        arguments[at] = *options++;
    struct program_end end = program_run(arguments, NULL, NULL);
    cr_expect_eq(end.exit_code, exit_code, "%s", end.err);
    cr_expect(strstr(end.err, words), "%s", end.err);
    cr_expect_not(temp_project_has(serving->project, TOKEN_FILE));
    cr_expect_neq(access(serving->socket, F_OK), 0);
    program_end_clear(&end);
}

Test(port, is_one_of_loopback)
{
    expect_no_start((const char *const[]){"--listen", "tcp:0.0.0.0:0", NULL}, 2, "loopback port");
    expect_no_start((const char *const[]){"--listen", "tcp:10.0.0.1:80", NULL}, 2, "loopback port");
    expect_no_start((const char *const[]){"--listen", "127.0.0.1:80", NULL}, 2, "loopback port");
    expect_no_start((const char *const[]){"--token-file", "x", NULL}, 2, "--listen");
}

Test(port, is_named_when_another_has_it)
{
    struct serving *serving = serve();
    cJSON *state = serving_state(serving);
    const char *taken = json_string(state, "endpoint");
    expect_no_start((const char *const[]){"--listen", taken, NULL}, 7, taken);
    cJSON_Delete(state);
    serving_stop(serving);
}

Test(port, needs_a_place_for_its_token)
{
    expect_no_start((const char *const[]){LISTEN, "--token-file", "/nowhere/token", NULL}, 7,
                    "/nowhere/token");
}
