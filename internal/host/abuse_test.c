/*
 * A server under abuse from eight processes, and beside them a client who means well: it is
 * answered every time and soon, and afterwards the server is what it was before. It prints what it
 * measured. ULOOP_ABUSE_CONNECTIONS says how many connections the abusers make, and has every
 * answer held to its full-size limit.
 */

#include "host/abuser_test.h"
#include "host/serving_test.h"

#include "base/buffer.h"
#include "ipc/token.h"
#include "json/json.h"
#include "testkit/program.h"
#include "testkit/temp_project.h"
#include "testkit/wait.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ABUSERS = 8,
    STANDARD_CONNECTIONS = 10000,
    PERIOD_MS = 10,       /* between two requests of the client */
    LIMIT_MS = 100,       /* for each answer, at the full size */
    SLOW_LIMIT_MS = 2000, /* on any machine, whatever else it does */
    MOST_GROWTH_KIB = 512,
    ANSWERS_BESIDE_LARGE = 200,
    LARGE_ABUSERS = 4, /* each has a processor busy, and has the server have one busy */
};

struct scene {
    struct serving *serving;
    struct abuse abuse;
    char *token;
    size_t connections;
    struct buffer times;  /* uint64_t microseconds, one for each answer */
    size_t answers, slow; /* slow: later than LIMIT_MS */
};

static uint64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

static size_t connections_wanted(void)
{
    const char *text = getenv("ULOOP_ABUSE_CONNECTIONS");
    return text ? (size_t)strtoul(text, NULL, 10) : STANDARD_CONNECTIONS;
}

static void scene_open(struct scene *scene, const struct program_limit *limit)
{
    static const char *const OPTIONS[] = {"--quiet", "--listen", "tcp:127.0.0.1:0", NULL};
    struct error error = {0};
    unsigned short port = 0;
    *scene = (struct scene){.serving = serving_new(), .connections = connections_wanted()};
    serving_start_limited(scene->serving, OPTIONS, limit);
    cJSON *state = serving_state(scene->serving);
    cr_assert_eq(sscanf(json_string(state, "endpoint"), "tcp:127.0.0.1:%hu", &port), 1);
    cJSON_Delete(state);
    scene->abuse.socket.sun_family = AF_UNIX;
    strcpy(scene->abuse.socket.sun_path, scene->serving->socket);
    scene->abuse.port.sin_family = AF_INET;
    scene->abuse.port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    scene->abuse.port.sin_port = htons(port);
    scene->token = token_read(temp_project_path(scene->serving->project, TOKEN_FILE), &error);
    cr_assert(scene->token, "%s", error.message);
}

/* --- What the server is made of --- */

static size_t descriptors_of(pid_t pid)
{
    size_t count = 0;
    char *path = memory_format("/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    cr_assert(folder, "%s cannot be read", path);
    while (readdir(folder))
        count++;
    (void)closedir(folder);
    free(path);
    return count - 2; /* "." and ".." */
}

/* Those that are open when nobody is connected: of a client that has just left the server has not
 * heard yet, and no event tells when it has. */
static size_t idle_descriptors(const struct scene *scene)
{
    size_t least = SIZE_MAX;
    for (int look = 0; look < 50; look++) {
        size_t count = descriptors_of(program_pid(scene->serving->program));
        least = count < least ? count : least;
        (void)poll(NULL, 0, 1);
    }
    return least;
}

/* A large request is answered after those before it, whose clients are gone, have been read. */
static void await_readings(const struct scene *scene)
{
    int connection = serving_connect(scene->serving);
    char *payload = memory_format(
        "{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,\"other\":\"%0*d\"}", 100000, 0);
    serving_send_frame(connection, payload);
    cJSON *answer = serving_receive(connection);
    cr_expect(json_get(answer, "result"));
    cJSON_Delete(answer);
    (void)close(connection);
    free(payload);
}

static long memory_of(pid_t pid)
{
    long kib = 0;
    char line[256];
    char *path = memory_format("/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    cr_assert(file, "%s cannot be read", path);
    while (fgets(line, sizeof(line), file) && sscanf(line, "VmRSS: %ld kB", &kib) != 1)
        continue;
    (void)fclose(file);
    free(path);
    return kib;
}

static ino_t socket_of(const struct scene *scene)
{
    struct stat found;
    cr_assert_eq(stat(scene->serving->socket, &found), 0, "the socket is gone");
    return found.st_ino;
}

/* --- The client who means well --- */

static void ask(struct scene *scene)
{
    bool over_tcp = scene->answers % 2;
    uint64_t begin = now_us();
    int connection =
        over_tcp ? serving_connect_tcp(scene->serving) : serving_connect(scene->serving);
    char *payload = memory_format("{\"jsonrpc\":\"2.0\",\"method\":\"get-version\",\"id\":1,"
                                  "\"uloop\":{\"token\":\"%s\"}}",
                                  scene->token);
    serving_send_frame(connection, payload);
    cJSON *answer = serving_receive(connection);
    uint64_t took = now_us() - begin;
    cr_assert(answer, "request %zu was not answered", scene->answers);
    cr_assert(json_get(answer, "result"), "request %zu was refused", scene->answers);
    cJSON_Delete(answer);
    free(payload);
    (void)close(connection);
    scene->answers++;
    scene->slow += took > LIMIT_MS * 1000U;
    buffer_append(&scene->times, (const char *)&took, sizeof(took));
}

static int compare_times(const void *left, const void *right)
{
    uint64_t a, b;
    memcpy(&a, left, sizeof(a));
    memcpy(&b, right, sizeof(b));
    return (a > b) - (a < b);
}

/* Of the answers' times in their order, the one so far along. */
static double time_at(struct scene *scene, double share)
{
    uint64_t time_us;
    size_t at = (size_t)(share * (double)(scene->answers - 1));
    qsort(scene->times.data, scene->answers, sizeof(time_us), compare_times);
    memcpy(&time_us, scene->times.data + at * sizeof(time_us), sizeof(time_us));
    return (double)time_us / 1e3;
}

/* --- The others --- */

static void expect_end(pid_t pid, int status)
{
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "abuser %d ended with status %d",
              (int)pid, status);
}

static void next_tick(struct timespec *tick)
{
    tick->tv_nsec += PERIOD_MS * 1000000;
    if (tick->tv_nsec >= 1000000000) {
        tick->tv_nsec -= 1000000000;
        tick->tv_sec++;
    }
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, tick, NULL);
}

/* Asks at every tick until the last abuser has ended. */
static void ask_meanwhile(struct scene *scene, const pid_t *abusers)
{
    size_t running = ABUSERS;
    struct timespec tick;
    (void)clock_gettime(CLOCK_MONOTONIC, &tick);
    while (running > 0) {
        ask(scene);
        for (size_t at = 0; at < ABUSERS; at++) {
            int status = 0;
            if (waitpid(abusers[at], &status, WNOHANG) != abusers[at])
                continue;
            expect_end(abusers[at], status);
            running--;
        }
        next_tick(&tick);
    }
}

static void abuse(struct scene *scene, size_t connections)
{
    pid_t abusers[ABUSERS];
    (void)fflush(NULL);
    for (size_t at = 0; at < ABUSERS; at++) {
        abusers[at] = fork();
        cr_assert_geq(abusers[at], 0);
        if (abusers[at] == 0) {
            scene->abuse.connections = connections / ABUSERS;
            scene->abuse.seed = (unsigned)at;
            abuse_server(&scene->abuse);
        }
    }
    ask_meanwhile(scene, abusers);
}

static void expect_unharmed(const struct program_limit *limit)
{
    struct scene scene;
    scene_open(&scene, limit);
    pid_t pid = program_pid(scene.serving->program);
    ino_t socket = socket_of(&scene);
    size_t descriptors = idle_descriptors(&scene);
    abuse(&scene, scene.connections / 4); /* the allocator takes what it will keep */
    await_readings(&scene);
    (void)idle_descriptors(&scene);
    long memory = memory_of(pid);
    uint64_t begin = now_us();
    abuse(&scene, scene.connections);
    uint64_t took = now_us() - begin;
    await_readings(&scene);
    size_t descriptors_after = idle_descriptors(&scene);
    long memory_after = memory_of(pid);
    (void)printf(
        "%zu connections of %d processes in %.2f s; %zu answers beside them, after %.2f "
        "ms (half of them), %.2f ms (99 of 100), %.2f ms (the last), %zu later than %d ms; "
        "descriptors %zu, then %zu; memory %ld KiB, then %ld KiB\n",
        scene.connections, ABUSERS, (double)took / 1e6, scene.answers, time_at(&scene, 0.5),
        time_at(&scene, 0.99), time_at(&scene, 1), scene.slow, LIMIT_MS, descriptors,
        descriptors_after, memory, memory_after);
    cr_expect_eq(descriptors_after, descriptors);
    cr_expect_eq(socket_of(&scene), socket, "the listener was closed");
    cr_expect_lt(time_at(&scene, 1), SLOW_LIMIT_MS);
    cr_expect(scene.slow == 0 || !getenv("ULOOP_ABUSE_CONNECTIONS"));
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed */
    cr_expect_lt(memory_after - memory, MOST_GROWTH_KIB);
#endif
    serving_expect_alive(scene.serving);
    serving_stop(scene.serving);
    buffer_clear(&scene.times);
    free(scene.token);
}

Test(abuse, leaves_a_server_unharmed)
{
    expect_unharmed(NULL);
}

Test(abuse, leaves_a_server_with_64_descriptors_unharmed)
{
    expect_unharmed(&(struct program_limit){.resource = RLIMIT_NOFILE, .value = 64});
}

/* They go on until the server is gone. */
static void start_large_messages(struct scene *scene, pid_t *abusers)
{
    (void)fflush(NULL);
    for (size_t at = 0; at < LARGE_ABUSERS; at++) {
        abusers[at] = fork();
        cr_assert_geq(abusers[at], 0);
        if (abusers[at] == 0)
            abuse_with_large_messages(&scene->abuse, at % 2);
    }
}

Test(abuse, with_large_messages_keeps_nobody_waiting_and_puts_off_no_end)
{
    struct scene scene;
    pid_t abusers[LARGE_ABUSERS];
    struct timespec tick;
    scene_open(&scene, NULL);
    start_large_messages(&scene, abusers);
    (void)clock_gettime(CLOCK_MONOTONIC, &tick);
    for (size_t at = 0; at < ANSWERS_BESIDE_LARGE; at++) {
        ask(&scene);
        next_tick(&tick);
    }
    uint64_t begin = now_us();
    serving_stop(scene.serving);
    double stop_ms = (double)(now_us() - begin) / 1e3;
    for (size_t at = 0; at < LARGE_ABUSERS; at++) {
        int status = 0;
        cr_assert_eq(waitpid(abusers[at], &status, 0), abusers[at]);
        expect_end(abusers[at], status);
    }
    (void)printf("%zu answers beside large messages, after %.2f ms (half of them), %.2f ms (99 of "
                 "100), %.2f ms (the last), %zu later than %d ms; its end after %.2f ms\n",
                 scene.answers, time_at(&scene, 0.5), time_at(&scene, 0.99), time_at(&scene, 1),
                 scene.slow, LIMIT_MS, stop_ms);
    cr_expect_lt(time_at(&scene, 1), SLOW_LIMIT_MS);
    cr_expect(scene.slow == 0 || !getenv("ULOOP_ABUSE_CONNECTIONS"));
    cr_expect_lt(stop_ms, SLOW_LIMIT_MS);
    buffer_clear(&scene.times);
    free(scene.token);
}
