/*
 * How requests are read. To find the parts of a large one takes longer than anybody else should be
 * kept waiting, so that is done on another thread.
 */

#include "host/server_parts.h"

#include "base/memory.h"

#include <stdlib.h>

enum {
    MOST_BYTES_AT_ONCE = 64 * 1024, /* a few milliseconds, whatever they are */
};

struct reading {
    uv_work_t work;
    struct server *server;
    struct connection *connection; /* NULL once it is gone */
    struct buffer payload;
    struct request_parts parts;
    struct reading *next;
};

static void find_parts(uv_work_t *work)
{
    struct reading *reading = work->data;
    request_find_parts(buffer_slice(&reading->payload), &reading->parts);
}

static void unlink_reading(struct reading *reading)
{
    struct reading **at = &reading->server->readings;
    while (*at != reading)
        at = &(*at)->next;
    *at = reading->next;
}

static void on_found(uv_work_t *work, int status)
{
    struct reading *reading = work->data;
    struct connection *connection = reading->connection;
    unlink_reading(reading);
    if (connection && status == 0) {
        connection_take_up(connection);
        server_answer_request(reading->server, connection, &reading->parts);
    }
    buffer_clear(&reading->payload);
    free(reading);
}

void server_forget_reading(struct server *server, const struct connection *connection)
{
    for (struct reading *at = server->readings; at; at = at->next) {
        if (at->connection == connection)
            at->connection = NULL;
    }
}

void server_take_request(void *context, struct connection *connection, struct slice payload)
{
    struct server *server = context;
    if (payload.length <= MOST_BYTES_AT_ONCE) {
        struct request_parts parts;
        request_find_parts(payload, &parts);
        server_answer_request(server, connection, &parts);
        return;
    }
    struct reading *reading = memory_new(sizeof(*reading));
    reading->work.data = reading;
    reading->server = server;
    reading->connection = connection;
    reading->next = server->readings;
    server->readings = reading;
    connection_put_off(connection, &reading->payload);
    (void)uv_queue_work(server->loop, &reading->work, find_parts, on_found); /* cannot fail */
}
