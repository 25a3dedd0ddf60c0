#include "testkit/test_editor.h"

#include "base/memory.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* A project and its Editor; released when the test's process ends. */
struct scene {
    struct temp_project *project;
    struct test_editor *editor;
};

static struct scene scene_new(void)
{
    struct temp_project *project = temp_project_new();
    return (struct scene){.project = project, .editor = test_editor_new(project->root)};
}

Test(test_editor, names_its_socket_as_the_contract_says)
{
    struct temp_project *conformance = temp_folder_new();
    cr_assert_eq(symlink(ULOOP_TESTDATA, temp_project_path(conformance, "testdata")), 0);
    const char *text = temp_project_read(conformance, "testdata/conformance/endpoints.json");
    cr_assert_not_null(text);
    cJSON *file = json_parse(slice_of(text), NULL);
    const cJSON *each;
    cJSON_ArrayForEach(each, json_get(file, "cases"))
    {
        struct test_editor *editor = test_editor_new(json_string(each, "canonicalRoot"));
        cr_expect_str_eq(test_editor_socket(editor), json_string(each, "unixG1"));
        test_editor_free(editor);
    }
    cr_expect_gt(cJSON_GetArraySize(json_get(file, "cases")), 0);
    cJSON_Delete(file);
}

/* A client's end of a connection; -1 with errno when there is none to be had. */
static int try_connect(const struct test_editor *editor)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_sec = TESTKIT_LIMIT_MS / 1000};
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_geq(client, 0);
    cr_assert_eq(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
    strcpy(address.sun_path, test_editor_socket(editor));
    if (connect(client, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return client;
    int reason = errno;
    (void)close(client);
    errno = reason;
    return -1;
}

static int connect_to(const struct test_editor *editor)
{
    int client = try_connect(editor);
    cr_assert_geq(client, 0);
    return client;
}

static char *request_frame(const struct scene *scene, const char *method, const char *more)
{
    char *json = memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",%s"
                               "\"x-uloop\":{\"expectedProjectRoot\":\"%s\"},"
                               "\"uloop\":{\"cliVersion\":\"3.0.0\"}}",
                               method, more, scene->project->root);
    char *frame = memory_format("Content-Length: %zu\r\n\r\n%s", strlen(json), json);
    free(json);
    return frame;
}

static void send_bytes(int client, const char *bytes, size_t length)
{
    cr_assert_eq(send(client, bytes, length, 0), (ssize_t)length);
}

static void send_request(const struct scene *scene, int client, const char *method,
                         const char *more)
{
    char *frame = request_frame(scene, method, more);
    send_bytes(client, frame, strlen(frame));
    free(frame);
}

/* What one recv() gives, as text. */
static const char *receive(int client, char *text, size_t size)
{
    ssize_t got = recv(client, text, size - 1, 0);
    cr_assert_geq(got, 0, "%s", strerror(errno));
    text[got] = '\0';
    return text;
}

Test(test_editor, reads_a_request_and_answers_it)
{
    struct scene scene = scene_new();
    char text[256];
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    send_request(&scene, client, "compile",
                 "\"params\":{\"RequestId\":\"r1\",\"ForceRecompile\":true},\"id\":7,");
    struct test_request *request = test_editor_accept(scene.editor);
    cr_expect_str_eq(request->method, "compile");
    cr_expect_str_eq(test_request_text(request, "RequestId"), "r1");
    cr_expect(cJSON_IsTrue(json_get(request->params, "ForceRecompile")));
    cr_expect_eq(request->id->valueint, 7);
    cr_expect_str_eq(json_string(request->uloop, "cliVersion"), "3.0.0");
    cr_expect_eq(request->raw_length, strlen(request->raw));
    cr_expect_eq(test_editor_dispatched(scene.editor), 1);
    test_request_answer(request, "{\"Success\":true}");
    cr_expect_str_eq(receive(client, text, sizeof(text)),
                     "Content-Length: 50\r\n\r\n"
                     "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"Success\":true}}");
    /* The connection carries on. */
    send_request(&scene, client, "get-logs", "\"params\":{},\"id\":\"x\",");
    request = test_editor_accept(scene.editor);
    cr_expect_str_eq(request->method, "get-logs");
    test_request_error(request, -32603, "a \"quoted\" text", "{\"type\":\"internal_error\"}");
    cr_expect_str_eq(receive(client, text, sizeof(text)),
                     "Content-Length: 113\r\n\r\n"
                     "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32603,\"message\":"
                     "\"a \\\"quoted\\\" text\",\"data\":{\"type\":\"internal_error\"}}}");
    test_request_close(request);
    cr_expect_str_eq(receive(client, text, sizeof(text)), "");
    cr_expect_eq(test_editor_dispatched(scene.editor), 2);
    (void)close(client);
}

Test(test_editor, puts_a_request_together_from_single_bytes)
{
    struct scene scene = scene_new();
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    char *frame = request_frame(&scene, "compile", "\"params\":{},\"id\":1,");
    size_t length = strlen(frame);
    for (size_t at = 0; at < length; at++) {
        cr_assert_eq(test_editor_dispatched(scene.editor), 0);
        send_bytes(client, frame + at, 1);
    }
    cr_expect_eq(test_editor_dispatched(scene.editor), 1);
    cr_expect_str_eq(test_editor_accept(scene.editor)->raw, strchr(frame, '{'));
    free(frame);
    (void)close(client);
}

Test(test_editor, takes_a_request_of_the_largest_size_the_editor_takes)
{
    struct scene scene = scene_new();
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    char *frame = request_frame(&scene, "compile", "\"id\":1,");
    size_t json = strlen(strchr(frame, '{'));
    size_t fill = 1024 * 1024 - json - strlen("\"f\":\"\",");
    char *filling = memory_new(fill + 1);
    memset(filling, 'x', fill);
    char *more = memory_format("\"id\":1,\"f\":\"%s\",", filling);
    char *large = request_frame(&scene, "compile", more);
    size_t length = strlen(large);
    for (size_t sent = 0; sent < length; (void)test_editor_dispatched(scene.editor)) {
        ssize_t put = send(client, large + sent, length - sent, MSG_DONTWAIT);
        cr_assert_gt(put, 0);
        sent += (size_t)put;
    }
    cr_expect_eq(test_editor_accept(scene.editor)->raw_length, 1024 * 1024);
    free(large);
    free(more);
    free(filling);
    free(frame);
    (void)close(client);
}

Test(test_editor, answers_probes_by_itself_until_told_otherwise)
{
    struct scene scene = scene_new();
    char text[512];
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    send_request(&scene, client, "get-version", "\"params\":{},\"id\":1,");
    cr_expect_eq(test_editor_probed(scene.editor), 1);
    const char *answer = strchr(receive(client, text, sizeof(text)), '{');
    cJSON *message = json_parse(slice_of(answer), NULL);
    cr_expect_not_null(json_string(json_get(message, "result"), "UnityVersion"));
    cJSON_Delete(message);

    test_editor_answer_probes(scene.editor, false);
    send_request(&scene, client, "get-version", "\"params\":{},\"id\":2,");
    struct test_request *probe = test_editor_accept(scene.editor);
    cr_expect_str_eq(probe->method, "get-version");
    test_request_answer(probe, "{}");
    cr_expect_eq(test_editor_probed(scene.editor), 2);
    cr_expect_eq(test_editor_dispatched(scene.editor), 0);
    (void)close(client);
}

Test(test_editor, hands_requests_out_in_their_order)
{
    struct scene scene = scene_new();
    test_editor_listen(scene.editor);
    int one = connect_to(scene.editor);
    int two = connect_to(scene.editor);
    send_request(&scene, two, "second", "\"id\":1,");
    cr_expect_eq(test_editor_dispatched(scene.editor), 1);
    send_request(&scene, one, "first", "\"id\":1,");
    cr_expect_eq(test_editor_dispatched(scene.editor), 2);
    cr_expect_str_eq(test_editor_accept(scene.editor)->method, "second");
    cr_expect_str_eq(test_editor_accept(scene.editor)->method, "first");
    (void)close(one);
    (void)close(two);
}

Test(test_editor, survives_clients_that_go_away_at_any_byte)
{
    struct scene scene = scene_new();
    test_editor_listen(scene.editor);
    char *frame = request_frame(&scene, "get-version", "\"params\":{},\"id\":1,");
    for (size_t length = 0; length <= strlen(frame); length++) {
        int client = connect_to(scene.editor);
        send_bytes(client, frame, length);
        (void)close(client);
        cr_expect_eq(test_editor_probed(scene.editor), length == strlen(frame));
    }
    free(frame);
}

Test(test_editor, sends_frames_and_raw_bytes_before_the_answer)
{
    struct scene scene = scene_new();
    char text[256];
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    send_request(&scene, client, "compile", "\"id\":1,");
    struct test_request *request = test_editor_accept(scene.editor);
    cr_expect(test_request_send_raw(request, "a\0b", 3));
    cr_expect_arr_eq(receive(client, text, sizeof(text)), "a\0b", 4);
    cr_expect(test_request_send_frame(request, "{}"));
    cr_expect_str_eq(receive(client, text, sizeof(text)), "Content-Length: 2\r\n\r\n{}");
    test_request_answer(request, "{}");
    cr_expect_str_eq(receive(client, text, sizeof(text)),
                     "Content-Length: 36\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    (void)close(client);
}

Test(test_editor, closes_behind_what_it_sent)
{
    struct scene scene = scene_new();
    char text[16];
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    send_request(&scene, client, "compile", "\"id\":1,");
    struct test_request *request = test_editor_accept(scene.editor);
    cr_expect(test_request_send_raw(request, "half", 4));
    test_request_close(request);
    cr_expect_str_eq(receive(client, text, sizeof(text)), "half");
    cr_expect_str_eq(receive(client, text, sizeof(text)), "");
    (void)close(client);
}

Test(test_editor, resets_behind_what_it_sent)
{
    struct scene scene = scene_new();
    char text[16];
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    send_request(&scene, client, "compile", "\"id\":1,");
    struct test_request *request = test_editor_accept(scene.editor);
    cr_expect(test_request_send_raw(request, "half", 4));
    test_request_reset(request);
    cr_expect_str_eq(receive(client, text, sizeof(text)), "half");
    cr_expect_eq(recv(client, text, sizeof(text), 0), -1);
    cr_expect_eq(errno, ECONNRESET);
    (void)close(client);
}

Test(test_editor, drops_every_connection_at_once)
{
    struct scene scene = scene_new();
    char text[16];
    test_editor_listen(scene.editor);
    int idle = connect_to(scene.editor);
    int waiting = connect_to(scene.editor);
    send_request(&scene, waiting, "compile", "\"id\":1,");
    (void)test_editor_accept(scene.editor);
    test_editor_stop_listening(scene.editor, true);
    test_editor_drop_connections(scene.editor);
    cr_expect_str_eq(receive(idle, text, sizeof(text)), "");
    cr_expect_str_eq(receive(waiting, text, sizeof(text)), "");
    (void)close(idle);
    (void)close(waiting);
}

Test(test_editor, sees_its_client_hang_up)
{
    struct scene scene = scene_new();
    test_editor_listen(scene.editor);
    int client = connect_to(scene.editor);
    send_request(&scene, client, "compile", "\"id\":1,");
    struct test_request *request = test_editor_accept(scene.editor);
    (void)close(client);
    test_request_await_close(request);
    cr_expect_not(test_request_send_raw(request, "x", 1));
}

Test(test_editor, leaves_a_dead_socket_behind_when_told_so)
{
    struct scene scene = scene_new();
    cr_expect_lt(try_connect(scene.editor), 0);
    cr_expect_eq(errno, ENOENT);
    test_editor_listen(scene.editor);
    test_editor_stop_listening(scene.editor, false);
    cr_expect_lt(try_connect(scene.editor), 0);
    cr_expect_eq(errno, ECONNREFUSED);
    test_editor_listen(scene.editor);
    (void)close(connect_to(scene.editor));
    test_editor_stop_listening(scene.editor, true);
    cr_expect_lt(try_connect(scene.editor), 0);
    cr_expect_eq(errno, ENOENT);
}

Test(test_editor, free_removes_its_own_socket_and_no_other)
{
    struct scene scene = scene_new();
    struct test_editor *bystander = test_editor_new(scene.project->root);
    test_editor_listen(scene.editor);
    test_editor_free(bystander);
    (void)close(connect_to(scene.editor));
    char *path = memory_copy_string(test_editor_socket(scene.editor));
    test_editor_free(scene.editor);
    cr_expect_neq(access(path, F_OK), 0);
    free(path);
    test_editor_free(NULL);
}

/* A client of its own process, which writes to the FIFO once its probe was answered. */
static pid_t fork_prober(const struct scene *scene, const char *fifo)
{
    pid_t prober = fork();
    cr_assert_geq(prober, 0);
    if (prober != 0)
        return prober;
    char text[512];
    int client = try_connect(scene->editor);
    char *frame = request_frame(scene, "get-version", "\"params\":{},\"id\":1,");
    bool is_answered =
        send(client, frame, strlen(frame), 0) > 0 && recv(client, text, sizeof(text), 0) > 0;
    int writer = is_answered ? open(fifo, O_WRONLY) : -1;
    _exit(writer >= 0 && write(writer, "answered\n", 9) == 9 ? 0 : 1);
}

Test(test_editor, answers_probes_while_the_test_waits_for_a_program)
{
    struct scene scene = scene_new();
    const char *fifo = temp_project_path(scene.project, "fifo");
    int status = -1;
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    test_editor_listen(scene.editor);
    pid_t prober = fork_prober(&scene, fifo);
    struct program_end end = program_run((const char *const[]){"/bin/cat", fifo, NULL}, NULL, NULL);
    cr_expect_str_eq(end.out, "answered\n");
    cr_expect_eq(waitpid(prober, &status, 0), prober);
    cr_expect_eq(status, 0);
    program_end_clear(&end);
}
