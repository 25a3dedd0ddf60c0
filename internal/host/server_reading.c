/*
 * How requests are read. To find the parts of a large one takes longer than anybody else should be
 * kept waiting, so that is done on another thread: of one at a time, because the threads are few,
 * and the compile wants one as well.
 */

#include "host/server_parts.h"

#include "base/memory.h"

#include <stdlib.h>

/* A large request that waits to be read, in its connection, or the one that is being read. */
struct reading {
    uv_work_t work;
    struct server *server;
    struct connection *connection; /* NULL once it is gone */
    struct buffer payload;         /* taken when it is read */
    struct request_parts parts;
    struct reading *next;
};

static void find_parts(uv_work_t *work)
{
    struct reading *reading = work->data;
    request_find_parts(buffer_slice(&reading->payload), &reading->parts);
}

static void on_found(uv_work_t *work, int status);

static void read_next(struct server *server)
{
    struct reading *reading = server->unread;
    if (server->reading || !reading)
        return;
    server->unread = reading->next;
    server->reading = reading;
    connection_take_payload(reading->connection, &reading->payload);
    (void)uv_queue_work(server->loop, &reading->work, find_parts, on_found); /* cannot fail */
}

static void on_found(uv_work_t *work, int status)
{
    struct reading *reading = work->data;
    struct server *server = reading->server;
    (void)status; /* nobody cancels it */
    server->reading = NULL;
    if (reading->connection) {
        connection_take_up(reading->connection);
        server_answer_request(server, reading->connection, &reading->parts);
    }
    buffer_clear(&reading->payload);
    free(reading);
    read_next(server);
}

void server_forget_reading(struct server *server, const struct connection *connection)
{
    if (server->reading && server->reading->connection == connection)
        server->reading->connection = NULL;
    struct reading **at = &server->unread;
    while (*at && (*at)->connection != connection)
        at = &(*at)->next;
    struct reading *found = *at;
    if (found)
        *at = found->next;
    free(found);
}

static void read_later(struct server *server, struct connection *connection)
{
    struct reading **end = &server->unread;
    struct reading *reading = memory_new(sizeof(*reading));
    reading->work.data = reading;
    reading->server = server;
    reading->connection = connection;
    while (*end)
        end = &(*end)->next;
    *end = reading;
    connection_put_off(connection);
    read_next(server);
}

void server_take_request(void *context, struct connection *connection, struct slice payload)
{
    struct request_parts parts;
    if (payload.length > CONNECTION_LARGE) {
        read_later(context, connection);
        return;
    }
    request_find_parts(payload, &parts);
    server_answer_request(context, connection, &parts);
}
