#include "json/json.h"
#include "json/layout.h"
#include "testkit/cleanup.h"
#include "testkit/program.h"
#include "testkit/test_editor_internal.h"

#include <errno.h>
#include <poll.h>
#include <sha2.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LISTEN_BACKLOG = 128,
    NAME_DIGITS = 16
};

static char *socket_path(const char *folder, const char *root)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    (void)SHA256Data((const uint8_t *)root, strlen(root), digest);
    return memory_format("%s/UnityCliLoop-%.*s.sock", folder, NAME_DIGITS, digest);
}

static char *private_folder(void)
{
    return memory_format("/tmp/uloop-%lu", (unsigned long)geteuid());
}

static void release(void *thing)
{
    struct test_editor *editor = thing;
    test_editor_stop_listening(editor, true);
    while (editor->requests) {
        struct arrived_request *arrived = editor->requests;
        editor->requests = arrived->next;
        cJSON_Delete(arrived->message);
        free(arrived->raw);
        free(arrived);
    }
    while (editor->connections) {
        struct connection *connection = editor->connections;
        editor->connections = connection->next;
        connection_close(connection);
        buffer_clear(&connection->input);
        free(connection);
    }
    free(editor->socket);
    free(editor->folder);
    free(editor->root);
    free(editor);
}

struct test_editor *test_editor_new(const char *canonical_root)
{
    struct test_editor *editor = memory_new(sizeof(*editor));
    editor->root = memory_copy_string(canonical_root);
    editor->folder = memory_format("%s/Temp/UnityCliLoop", canonical_root);
    editor->socket = socket_path("/tmp/uloop", canonical_root);
    editor->listener.descriptor = -1;
    editor->answers_probes = true;
    editor->generation = 1;
    /* A client that has gone away shows as EPIPE, not as the end of the test. */
    (void)signal(SIGPIPE, SIG_IGN);
    cleanup_register(release, editor);
    return editor;
}

void test_editor_free(struct test_editor *editor)
{
    if (!editor)
        return;
    cleanup_forget(editor);
    release(editor);
}

void test_editor_set_generation(struct test_editor *editor, int generation)
{
    char *folder = generation < 3 ? memory_copy_string("/tmp/uloop") : private_folder();
    editor->generation = generation;
    free(editor->socket);
    editor->socket = socket_path(folder, editor->root);
    free(folder);
}

const char *test_editor_socket(const struct test_editor *editor)
{
    return editor->socket;
}

static void take_connection(void *context, short events)
{
    struct test_editor *editor = context;
    (void)events;
    int descriptor = accept(editor->listener.descriptor, NULL, NULL);
    if (descriptor >= 0)
        connection_open(editor, descriptor);
    else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        testkit_fail("Cannot accept a connection: %s.", strerror(errno));
}

static void describe(void *context, struct buffer *text)
{
    const struct test_editor *editor = context;
    buffer_append_format(text, "\nThe test Editor has read %zu requests and %zu probes.",
                         editor->dispatched, editor->probed);
}

static void make_private_folder(void)
{
    char *folder = private_folder();
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        testkit_fail("Cannot make %s: %s.", folder, strerror(errno));
    free(folder);
}

static void make_shared_folder(void)
{
    if (mkdir("/tmp/uloop", 0777) != 0 && errno != EEXIST)
        testkit_fail("Cannot make /tmp/uloop: %s.", strerror(errno));
    /* Root's tests run programs as other users, who could not come in otherwise. */
    if (geteuid() == 0 && chmod("/tmp/uloop", 01777) != 0)
        testkit_fail("Cannot open /tmp/uloop to all: %s.", strerror(errno));
}

void test_editor_listen(struct test_editor *editor)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    if (editor->generation < 3)
        make_shared_folder();
    else
        make_private_folder();
    memcpy(address.sun_path, editor->socket, strlen(editor->socket) + 1);
    (void)unlink(editor->socket);
    if (descriptor < 0 ||
        bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(descriptor, LISTEN_BACKLOG) != 0)
        testkit_fail("Cannot listen on %s: %s.", editor->socket, strerror(errno));
    testkit_set_up_socket(descriptor);
    editor->has_socket = true;
    editor->listener = (struct watch){.descriptor = descriptor,
                                      .events = POLLIN,
                                      .ready = take_connection,
                                      .describe = describe,
                                      .context = editor};
    watch_start(&editor->listener);
}

void test_editor_stop_listening(struct test_editor *editor, bool remove_socket)
{
    if (remove_socket && editor->has_socket) {
        (void)unlink(editor->socket);
        editor->has_socket = false;
    }
    if (editor->listener.descriptor < 0)
        return;
    watch_stop(&editor->listener);
    (void)close(editor->listener.descriptor);
    editor->listener.descriptor = -1;
}

void test_editor_drop_connections(struct test_editor *editor)
{
    watch_handle_pending();
    for (struct connection *each = editor->connections; each; each = each->next)
        connection_close(each);
}

void test_editor_answer_probes(struct test_editor *editor, bool answer)
{
    editor->answers_probes = answer;
}

static void answer_probe(struct test_editor *editor, struct test_request *request)
{
    struct buffer result = {0};
    buffer_append_string(&result, "{\"UnityVersion\":\"2022.3.62f1\",\"Platform\":\"LinuxEditor\","
                                  "\"DataPath\":");
    json_quote(&result, editor->root);
    buffer_append_string(&result, ",\"IsEditor\":true,\"ProductName\":\"test\","
                                  "\"CompanyName\":\"test\",\"Ver\":\"3.0.0\"}");
    /* A client that was interrupted meanwhile is no fault of anybody. */
    (void)test_request_try_answer(request, result.data);
    buffer_clear(&result);
}

/* What every request must have, whatever its method. */
static void check_request(const struct test_editor *editor, const struct test_request *request)
{
    const char *version = json_string(request->message, "jsonrpc");
    const char *root = json_string(json_get(request->message, "x-uloop"), "expectedProjectRoot");
    if (!request->method || !version || strcmp(version, "2.0") != 0)
        testkit_fail("A request is not JSON-RPC 2.0: %s.", request->raw);
    if (request->params && !cJSON_IsObject(request->params))
        testkit_fail("A request's params are not an object: %s.", request->raw);
    if (!root || strcmp(root, editor->root) != 0)
        testkit_fail("A request is not meant for %s: %s.", editor->root, request->raw);
    if (!json_string(request->uloop, "cliVersion"))
        testkit_fail("A request does not tell uloop.cliVersion: %s.", request->raw);
    if (editor->generation >= 2 && !cJSON_IsTrue(json_get(request->uloop, "acceptsDispatchAck")))
        testkit_fail("A request does not accept an ack: %s.", request->raw);
    if (editor->generation >= 3 && (json_whole_number(request->uloop, "protocolVersion", 0) <= 0 ||
                                    !json_string(request->uloop, "projectRunnerVersion") ||
                                    !cJSON_IsTrue(json_get(request->uloop, "acceptsHeartbeat"))))
        testkit_fail("A request lacks metadata of the third generation: %s.", request->raw);
}

void test_editor_take_request(struct connection *connection, struct slice payload)
{
    struct test_editor *editor = connection->editor;
    struct arrived_request *arrived = memory_new(sizeof(*arrived));
    const char *reason;
    arrived->raw = memory_copy_bytes(payload.data, payload.length);
    arrived->message = json_parse(payload, &reason);
    if (!arrived->message)
        testkit_fail("A request is not JSON (%s): %s", reason, arrived->raw);
    arrived->request = (struct test_request){
        .method = json_string(arrived->message, "method"),
        .params = json_get(arrived->message, "params"),
        .id = json_get(arrived->message, "id"),
        .uloop = json_get(arrived->message, "uloop"),
        .message = arrived->message,
        .raw = arrived->raw,
        .raw_length = payload.length,
        .connection = connection,
    };
    check_request(editor, &arrived->request);
    bool is_probe = strcmp(arrived->request.method, "get-version") == 0;
    struct arrived_request **end = &editor->requests;
    while (*end)
        end = &(*end)->next;
    *end = arrived;
    *(is_probe ? &editor->probed : &editor->dispatched) += 1;
    if (is_probe && editor->answers_probes) {
        arrived->is_accepted = true;
        answer_probe(editor, &arrived->request);
    }
}

static struct arrived_request *next_request(const struct test_editor *editor)
{
    struct arrived_request *arrived = editor->requests;
    while (arrived && arrived->is_accepted)
        arrived = arrived->next;
    return arrived;
}

static bool has_request(void *context)
{
    return next_request(context) != NULL;
}

static bool is_forsaken(void *context)
{
    (void)context;
    return program_all_ended();
}

struct test_request *test_editor_accept(struct test_editor *editor)
{
    wait_until(&(struct awaited){.done = has_request, .hopeless = is_forsaken, .context = editor},
               "a request");
    struct arrived_request *arrived = next_request(editor);
    arrived->is_accepted = true;
    return &arrived->request;
}

size_t test_editor_dispatched(struct test_editor *editor)
{
    watch_handle_pending();
    return editor->dispatched;
}

size_t test_editor_probed(struct test_editor *editor)
{
    watch_handle_pending();
    return editor->probed;
}

const char *test_request_text(const struct test_request *request, const char *parameter)
{
    const char *text = json_string(request->params, parameter);
    if (!text)
        testkit_fail("%s has no text %s: %s", request->method, parameter, request->raw);
    return text;
}
