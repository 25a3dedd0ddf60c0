#ifndef ULOOP_BASE_ERROR_H
#define ULOOP_BASE_ERROR_H

#include "base/memory.h"

#include <stdbool.h>

/*
 * Every way in which uloop fails, and what a caller is told of it:
 *   symbol, errorCode and phase on the wire, exit code, retryable, may have happened in the Editor,
 * next action. The wire names are those of "Command line" in docs/protocol.md; the exit codes are
 * listed in README.md.
 */
#define ERROR_CODES(X)                                                                             \
    X(E_INVALID_ARGUMENT, "INVALID_ARGUMENT", "argument_parsing", 2, false, false,                 \
      "Run `uloop --help` for the commands and `uloop <command> --help` for their options.")       \
    X(E_UNKNOWN_COMMAND, "UNKNOWN_COMMAND", "argument_parsing", 2, false, false,                   \
      "Run `uloop --help` for the commands.")                                                      \
    X(E_PROJECT_NOT_FOUND, "PROJECT_NOT_FOUND", "project_resolution", 2, false, false,             \
      "Run uloop inside a Unity project (a folder with Assets and ProjectSettings), or name one "  \
      "with --project-path.")                                                                      \
    X(E_CATALOG_BROKEN, "INTERNAL_ERROR", "execution", 2, false, false,                            \
      "Run `uloop sync` to fetch the tool catalog again, or delete the file.")                     \
    X(E_STATE_UNREADABLE, "UNITY_NOT_REACHABLE", "connection", 3, true, false,                     \
      "Run `uloop fix` to remove the unreadable state, then run the command again.")               \
    X(E_STATE_STALE, "UNITY_NOT_REACHABLE", "connection", 3, true, false,                          \
      "Run `uloop fix` to remove the stale recovery state, then start the Editor again.")          \
    X(E_STATE_FAILED, "UNITY_NOT_REACHABLE", "connection", 3, true, false,                         \
      "Look at the Editor's console, restart its server, then run the command again.")             \
    X(E_STOPPED, "UNITY_NOT_REACHABLE", "connection", 3, true, false,                              \
      "Start the Editor or its uloop server, then run the command again.")                         \
    X(E_NOT_REACHABLE, "UNITY_NOT_REACHABLE", "connection", 3, true, false,                        \
      "Open the project in Unity, or run `uloop serve` in it, then run the command again.")        \
    X(E_ENDPOINT_DENIED, "UNITY_NOT_REACHABLE", "connection", 3, false, false,                     \
      "Allow this process to use the socket (sandbox rules, file permissions), then run the "      \
      "command again.")                                                                            \
    X(E_ENDPOINT_FOREIGN, "UNITY_NOT_REACHABLE", "connection", 3, false, false,                    \
      "Find out who listens on this socket; remove it if it is not yours.")                        \
    X(E_NOT_ANSWERING, "UNITY_NOT_REACHABLE", "connection", 3, true, false,                        \
      "Bring the Editor to the front and see whether a dialog or a long task holds it up.")        \
    X(E_READY_TIMEOUT, "UNITY_NOT_REACHABLE", "connection", 4, true, false,                        \
      "Wait for the Editor to finish, or run the command again with a larger --timeout.")          \
    X(E_ANSWER_TIMEOUT, "UNITY_DISCONNECTED_AFTER_DISPATCH", "response_waiting", 4, false, true,   \
      "Find out what the Editor did before you send the command again.")                           \
    X(E_DISCONNECTED, "UNITY_DISCONNECTED_AFTER_DISPATCH", "response_waiting", 6, false, true,     \
      "Find out what the Editor did before you send the command again.")                           \
    X(E_EDITOR_FROZEN, "UNITY_DISCONNECTED_AFTER_DISPATCH", "response_waiting", 6, false, true,    \
      "Look at the Editor; if it does not come back, end it, start it again, and find out what "   \
      "it did of the command.")                                                                    \
    X(E_PROJECT_GONE, "PROJECT_NOT_FOUND", "response_waiting", 2, false, true,                     \
      "Find out where the project's folder went, and what the Editor did of the command.")         \
    X(E_OWNER_EXITED, "UNITY_DISCONNECTED_AFTER_DISPATCH", "compile_waiting", 6, false, true,      \
      "Find out why the Editor ended (its log says), then start it and compile again.")            \
    X(E_ANSWER_MALFORMED, "UNITY_RPC_ERROR", "response_waiting", 5, false, true,                   \
      "Find out what listens on the endpoint, and whether its version fits this client.")          \
    X(E_RPC_ERROR, "UNITY_RPC_ERROR", "unity_rpc", 5, false, true,                                 \
      "Read the Editor's message; it says what to change.")                                        \
    X(E_SERVER_BUSY, "UNITY_SERVER_BUSY", "unity_rpc", 5, true, false,                             \
      "Wait until the running tool has finished, then run the command again.")                     \
    X(E_CLI_UPDATE_REQUIRED, "CLI_UPDATE_REQUIRED", "unity_rpc", 5, false, false,                  \
      "Update uloop to the version that the Unity package asks for.")                              \
    X(E_COMPILE_TIMEOUT, "COMPILE_WAIT_TIMEOUT", "compile_waiting", 4, true, true,                 \
      "Run `uloop compile` again: it takes up the running compile where this one left it.")        \
    X(E_PROJECT_IN_USE, "UNITY_SERVER_BUSY", "execution", 5, false, false,                         \
      "Use the server that is running, or stop it first.")                                         \
    X(E_EDITOR_NOT_FOUND, "UNITY_NOT_REACHABLE", "execution", 3, false, false,                     \
      "Install that Editor with the Unity Hub, or set UNITY_EDITOR_PATH to an Editor's "           \
      "executable.")                                                                               \
    X(E_EDITOR_EXITED, "UNITY_NOT_REACHABLE", "execution", 3, false, false,                        \
      "Read the Editor's log, see to what ended it, then run `uloop launch` again.")               \
    X(E_INTERRUPTED, "INTERNAL_ERROR", "execution", 130, true, false, "Run the command again.")    \
    X(E_ABANDONED, "UNITY_DISCONNECTED_AFTER_DISPATCH", "response_waiting", 130, false, true,      \
      "The Editor goes on with the request; find out what it did before you send it again.")       \
    X(E_SHORTAGE, "INTERNAL_ERROR", "execution", 7, true, false,                                   \
      "Close what is not needed, or raise the limit that is reached (`ulimit -n` for open "        \
      "files), "                                                                                   \
      "then run the command again.")                                                               \
    X(E_SYSTEM, "INTERNAL_ERROR", "execution", 7, false, false,                                    \
      "Remove the cause that the message names, such as a missing permission or a full disk, "     \
      "then "                                                                                      \
      "run the command again.")

enum error_code {
    E_NONE = 0,
#define ERROR_SYMBOL(symbol, wire, phase, exit, retryable, effect, next) symbol,
    ERROR_CODES(ERROR_SYMBOL)
#undef ERROR_SYMBOL
};

/* What the table says of a code. All strings are static. */
struct error_info {
    const char *wire_code;
    const char *phase;
    int exit_code;
    bool retryable;
    bool may_have_effect; /* the request had reached the Editor: safe to retry only if it is
                             read-only */
    const char *next_action;
};

/* One fact beside the message: a string, or where `is_json` raw JSON text. NULL means JSON null. */
struct error_detail {
    char *key;
    char *value;
    bool is_json;
    struct error_detail *next;
};

/*
 * What went wrong, in terms a user can act on. Zero-initialised means no error; release with
 * error_clear(). Functions that take a struct error * fill it when, and only when, they report
 * failure.
 */
struct error {
    enum error_code code;
    char *message;                /* one or more plain sentences */
    char *next_action;            /* replaces the table's; NULL for the table's */
    struct error_detail *details; /* in the order they were added */
};

/* Sets code and message, dropping whatever was there. Always returns false, so that a caller can
 * return it. */
bool error_set(struct error *error, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* What the user should do next, where the table's advice is too general. */
void error_set_next(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds a fact; `value` NULL gives JSON null. error_detail_json takes JSON text. Copies everything.
 */
void error_add_detail(struct error *error, const char *key, const char *value);
void error_add_detail_json(struct error *error, const char *key, const char *json);

/* The table's row; for E_NONE too (exit code 0, empty strings). */
const struct error_info *error_info(enum error_code code);

void error_clear(struct error *error);

#endif
