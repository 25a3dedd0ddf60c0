#ifndef ULOOP_HOST_SYSTEM_H
#define ULOOP_HOST_SYSTEM_H

#include "base/error.h"

#include "ipc/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* What a server needs of the system and every system does its own way. */

/* Makes the names in a folder as durable as the files they lead to; nothing to do on Windows.
 * Fails with E_SYSTEM. */
bool system_sync_folder(const char *folder, struct error *error);

/*
 * Makes the folder of sockets (0700) when it is missing, and refuses one in which another user
 * could have a hand: it must be a real directory, no symbolic link, and ours; its mode becomes 0700
 * when it is another. One that `is_shared` by all users may also be root's, and have the mode 1777.
 * Nothing to do for named pipes. Fails with E_ENDPOINT_FOREIGN or E_SYSTEM. Rule: "Project and
 * endpoint" in docs/protocol.md.
 */
bool system_prepare_socket_folder(const char *folder, bool is_shared, struct error *error);

/* What is at a socket's path. */
enum socket_path {
    SOCKET_PATH_FREE,
    SOCKET_PATH_SOCKET, /* somebody's, living or left behind */
    SOCKET_PATH_OTHER,  /* something that is not ours to remove */
};

enum socket_path system_look_at_socket(const char *address);

/* Binds a pipe of uv_pipe_init(), as uv_pipe_bind() does, but leaves what is at the address alone
 * when the pipe is closed: by then it may be another's. A libuv status. */
int system_bind_pipe(uv_pipe_t *pipe, const char *address);

/* Which socket is at a path. Nobody can take a named pipe away: on Windows all are the same. */
struct socket_identity {
    uint64_t device, file;
};

/* False when nothing is there that could be looked at. */
bool system_identify_socket(const char *address, struct socket_identity *identity);

/* Takes the socket's name away; a named pipe's goes by itself. What cannot be removed stays, and
 * whoever serves next finds that nobody listens there. */
void system_remove_socket(const char *address);

/* The process that listens at the other end of a connected pipe; 0 when the system does not say. */
int64_t system_peer_pid(const uv_pipe_t *pipe);

/* Does nobody take any more what is sent to this client, as far as the system tells at once?
 * Whoever only says no more may still wait for an answer. */
bool system_has_hung_up(const union ipc_stream *stream);

/* How many descriptors this process may have open; SIZE_MAX where there is no such limit. */
size_t system_descriptor_limit(void);

/* Lets writing to a closed connection, or beyond the limit for a file's size, fail instead of
 * ending the process. */
void system_ignore_write_signals(void);

/* Has large memory go back to the system whenever it is freed. */
void system_return_large_memory(void);

/* Ends a process that was started as the leader of a group, and whatever it started, at once. */
void system_kill_group(int pid);

#endif
