#include "ipc/client.h"

#include "ipc/peer.h"

#include <stdlib.h>

enum {
    CHUNK_SIZE = 65536
};

static void change(struct client *client, enum client_phase phase)
{
    client->phase = phase;
    client->on_change(client->context);
}

static void take_answer(struct client *client)
{
    struct slice payload = buffer_slice(&client->parser.payload);
    switch (rpc_read_answer(payload, client->id, &client->result, &client->error)) {
    case RPC_PROGRESS:
        return;
    case RPC_RESULT:
        change(client, CLIENT_ANSWERED);
        return;
    case RPC_ERROR:
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
    while (client->phase == CLIENT_SENT && bytes.length > 0) {
        size_t taken = 0;
        enum frame_outcome outcome = frame_feed(&client->parser, bytes, &taken, &client->error);
        bytes.data += taken;
        bytes.length -= taken;
        if (outcome == FRAME_COMPLETE)
            take_answer(client);
        else if (outcome == FRAME_INVALID)
            change(client, CLIENT_BROKEN);
    }
}

static void take_end(struct client *client, int status)
{
    (void)uv_read_stop((uv_stream_t *)&client->pipe);
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

static void on_connected(uv_connect_t *request, int status)
{
    struct client *client = request->data;
    if (status == UV_ECANCELED)
        return; /* closed by its owner, who wants to hear no more */
    client->status = status;
    if (status == 0 && !peer_is_trusted(&client->pipe, &client->error))
        client->status = UV_EPERM;
    if (client->status == 0)
        client->status = uv_read_start((uv_stream_t *)&client->pipe, on_allocate, on_read);
    change(client, client->status == 0 ? CLIENT_CONNECTED : CLIENT_UNREACHED);
}

static void on_written(uv_write_t *request, int status)
{
    struct client *client = request->data;
    /* A failed write ends the connection; what the server sent before it did is still read, up to
     * the end. */
    if (status < 0 && status != UV_ECANCELED && status != UV_EPIPE && status != UV_ECONNRESET)
        take_end(client, status);
}

struct client *client_connect(uv_loop_t *loop, const char *address,
                              void (*on_change)(void *context), void *context)
{
    struct client *client = memory_new(sizeof(*client));
    client->chunk = memory_new(CHUNK_SIZE);
    client->on_change = on_change;
    client->context = context;
    client->connecting.data = client;
    client->writing.data = client;
    (void)uv_pipe_init(loop, &client->pipe, 0); /* cannot fail on any system */
    client->pipe.data = client;
    uv_pipe_connect(&client->connecting, &client->pipe, address, on_connected);
    return client;
}

void client_send(struct client *client, const struct rpc_request *request)
{
    client->id = request->id;
    rpc_append_request(&client->request, request);
    uv_buf_t bytes = uv_buf_init(client->request.data, (unsigned int)client->request.length);
    client->phase = CLIENT_SENT;
    client->dispatched = true;
    int status = uv_write(&client->writing, (uv_stream_t *)&client->pipe, &bytes, 1, on_written);
    if (status < 0)
        take_end(client, status);
}

static void on_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    frame_parser_clear(&client->parser);
    buffer_clear(&client->request);
    error_clear(&client->error);
    free(client->chunk);
    free(client);
}

void client_close(struct client *client)
{
    if (client)
        uv_close((uv_handle_t *)&client->pipe, on_closed);
}
