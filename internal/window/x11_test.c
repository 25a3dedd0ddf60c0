/* The client against a server that says what the test wants, whatever it is asked. */

#include "window/x11.h"

#include "base/clock.h"
#include "testkit/temp_project.h"
#include "window/x11_wire.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROOT = 0x123,
    ATOM = 0x55,
    LONG_MS = 30000,
    SHORT_MS = 50,
};

static void put(struct buffer *out, const void *bytes, size_t length)
{
    buffer_append(out, bytes, length);
}

static void put_screen(struct buffer *out, uint32_t root, unsigned char depths)
{
    unsigned char screen[40] = {0};
    x11_put32(screen, root);
    screen[39] = depths;
    put(out, screen, sizeof screen);
    for (unsigned char i = 0; i < depths; i++) {
        unsigned char depth[8 + 24] = {24, 0, 1};
        put(out, depth, sizeof depth);
    }
}

/* With two screens, the second one's root being ROOT. */
static void put_greeting(struct buffer *out)
{
    struct buffer body = {0};
    unsigned char fixed[32] = {0};
    unsigned char format[8] = {0};
    unsigned char head[8] = {1, 0, 11};
    x11_put16(fixed + 16, 3); /* the vendor's length */
    fixed[20] = 2;
    fixed[21] = 1;
    put(&body, fixed, sizeof fixed);
    put(&body, "me!", 4);
    put(&body, format, sizeof format);
    put_screen(&body, 0x99, 2);
    put_screen(&body, ROOT, 0);
    x11_put16(head + 6, (unsigned)(body.length / 4));
    put(out, head, sizeof head);
    put(out, body.data, body.length);
    buffer_clear(&body);
}

static void put_message(struct buffer *out, unsigned char type, unsigned sequence, uint32_t at_8,
                        uint32_t at_16, size_t words)
{
    unsigned char message[32] = {type, 32};
    x11_put16(message + 2, sequence);
    x11_put32(message + 4, (uint32_t)words);
    x11_put32(message + 8, at_8);
    x11_put32(message + 16, at_16);
    put(out, message, sizeof message);
    for (uint32_t i = 0; i < words; i++) {
        unsigned char value[4];
        x11_put32(value, i + 1);
        put(out, value, sizeof value);
    }
}

/* Then the answers to a question for an atom and for a property of two values, with an event in
 * between. */
static void put_conversation(struct buffer *out)
{
    put_greeting(out);
    put_message(out, X11_REPLY, 1, ATOM, 0, 0);
    put_message(out, X11_PROPERTY_NOTIFY, 1, 0, 0, 0);
    put_message(out, X11_REPLY, 2, X11_WINDOW, 2, 2);
}

struct scene {
    struct temp_project *folder;
    struct x11_display display;
    pid_t server;
    struct x11 x11;
    struct error error;
};

/* Accepts one connection, says everything, and then either hangs up or listens until the client
 * does. */
static _Noreturn void serve(int listener, const struct buffer *speech, bool hangs_up)
{
    char ignored[4096];
    int connection = accept(listener, NULL, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)send(connection, speech->data, speech->length, 0);
    if (hangs_up)
        (void)shutdown(connection, SHUT_WR);
    while (read(connection, ignored, sizeof ignored) > 0)
        continue;
    _exit(0);
}

static void scene_open(struct scene *scene, const struct buffer *speech, bool hangs_up)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *scene = (struct scene){.folder = temp_folder_new(), .display.screen = 1};
    scene->display.socket = (char *)temp_project_path(scene->folder, "X");
    strcpy(address.sun_path, scene->display.socket);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 1), 0);
    scene->server = fork();
    cr_assert_geq(scene->server, 0);
    if (scene->server == 0)
        serve(listener, speech, hangs_up);
    cr_assert_eq(close(listener), 0);
}

static bool open_x11(struct scene *scene, uint64_t limit_ms)
{
    return x11_open(&scene->x11, &scene->display, (struct slice){"cookie", 6},
                    clock_after(clock_now_ms(), limit_ms), &scene->error);
}

static void scene_close(struct scene *scene)
{
    error_clear(&scene->error);
    (void)kill(scene->server, SIGKILL);
    cr_assert_eq(waitpid(scene->server, NULL, 0), scene->server);
    temp_project_free(scene->folder);
}

/* Asks for what put_conversation() answers. */
static bool converse(struct scene *scene, struct x11_values *values)
{
    uint32_t atom;
    if (!open_x11(scene, LONG_MS))
        return false;
    bool done = x11_atom(&scene->x11, "_NET_CLIENT_LIST", &atom, &scene->error);
    if (done) {
        cr_expect_eq(scene->x11.root, ROOT);
        cr_expect_eq(atom, ATOM);
        done = x11_property(&scene->x11, ROOT, atom, X11_WINDOW, values, &scene->error);
    }
    x11_close(&scene->x11);
    return done;
}

Test(x11, finds_the_screens_root_and_reads_a_property_past_an_event)
{
    struct buffer speech = {0};
    struct x11_values values = {0};
    struct scene scene;
    put_conversation(&speech);
    scene_open(&scene, &speech, false);
    cr_assert(converse(&scene, &values), "%s", scene.error.message);
    cr_assert_eq(values.count, 2);
    cr_expect_eq(values.items[0], 1);
    cr_expect_eq(values.items[1], 2);
    x11_values_clear(&values);
    buffer_clear(&speech);
    scene_close(&scene);
}

Test(x11, forgets_no_change_that_came_between_two_answers)
{
    struct buffer speech = {0};
    struct x11_values values = {0};
    struct scene scene;
    uint32_t atom;
    put_conversation(&speech);
    scene_open(&scene, &speech, true);
    cr_assert(open_x11(&scene, LONG_MS), "%s", scene.error.message);
    cr_assert(x11_atom(&scene.x11, "_NET_ACTIVE_WINDOW", &atom, &scene.error));
    cr_assert(x11_property(&scene.x11, ROOT, atom, X11_WINDOW, &values, &scene.error));
    cr_expect(x11_await_change(&scene.x11, &scene.error));
    cr_expect_not(x11_await_change(&scene.x11, &scene.error), "it told of one change twice");
    x11_close(&scene.x11);
    x11_values_clear(&values);
    buffer_clear(&speech);
    scene_close(&scene);
}

Test(x11, tells_a_connection_that_is_cut_off_anywhere)
{
    struct buffer speech = {0};
    put_conversation(&speech);
    size_t whole = speech.length;
    for (size_t length = 0; length < whole; length += 7) {
        struct x11_values values = {0};
        struct scene scene;
        speech.length = length;
        scene_open(&scene, &speech, true);
        cr_expect_not(converse(&scene, &values), "cut off at %zu", length);
        cr_expect_eq(scene.error.code, E_SYSTEM);
        x11_values_clear(&values);
        scene_close(&scene);
    }
    buffer_clear(&speech);
}

Test(x11, gives_a_silent_server_up_at_the_deadline)
{
    struct buffer speech = {0};
    struct scene scene;
    put_greeting(&speech);
    speech.length -= 1;
    scene_open(&scene, &speech, false);
    cr_expect_not(open_x11(&scene, SHORT_MS));
    cr_expect_str_eq(scene.error.message, "The X server does not answer.");
    buffer_clear(&speech);
    scene_close(&scene);
}

Test(x11, tells_why_the_server_refuses)
{
    static const char REFUSAL[] = "\0\x12\x0B\0\0\0\x05\0No protocol today.\n\0";
    struct buffer speech = {0};
    struct scene scene;
    put(&speech, REFUSAL, 28);
    scene_open(&scene, &speech, false);
    cr_expect_not(open_x11(&scene, LONG_MS));
    cr_expect_str_eq(scene.error.message, "The X server lets us not in: No protocol today.");
    buffer_clear(&speech);
    scene_close(&scene);
}

Test(x11, refuses_a_greeting_without_the_screen)
{
    struct buffer speech = {0};
    struct scene scene;
    put_greeting(&speech);
    scene_open(&scene, &speech, false);
    scene.display.screen = 2;
    cr_expect_not(open_x11(&scene, LONG_MS));
    cr_expect_str_eq(scene.error.message, "What the X server sends is not X11.");
    buffer_clear(&speech);
    scene_close(&scene);
}

/* What a property's answer may claim: a type, a number of values, and words that follow. */
static void expect_property(uint32_t type, uint32_t count, size_t words, bool expected,
                            size_t expected_count)
{
    struct buffer speech = {0};
    struct x11_values values = {0};
    struct scene scene;
    put_greeting(&speech);
    put_message(&speech, X11_REPLY, 1, ATOM, 0, 0);
    put_message(&speech, X11_REPLY, 2, type, count, words);
    scene_open(&scene, &speech, false);
    cr_expect_eq(converse(&scene, &values), expected);
    cr_expect_eq(values.count, expected_count);
    x11_values_clear(&values);
    buffer_clear(&speech);
    scene_close(&scene);
}

Test(x11, believes_no_property_that_claims_more_than_it_has)
{
    expect_property(X11_WINDOW, 3, 3, true, 3);
    expect_property(X11_WINDOW, 3, 2, false, 0);
    expect_property(X11_WINDOW, UINT32_MAX, 2, false, 0);
    expect_property(X11_CARDINAL, 3, 3, true, 0);
    expect_property(X11_WINDOW, 0, 0, true, 0);
}

/* Sends one message of 32 bytes for the atom that is asked for. */
static void expect_garbled(unsigned char type, unsigned sequence, uint32_t words)
{
    struct buffer speech = {0};
    struct x11_values values = {0};
    struct scene scene;
    put_greeting(&speech);
    put_message(&speech, type, sequence, ATOM, 0, 0);
    x11_put32((unsigned char *)speech.data + speech.length - 28, words);
    scene_open(&scene, &speech, true);
    cr_expect_not(converse(&scene, &values));
    cr_expect_eq(scene.error.code, E_SYSTEM);
    buffer_clear(&speech);
    scene_close(&scene);
}

Test(x11, refuses_answers_to_nothing_and_of_any_size)
{
    expect_garbled(X11_REPLY, 7, 0);
    expect_garbled(X11_ERROR, 1, 0);
    expect_garbled(X11_REPLY, 1, UINT32_MAX);
    expect_garbled(X11_REPLY, 1, 1 << 20);
    expect_garbled(X11_GENERIC_EVENT, 1, UINT32_MAX);
}

Test(x11, says_that_nobody_listens)
{
    struct temp_project *folder = temp_folder_new();
    struct x11_display display = {.socket = (char *)temp_project_path(folder, "X")};
    struct x11 x11;
    struct error error = {0};
    cr_expect_not(x11_open(&x11, &display, (struct slice){0}, CLOCK_NEVER, &error));
    cr_expect(strstr(error.message, "Cannot connect to the X server at"), "%s", error.message);
    error_clear(&error);
    char *endless = memory_format("/%0200d", 0);
    display.socket = endless;
    cr_expect_not(x11_open(&x11, &display, (struct slice){0}, CLOCK_NEVER, &error));
    error_clear(&error);
    free(endless);
    temp_project_free(folder);
}
