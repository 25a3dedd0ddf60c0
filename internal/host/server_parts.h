#ifndef ULOOP_HOST_SERVER_PARTS_H
#define ULOOP_HOST_SERVER_PARTS_H

#include "host/build.h"
#include "host/compile_result.h"
#include "host/connection.h"
#include "host/console.h"
#include "host/kept_results.h"
#include "host/listener.h"
#include "host/methods.h"
#include "host/port.h"
#include "host/probe.h"
#include "host/project_watch.h"
#include "host/server.h"
#include "host/state_store.h"

/* What the files of a server share: server.c (its life), server_endpoint.c (how it is reached),
 * server_reading.c (how requests are read), server_requests.c (whom it answers what) and
 * server_compile.c (the one tool that takes its time).
 */

/* The compile that runs, or whose answer is being written before the reload. */
struct compile_call {
    struct connection *connection; /* NULL for a notification, and once the client is gone */
    char *id;                      /* of the request, as JSON text */
    char *request_id;              /* under which the result can be had; NULL for not at all */
    bool is_stored;                /* there is to be a file of it */
};

struct server {
    uv_loop_t *loop;
    const struct host_options *options;
    struct server_place *place;
    struct server_events events;

    struct lifecycle lifecycle;
    struct state_store store;
    char *started_at;       /* process_start_token() of this process */
    char *last_error;       /* why it failed, or why no compile can succeed; NULL for neither */
    struct error unwritten; /* why the current state is not on disk; E_NONE when it is */
    uv_timer_t rewriting;   /* tries again then */

    struct connections connections;
    struct reading *reading; /* the large request that is being read; NULL for none */
    struct reading *unread;  /* those that wait for it, in their order */
    struct listener *listener;
    struct port *port;     /* NULL where TCP was not asked for */
    struct listener *lost; /* which nobody finds any more: those who did are still accepted */
    struct probe *probe;
    uv_timer_t recovering; /* the pause before the next try to be reached */
    size_t tries;          /* to be reached again that have failed in a row */
    struct console console;
    const char *busy_with; /* the tool that keeps others out; NULL for none */

    struct build_options build_options;
    struct build *build;
    struct compile_call call;
    uv_timer_t beating; /* tells the call's client that it is still worked on */
    struct kept_results kept;
    bool reload_due;      /* what was compiled is still to be loaded */
    uv_timer_t reloading; /* the steps of a reload, each in a turn of the loop of its own */

    struct project_watch project_watch;
    bool stopping;
    bool ending; /* everything is being closed */
    int open_parts;
    struct error fault; /* why it ended */
};

/*
 * Publishes what follows on an event. When the state cannot be written, server_publish() fails with
 * nothing changed; server_announce() goes on, says so, and tries again until it can: it is for what
 * has happened already. False from server_announce() means that the event cannot happen now, and
 * the server is ending.
 */
bool server_publish(struct server *server, enum lifecycle_event event, struct error *error);
bool server_announce(struct server *server, enum lifecycle_event event);

/* Ends because of an error, and says so in the state where the lifecycle lets it. */
void server_fail(struct server *server, const struct error *error);

/* How often is looked at what makes no event. */
uint64_t server_look_ms(const struct server *server);

/* Listens, and lets nobody know before the server has answered itself. What fails is tried again
 * for a while once the server was ready, and ends it after that. */
void server_open_endpoint(struct server *server);

/* Tries no more to be reached, because a reload will. */
void server_cease_recovery(struct server *server);

/* Stops to listen and drops all clients. */
void server_close_endpoint(struct server *server);

/* No tool runs any more and nothing is to be loaded: what comes next may be run. */
void server_settle(struct server *server);

/* Goes through a reload to `ready`, in a later turn of the loop. */
void server_reload_soon(struct server *server);

/* Has no further use for the loop: after server_stop(), when the compile has ended. */
void server_finish_stop(struct server *server);

/* A request came (connections.on_request). One that is large is read on another thread, when those
 * before it have been. */
void server_take_request(void *context, struct connection *connection, struct slice payload);

/* Carries out and answers a request whose parts were found. */
void server_answer_request(struct server *server, struct connection *connection,
                           const struct request_parts *parts);

/* The connection is gone: its request need not be read any more. */
void server_forget_reading(struct server *server, const struct connection *connection);

/* Starts a compile and takes over its answer; connection is NULL for a notification. False with
 * *fault set when it cannot be begun. */
bool server_begin_compile(struct server *server, struct connection *connection,
                          const struct request *request, struct rpc_fault *fault);

/* Has the state say why no compile can succeed, as long as that is so. */
void server_look_for_compiler(struct server *server);

/* An answer was written or a connection is gone (connections.on_answered, connections.on_closed).
 */
void server_connection_done(void *context, struct connection *connection);

/* How often the sender of a request hears from its tool; 0 for never. */
uint64_t server_heartbeat_ms(const struct server *server, const struct request *request);

void compile_call_clear(struct compile_call *call);

#endif
