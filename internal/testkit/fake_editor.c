/*
 * An Editor that `uloop launch` can start: it takes -projectPath and -logFile, writes its log, and
 * then does step by step what a test tells it, first by the environment variable FAKE_EDITOR_STEPS,
 * then by what is written to the FIFO that FAKE_EDITOR_CONTROL names. When nobody has that FIFO
 * open for writing any more, the test is over and it ends. Steps are words between blanks:
 *
 *   lock              writes Temp/UnityLockfile
 *   starting, ready … publishes that phase (or any other word's)
 *   listen, deaf      begins or stops to serve the endpoint, where it answers get-version
 *   stubborn          ignores SIGTERM, at which it otherwise quits as an Editor does
 *   exit:<number>     ends with that exit code
 *   kill              ends by a signal, as in a crash
 *
 * Written from docs/protocol.md alone; shares no code with the client or the host.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sha2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    PATH_SIZE = 8192,
    MESSAGE_SIZE = 65536,
    EXIT_TEST_OVER = 90,
    EXIT_BROKEN = 91
};

static char root[PATH_SIZE]; /* canonical */
static char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
static int listener = -1;
static FILE *editor_log;
static int quit_requests[2]; /* a pipe from the signal's handler */

static _Noreturn void give_up(const char *what)
{
    if (editor_log)
        (void)fprintf(editor_log, "fake Editor: %s: %s\n", what, strerror(errno));
    exit(EXIT_BROKEN);
}

static void in_project(char path[PATH_SIZE], const char *relative)
{
    if (snprintf(path, PATH_SIZE, "%s/%s", root, relative) >= PATH_SIZE)
        give_up("a path is too long");
}

static void write_file(const char *relative, const char *content)
{
    char path[PATH_SIZE];
    in_project(path, relative);
    FILE *file = fopen(path, "w");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0)
        give_up(path);
}

static void move(const char *from, const char *to, int may_be_absent)
{
    char old_path[PATH_SIZE];
    char new_path[PATH_SIZE];
    in_project(old_path, from);
    in_project(new_path, to);
    if (rename(old_path, new_path) != 0 && !(may_be_absent && errno == ENOENT))
        give_up(new_path);
}

static void make_folder(const char *relative)
{
    char path[PATH_SIZE];
    in_project(path, relative);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        give_up(path);
}

static void publish(const char *phase, const char *reason)
{
    char state[1024];
    (void)snprintf(state, sizeof(state),
                   "{\"phase\":\"%s\",\"generationId\":\"0123456789abcdef0123456789abcdef\","
                   "\"updatedAt\":\"2024-01-01T00:00:00.0000000Z\",\"reason\":\"%s\","
                   "\"endpoint\":null,\"lastError\":\"the fake Editor was told so\"}",
                   phase, reason);
    make_folder("Temp");
    make_folder("Temp/UnityCliLoop");
    write_file("Temp/UnityCliLoop/server-state.json.tmp.write", state);
    move("Temp/UnityCliLoop/server-state.json.tmp.write", "Temp/UnityCliLoop/server-state.json.tmp",
         0);
    move("Temp/UnityCliLoop/server-state.json", "Temp/UnityCliLoop/server-state.json.bak", 1);
    move("Temp/UnityCliLoop/server-state.json.tmp", "Temp/UnityCliLoop/server-state.json", 0);
}

static void start_listening(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)mkdir("/tmp/uloop", 0777);
    (void)unlink(socket_path);
    memcpy(address.sun_path, socket_path, sizeof(socket_path));
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 16) != 0)
        give_up(socket_path);
}

static void stop_listening(void)
{
    if (listener < 0)
        return;
    (void)close(listener);
    (void)unlink(socket_path);
    listener = -1;
}

/* Reads one frame's payload; 0 when the client hung up before. */
static size_t read_payload(int connection, char message[MESSAGE_SIZE], char **payload)
{
    size_t have = 0;
    for (;;) {
        message[have] = '\0';
        char *end = strstr(message, "\r\n\r\n");
        size_t length = end ? strtoul(message + strlen("Content-Length:"), NULL, 10) : 0;
        *payload = end ? end + 4 : NULL;
        if (end && have >= (size_t)(*payload - message) + length)
            return length;
        ssize_t got = read(connection, message + have, MESSAGE_SIZE - 1 - have);
        if (got <= 0)
            return 0;
        have += (size_t)got;
    }
}

/* Answers one request and hangs up. */
static void serve(int connection)
{
    static char message[MESSAGE_SIZE];
    char *payload;
    if (read_payload(connection, message, &payload) > 0) {
        const char *id = strstr(payload, "\"id\":");
        char answer[256];
        char frame[512];
        int length = snprintf(answer, sizeof(answer),
                              "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":{\"IsEditor\":true,"
                              "\"UnityVersion\":\"2022.3.62f1\"}}",
                              id ? strtol(id + strlen("\"id\":"), NULL, 10) : 0);
        int size = snprintf(frame, sizeof(frame), "Content-Length: %d\r\n\r\n%s", length, answer);
        if (write(connection, frame, (size_t)size) != size)
            (void)fprintf(editor_log, "a client went away\n");
    }
    (void)close(connection);
}

static _Noreturn void quit(void)
{
    char lock[PATH_SIZE];
    in_project(lock, "Temp/UnityLockfile");
    publish("stopped", "editor-quitting");
    stop_listening();
    (void)unlink(lock);
    exit(EXIT_SUCCESS);
}

static void take_step(const char *step)
{
    (void)fprintf(editor_log, "step %s\n", step);
    if (strcmp(step, "lock") == 0) {
        make_folder("Temp");
        write_file("Temp/UnityLockfile", "");
    } else if (strcmp(step, "listen") == 0) {
        start_listening();
    } else if (strcmp(step, "deaf") == 0) {
        stop_listening();
    } else if (strcmp(step, "stubborn") == 0) {
        (void)signal(SIGTERM, SIG_IGN);
    } else if (strncmp(step, "exit:", 5) == 0) {
        /* At once, as a crash does: a sanitizer that looks for leaks must not change the code. */
        _exit((int)strtol(step + 5, NULL, 10));
    } else if (strcmp(step, "kill") == 0) {
        (void)raise(SIGKILL);
    } else {
        publish(step, strcmp(step, "stopped") == 0 ? "manual-stop" : "manual-start");
    }
}

static void take_steps(char *steps)
{
    for (char *rest = steps, *step; (step = strtok_r(rest, " \n", &rest)) != NULL;)
        take_step(step);
}

static void ask_to_quit(int number)
{
    (void)number;
    (void)!write(quit_requests[1], "", 1);
}

/* The value of the option, which Unity reads in any case; NULL when there is none. */
static const char *option_value(char **arguments, const char *name)
{
    for (; arguments[0] && arguments[1]; arguments++) {
        if (strcasecmp(arguments[0], name) == 0)
            return arguments[1];
    }
    return NULL;
}

/* As Unity does: an old log is put aside. */
static void open_log(char **arguments)
{
    const char *given = option_value(arguments, "-logFile");
    const char *home = getenv("HOME");
    if (!home)
        exit(EXIT_BROKEN);
    char path[PATH_SIZE];
    char previous[PATH_SIZE + 8];
    (void)snprintf(path, sizeof(path), "%s/.config/unity3d", home);
    for (char *at = path + strlen(home) + 1; !given && at;) {
        char *slash = strchr(at, '/');
        if (slash)
            *slash = '\0';
        (void)mkdir(path, 0777);
        if (slash)
            *slash = '/';
        at = slash ? slash + 1 : NULL;
    }
    (void)snprintf(path, sizeof(path), given ? "%s" : "%s/.config/unity3d/Editor.log",
                   given ? given : home);
    (void)snprintf(previous, sizeof(previous), "%s-prev", path);
    (void)rename(path, previous);
    editor_log = fopen(path, "w");
    if (!editor_log)
        exit(EXIT_BROKEN);
    (void)setvbuf(editor_log, NULL, _IOLBF, 0);
}

/* What it finds itself started with, for the test to look at. */
static void tell_surroundings(char **arguments)
{
    char folder[PATH_SIZE];
    DIR *descriptors = opendir("/dev/fd");
    int count = -1; /* that of the listing itself */
    for (const struct dirent *entry; descriptors && (entry = readdir(descriptors)) != NULL;)
        count += entry->d_name[0] != '.';
    if (descriptors)
        (void)closedir(descriptors);
    open_log(arguments);
    for (int i = 1; arguments[i]; i++)
        (void)fprintf(editor_log, "argument %s\n", arguments[i]);
    (void)fprintf(editor_log, "folder %s\n", getcwd(folder, sizeof(folder)));
    (void)fprintf(editor_log, "session %s\n", getsid(0) == getpid() ? "own" : "inherited");
    (void)fprintf(editor_log, "descriptors %d\n", count);
}

static void find_project(char **arguments)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    const char *given = option_value(arguments, "-projectPath");
    if (!given || !realpath(given, root))
        give_up("no project");
    (void)SHA256Data((const uint8_t *)root, strlen(root), digest);
    (void)snprintf(socket_path, sizeof(socket_path), "/tmp/uloop/UnityCliLoop-%.16s.sock", digest);
}

int main(int argc, char **argv)
{
    (void)argc;
    tell_surroundings(argv);
    find_project(argv);
    const struct sigaction quitting = {.sa_handler = ask_to_quit};
    if (pipe(quit_requests) != 0 || sigaction(SIGTERM, &quitting, NULL) != 0)
        give_up("SIGTERM");
    (void)signal(SIGPIPE, SIG_IGN);
    const char *control_path = getenv("FAKE_EDITOR_CONTROL");
    int control = control_path ? open(control_path, O_RDONLY | O_NONBLOCK) : -1;
    if (control < 0)
        give_up("FAKE_EDITOR_CONTROL");
    const char *steps = getenv("FAKE_EDITOR_STEPS");
    char *copy = strdup(steps ? steps : "lock starting listen ready");
    if (!copy)
        give_up("memory");
    take_steps(copy);
    for (;;) {
        struct pollfd polled[] = {{.fd = control, .events = POLLIN},
                                  {.fd = listener, .events = POLLIN},
                                  {.fd = quit_requests[0], .events = POLLIN}};
        char text[1024];
        if (poll(polled, 3, -1) < 0)
            continue;
        if (polled[2].revents)
            quit();
        if (polled[1].revents)
            serve(accept(listener, NULL, NULL));
        if (polled[0].revents) {
            ssize_t got = read(control, text, sizeof(text) - 1);
            if (got == 0) {
                stop_listening();
                exit(EXIT_TEST_OVER);
            }
            text[got > 0 ? got : 0] = '\0';
            take_steps(text);
        }
    }
}
