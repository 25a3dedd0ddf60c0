#include "ipc/client.h"

#include "ipc/address.h"
#include "ipc/peer.h"
#include "ipc/token.h"

#include <stdlib.h>

enum {
    CHUNK_SIZE = 65536,
    LAST_LOOK_MS = 100,
};

/* Promises outside of this are not believed: nothing is measured by them. */
static const double SHORTEST_INTERVAL_S = 0.01, LONGEST_INTERVAL_S = 86400;

static void open_connection(struct client *client);

static void change(struct client *client, enum client_phase phase)
{
    client->phase = phase;
    client->on_change(client->context);
}

/* --- What the server promises, and whether it keeps it --- */

static void watch_silence(struct client *client, uint64_t limit_ms);

/*
 * This process may have been stopped meanwhile, and the frames lie in the socket: timers run before
 * what came is read. So it is read once more before the server is given up.
 */
static void on_silence(uv_timer_t *timer)
{
    struct client *client = timer->data;
    if (client->phase != CLIENT_SENT)
        return;
    if (!client->is_suspect) {
        client->is_suspect = true;
        watch_silence(client, LAST_LOOK_MS);
        return;
    }
    error_set(&client->error, E_DISCONNECTED,
              "The Editor's server has been silent for %.6g s, %d times as long as it promised to "
              "be at most: it is dead.",
              client->heartbeat_interval_s * CLIENT_MOST_SILENT_INTERVALS,
              CLIENT_MOST_SILENT_INTERVALS);
    change(client, CLIENT_BROKEN);
}

static void watch_silence(struct client *client, uint64_t limit_ms)
{
    (void)uv_timer_start(&client->silence, on_silence, limit_ms, 0); /* it is not closing */
}

static void take_progress(struct client *client, const struct rpc_said *said)
{
    if (said->heartbeat_interval_s >= SHORTEST_INTERVAL_S &&
        said->heartbeat_interval_s <= LONGEST_INTERVAL_S)
        client->heartbeat_interval_s = said->heartbeat_interval_s;
    client->stall_s = said->stall_s;
    if (said->stall_s >= CLIENT_MOST_STALL_S) {
        error_set(&client->error, E_EDITOR_FROZEN,
                  "The Editor is frozen: its main thread has stood still for %.6g s.",
                  said->stall_s);
        change(client, CLIENT_BROKEN);
        return;
    }
    client->on_change(client->context);
}

/* Any byte shows that the server lives. */
static void take_sign_of_life(struct client *client)
{
    double limit_ms = client->heartbeat_interval_s * 1000 * CLIENT_MOST_SILENT_INTERVALS;
    client->is_suspect = false;
    if (client->heartbeat_interval_s > 0 && client->phase == CLIENT_SENT)
        watch_silence(client, (uint64_t)limit_ms);
    else
        (void)uv_timer_stop(&client->silence);
}

/* --- The same request once more --- */

static void free_client(struct client *client)
{
    frame_parser_clear(&client->parser);
    buffer_clear(&client->bytes);
    error_clear(&client->error);
    free((char *)client->request.method);
    free((char *)client->request.params_json);
    free((char *)client->request.project_root);
    free(client->chunk);
    free(client);
}

static void on_closed_for_good(uv_handle_t *handle)
{
    struct client *client = handle->data;
    if (--client->open_handles == 0)
        free_client(client);
}

static void on_closed_to_open_again(uv_handle_t *handle)
{
    struct client *client = handle->data;
    client->open_handles--;
    if (!client->released)
        open_connection(client);
    else if (client->open_handles == 0)
        free_client(client);
}

/* Does the refusal name another protocol version, so that the request can be sent once more? */
static bool may_send_again(const struct client *client, int64_t required)
{
    int64_t sent = client->destination->protocol_version;
    return !client->sent_again && required > 0 &&
           required != (sent > 0 ? sent : DESTINATION_PROTOCOL_VERSION);
}

/* Over a new connection: whether the server keeps one on which it refused is its own affair. */
static void send_again(struct client *client, int64_t required)
{
    client->sent_again = true;
    client->destination->protocol_version = required;
    error_clear(&client->error);
    (void)uv_timer_stop(&client->silence);
    uv_close(&client->stream.handle, on_closed_to_open_again);
}

/* --- What comes --- */

static void take_answer(struct client *client)
{
    struct rpc_said said;
    struct slice payload = buffer_slice(&client->parser.payload);
    switch (rpc_read_answer(payload, client->request.id, &said, &client->error)) {
    case RPC_PROGRESS:
        take_progress(client, &said);
        return;
    case RPC_RESULT:
        if (client->is_introducing) {
            client->is_introducing = false;
            return;
        }
        client->result = said.result;
        change(client, CLIENT_ANSWERED);
        return;
    case RPC_ERROR:
        if (may_send_again(client, said.required_protocol_version))
            send_again(client, said.required_protocol_version);
        else
            change(client, CLIENT_REFUSED);
        return;
    case RPC_MALFORMED:
        change(client, CLIENT_BROKEN);
        return;
    }
}

/* Takes frames until the answer is complete; what comes behind it is of no interest. */
static void take_bytes(struct client *client, struct slice bytes)
{
    while (client->phase == CLIENT_SENT && !uv_is_closing(&client->stream.handle) &&
           bytes.length > 0) {
        size_t taken = 0;
        enum frame_outcome outcome = frame_feed(&client->parser, bytes, &taken, &client->error);
        bytes.data += taken;
        bytes.length -= taken;
        if (outcome == FRAME_COMPLETE)
            take_answer(client);
        else if (outcome == FRAME_INVALID)
            change(client, CLIENT_BROKEN);
    }
    if (!uv_is_closing(&client->stream.handle))
        take_sign_of_life(client);
}

static void take_end(struct client *client, int status)
{
    (void)uv_read_stop(&client->stream.stream);
    (void)uv_timer_stop(&client->silence);
    client->closed = true;
    if (client->phase == CLIENT_ANSWERED || client->phase == CLIENT_REFUSED ||
        client->phase == CLIENT_BROKEN) {
        client->on_change(client->context);
        return;
    }
    if (status == UV_EOF) {
        frame_end(&client->parser, &client->error);
        client->error.code = E_DISCONNECTED;
    } else {
        error_set(&client->error, E_DISCONNECTED, "The connection to the Editor was lost: %s.",
                  uv_strerror(status));
    }
    change(client, CLIENT_BROKEN);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct client *client = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(client->chunk, CHUNK_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct client *client = stream->data;
    if (count > 0)
        take_bytes(client, (struct slice){.data = buffer->base, .length = (size_t)count});
    else if (count < 0)
        take_end(client, (int)count);
}

/* --- Connecting and sending --- */

static void on_written(uv_write_t *request, int status)
{
    struct client *client = request->data;
    /* A failed write ends the connection; what the server sent before it did is still read, up to
     * the end. */
    if (status < 0 && status != UV_ECANCELED && status != UV_EPIPE && status != UV_ECONNRESET)
        take_end(client, status);
}

/* A server that wants a token takes nothing large before it has seen it: something small goes
 * ahead, and is answered first. */
static void introduce(struct client *client)
{
    const struct rpc_request small = {.method = "get-version",
                                      .params_json = "{}",
                                      .project_root = client->request.project_root,
                                      .id = client->request.id};
    struct buffer large = client->bytes;
    client->bytes = (struct buffer){0};
    rpc_append_request(&client->bytes, &small, client->destination);
    buffer_append(&client->bytes, large.data, large.length);
    buffer_clear(&large);
}

static void write_request(struct client *client)
{
    client->bytes.length = 0;
    rpc_append_request(&client->bytes, &client->request, client->destination);
    client->is_introducing =
        client->destination->token && client->bytes.length > TOKEN_MOST_WITHOUT;
    if (client->is_introducing)
        introduce(client);
    uv_buf_t bytes = uv_buf_init(client->bytes.data, (unsigned int)client->bytes.length);
    int status = uv_write(&client->writing, &client->stream.stream, &bytes, 1, on_written);
    if (status < 0)
        take_end(client, status);
}

static bool is_trusted(struct client *client)
{
    /* On TCP the system does not say who is at the other end; there the token is our proof. */
    return ipc_stream_is_tcp(&client->stream) ||
           peer_is_trusted(&client->stream.pipe, &client->error);
}

static void take_connection(struct client *client, int status)
{
    client->status = status;
    if (status == 0 && !is_trusted(client))
        client->status = UV_EPERM;
    if (client->status == 0)
        client->status = uv_read_start(&client->stream.stream, on_allocate, on_read);
    if (!client->sent_again)
        change(client, client->status == 0 ? CLIENT_CONNECTED : CLIENT_UNREACHED);
    else if (client->status == 0)
        write_request(client);
    else
        take_end(client, client->status);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct client *client = request->data;
    if (status != UV_ECANCELED) /* closed by its owner, who wants to hear no more */
        take_connection(client, status);
}

/* What TCP refuses at once is told later too: on_change is not called before the client is there.
 */
static void on_failed_at_once(uv_timer_t *timer)
{
    struct client *client = timer->data;
    take_connection(client, client->status);
}

static void open_tcp(struct client *client)
{
    struct sockaddr_storage where;
    int status = UV_EINVAL;
    if (address_read_tcp(client->destination->address, &where, &client->error))
        status = uv_tcp_connect(&client->connecting, &client->stream.tcp,
                                (const struct sockaddr *)&where, on_connected);
    client->status = status;
    if (status == 0)
        (void)uv_tcp_nodelay(&client->stream.tcp, 1); /* without it, it is merely slower */
    else
        (void)uv_timer_start(&client->silence, on_failed_at_once, 0, 0);
}

static void open_connection(struct client *client)
{
    bool is_tcp = address_is_tcp(client->destination->address);
    ipc_stream_init(&client->stream, client->silence.loop, is_tcp);
    client->stream.handle.data = client;
    client->open_handles++;
    frame_parser_clear(&client->parser);
    if (is_tcp)
        open_tcp(client);
    else
        uv_pipe_connect(&client->connecting, &client->stream.pipe, client->destination->address,
                        on_connected);
}

struct client *client_connect(uv_loop_t *loop, struct destination *destination,
                              void (*on_change)(void *context), void *context)
{
    struct client *client = memory_new(sizeof(*client));
    client->chunk = memory_new(CHUNK_SIZE);
    client->destination = destination;
    client->on_change = on_change;
    client->context = context;
    client->connecting.data = client;
    client->writing.data = client;
    (void)uv_timer_init(loop, &client->silence); /* cannot fail */
    client->silence.data = client;
    client->open_handles = 1;
    open_connection(client);
    return client;
}

const char *client_why_unreached(const struct client *client)
{
    if (client->error.code != E_NONE)
        return client->error.message;
    return client->status < 0 ? uv_strerror(client->status) : "not accepted in time";
}

void client_send(struct client *client, const struct rpc_request *request)
{
    client->request = (struct rpc_request){
        .method = memory_copy_string(request->method),
        .params_json = memory_copy_string(request->params_json),
        .project_root = memory_copy_string(request->project_root),
        .id = request->id,
    };
    client->phase = CLIENT_SENT;
    client->dispatched = true;
    write_request(client);
}

char *client_describe_wait(const struct client *client, const char *what)
{
    if (client->stall_s < CLIENT_STALL_WORTH_TELLING_S)
        return memory_copy_string(what);
    return memory_format("%s; the Editor's main thread has stood still for %.0f s", what,
                         client->stall_s);
}

void client_close(struct client *client)
{
    if (!client)
        return;
    client->released = true;
    uv_close((uv_handle_t *)&client->silence, on_closed_for_good);
    if (!uv_is_closing(&client->stream.handle))
        uv_close(&client->stream.handle, on_closed_for_good);
}
