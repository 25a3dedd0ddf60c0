#include "host/serving_test.h"

#include "base/buffer.h"
#include "json/json.h"
#include "project/endpoint.h"
#include "testkit/cleanup.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STATE_FOLDER "Temp/UnityCliLoop"
#define STATE        STATE_FOLDER "/server-state.json"

static void release(void *thing)
{
    struct serving *serving = thing;
    /* The program is released by itself: it is what the test kit made. */
    (void)unlink(serving->socket); /* left by one that was killed */
    (void)close(serving->changes);
    free(serving->socket);
    free(serving->generation);
    free(serving);
}

struct serving *serving_of(struct temp_project *project)
{
    struct serving *serving = memory_new(sizeof(*serving));
    char *name = endpoint_name(project->root);
    serving->project = project;
    serving->socket = endpoint_address(name);
    free(name);
    serving->changes = inotify_init1(IN_CLOEXEC);
    cr_assert_geq(serving->changes, 0);
    const char *folder = temp_project_make_folder(project, STATE_FOLDER);
    cr_assert_geq(inotify_add_watch(serving->changes, folder, IN_MOVED_TO), 0);
    cleanup_register(release, serving);
    (void)signal(SIGPIPE, SIG_IGN);
    return serving;
}

struct serving *serving_new(void)
{
    struct temp_project *project = temp_project_new();
    temp_project_write(project, "Assets/A.cs", "class A {}\n");
    return serving_of(project);
}

const char *serving_compiler(struct serving *serving, const char *script)
{
    char *text = memory_format("#!/bin/sh\n"
                               "out=$(sed -n 's/^-out:\"\\(.*\\)\"$/\\1/p' \"${1#@}\")\n"
                               ": > \"$out\"\n%s\n",
                               script);
    const char *path = temp_project_write(serving->project, "fake compiler", text);
    free(text);
    cr_assert_eq(chmod(path, 0755), 0);
    return path;
}

/* Later generations write none. */
static bool has_state(struct serving *serving)
{
    return temp_project_has(serving->project, STATE);
}

void serving_start_limited(struct serving *serving, const char *const *options,
                           const struct program_limit *limit)
{
    const char *arguments[16] = {ULOOP_PROGRAM, "serve", "--project-path", serving->project->root};
    size_t count = 4;
    for (; options && *options; options++) {
        cr_assert_lt(count, 15);
        arguments[count++] = *options;
    }
    serving->program = program_start_with(&(struct program_setup){
        .arguments = arguments, .limits = limit, .limit_count = limit ? 1 : 0});
    char *begin = memory_format("uloop serve: ready on %s", serving->socket);
    char *end = memory_format(" for %s\n", serving->project->root);
    program_await_output_text(serving->program, begin);
    program_await_output_text(serving->program, end);
    free(begin);
    free(end);
    free(serving->generation);
    serving->generation = has_state(serving) ? serving_generation(serving) : NULL;
}

void serving_start(struct serving *serving, const char *const *options)
{
    serving_start_limited(serving, options, NULL);
}

void serving_stop(struct serving *serving)
{
    program_signal(serving->program, SIGTERM);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    cr_assert_eq(end.exit_code, 0, "signal %d: %s", end.signal, end.err);
    program_end_clear(&end);
    cJSON *state = has_state(serving) ? serving_state(serving) : NULL;
    cr_expect(!state || strcmp(json_string(state, "phase"), "stopped") == 0);
    cr_expect(!state || strcmp(json_string(state, "reason"), "manual-stop") == 0);
    cJSON_Delete(state);
    cr_expect_neq(access(serving->socket, F_OK), 0);
}

void serving_kill(struct serving *serving)
{
    program_signal(serving->program, SIGKILL);
    struct program_end end = program_wait(serving->program);
    serving->program = NULL;
    program_end_clear(&end);
}

cJSON *serving_state(struct serving *serving)
{
    /* Between two renames the target is missing; the file beside it is the state then. */
    const char *text = temp_project_read(serving->project, STATE);
    if (!text)
        text = temp_project_read(serving->project, STATE ".tmp");
    if (!text)
        text = temp_project_read(serving->project, STATE);
    cJSON *state = text ? json_parse(slice_of(text), NULL) : NULL;
    cr_assert(state, "no state");
    return state;
}

char *serving_generation(struct serving *serving)
{
    cJSON *state = serving_state(serving);
    char *generation = memory_copy_string(json_string(state, "generationId"));
    cJSON_Delete(state);
    return generation;
}

static bool is_in(struct serving *serving, const char *phase, const char *reason)
{
    cJSON *state = serving_state(serving);
    bool is = strcmp(json_string(state, "phase"), phase) == 0 &&
              strcmp(json_string(state, "reason"), reason) == 0;
    cJSON_Delete(state);
    return is;
}

static void await_change(struct serving *serving, const char *what)
{
    char events[4096];
    struct pollfd changes = {.fd = serving->changes, .events = POLLIN};
    cr_assert_eq(poll(&changes, 1, TESTKIT_LIMIT_MS), 1, "the state does not become %s", what);
    cr_assert_gt(read(serving->changes, events, sizeof(events)), 0);
}

void serving_await(struct serving *serving, const char *phase, const char *reason)
{
    while (!is_in(serving, phase, reason))
        await_change(serving, phase);
}

void serving_await_reload(struct serving *serving)
{
    for (;;) {
        cJSON *state = serving_state(serving);
        char *generation = memory_copy_string(json_string(state, "generationId"));
        bool is_ready = strcmp(json_string(state, "phase"), "ready") == 0;
        cJSON_Delete(state);
        if (is_ready && strcmp(generation, serving->generation) != 0) {
            free(serving->generation);
            serving->generation = generation;
            return;
        }
        free(generation);
        await_change(serving, "ready after a reload");
    }
}

struct serving *serving_with(const char *script)
{
    struct serving *serving = serving_new();
    const char *compiler = serving_compiler(serving, script);
    serving_start(serving, (const char *const[]){"--compiler", compiler, NULL});
    return serving;
}

int serving_connect(struct serving *serving)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_sec = TESTKIT_LIMIT_MS / 1000};
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(connection, 0);
    cr_assert_lt(strlen(serving->socket), sizeof(address.sun_path));
    memcpy(address.sun_path, serving->socket, strlen(serving->socket));
    cr_assert_eq(connect(connection, (struct sockaddr *)&address, sizeof(address)), 0, "%s",
                 strerror(errno));
    cr_assert_eq(setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
    return connection;
}

void serving_move_socket(struct serving *serving)
{
    char *name = endpoint_name(serving->project->root);
    free(serving->socket);
    serving->socket = endpoint_private_address(name);
    free(name);
}

int serving_connect_tcp(struct serving *serving)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct timeval limit = {.tv_sec = TESTKIT_LIMIT_MS / 1000};
    unsigned short port = 0;
    cJSON *state = serving_state(serving);
    cr_assert_eq(sscanf(json_string(state, "endpoint"), "tcp:127.0.0.1:%hu", &port), 1);
    cJSON_Delete(state);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(connection, 0);
    cr_assert_eq(connect(connection, (struct sockaddr *)&address, sizeof(address)), 0, "%s",
                 strerror(errno));
    cr_assert_eq(setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
    return connection;
}

bool serving_send(int connection, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t sent = send(connection, at, length, 0);
        if (sent <= 0)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

void serving_send_frame(int connection, const char *payload)
{
    char *frame = memory_format("Content-Length: %zu\r\n\r\n%s", strlen(payload), payload);
    (void)serving_send(connection, frame, strlen(frame));
    free(frame);
}

/* One byte, so that nothing of the next frame is taken; false at the end. */
static bool receive_byte(int connection, char *byte)
{
    ssize_t got = recv(connection, byte, 1, 0);
    cr_assert(got >= 0 || errno == ECONNRESET, "nothing comes: %s", strerror(errno));
    return got == 1;
}

cJSON *serving_receive(int connection)
{
    struct buffer bytes = {0};
    char byte = 0;
    while (!bytes.data || !strstr(bytes.data, "\r\n\r\n")) {
        if (!receive_byte(connection, &byte)) {
            cr_assert_eq(bytes.length, 0, "a frame was cut off");
            return NULL;
        }
        buffer_append_char(&bytes, byte);
    }
    size_t length = 0;
    cr_assert_eq(sscanf(bytes.data, "Content-Length: %zu\r\n\r\n", &length), 1);
    buffer_clear(&bytes);
    while (bytes.length < length) {
        cr_assert(buffer_reserve(&bytes, length - bytes.length));
        ssize_t got = recv(connection, bytes.data + bytes.length, length - bytes.length, 0);
        cr_assert_gt(got, 0, "a payload was cut off");
        bytes.length += (size_t)got;
        bytes.data[bytes.length] = '\0';
    }
    cJSON *payload = json_parse(buffer_slice(&bytes), NULL);
    cr_assert(payload, "no JSON: %s", bytes.data);
    buffer_clear(&bytes);
    return payload;
}

void serving_await_close(int connection)
{
    char byte = 0;
    cr_assert_not(receive_byte(connection, &byte), "something came: %c", byte);
}

cJSON *serving_call(struct serving *serving, const char *method, const char *params)
{
    int connection = serving_connect(serving);
    char *payload = memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s,\"id\":7,"
                                  "\"uloop\":{\"cliVersion\":\"3.0.0\"}}",
                                  method, params);
    serving_send_frame(connection, payload);
    free(payload);
    cJSON *answer = serving_receive(connection);
    cr_assert(answer, "%s was not answered", method);
    cr_expect_eq(json_whole_number(answer, "id", 0), 7);
    (void)close(connection);
    return answer;
}

void serving_expect_fault(cJSON *answer, int code)
{
    cr_assert(answer, "no answer");
    const cJSON *fault = json_get(answer, "error");
    cr_expect_eq(json_whole_number(fault, "code", 0), code, "%s", json_string(fault, "message"));
    cr_expect(json_string(fault, "message"));
    cJSON_Delete(answer);
}

void serving_expect_alive(struct serving *serving)
{
    cJSON *answer = serving_call(serving, "get-version", "{}");
    cr_expect(json_string(json_get(answer, "result"), "Ver"));
    cJSON_Delete(answer);
}

cJSON *serving_compile(struct serving *serving, const char *params)
{
    cJSON *answer = serving_call(serving, "compile", params);
    cJSON *result = cJSON_DetachItemFromObjectCaseSensitive(answer, "result");
    cr_assert(result, "%s", json_string(json_get(answer, "error"), "message"));
    cJSON_Delete(answer);
    return result;
}

void serving_expect_success(cJSON *result, const char *message_begin)
{
    cr_expect(cJSON_IsTrue(json_get(result, "Success")));
    cr_expect_eq(strncmp(json_string(result, "Message"), message_begin, strlen(message_begin)), 0,
                 "%s", json_string(result, "Message"));
    cJSON_Delete(result);
}

void serving_expect_error(cJSON *result, const char *message)
{
    const cJSON *errors = json_get(result, "Errors");
    cr_expect(cJSON_IsFalse(json_get(result, "Success")));
    cr_assert_eq(cJSON_GetArraySize(errors), 1);
    const char *said = json_string(cJSON_GetArrayItem(errors, 0), "Message");
    cr_expect(strstr(said, message), "%s is not in: %s", message, said);
    cJSON_Delete(result);
}
