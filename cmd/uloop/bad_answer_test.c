/* What a command does with a server that breaks the contract, or is no server of ours. */

#include "editor_scene.h"

#include "base/buffer.h"

#include <criterion/criterion.h>
#include <string.h>

/* Runs `command`, sends it these bytes as the answer, and closes the connection. */
static struct program_end run_against(struct editor_scene *scene, const char *command,
                                      const struct buffer *answer)
{
    struct program *uloop = program_start((const char *const[]){ULOOP_PROGRAM, command, NULL},
                                          scene->project->root, NULL);
    struct test_request *request = test_editor_accept(scene->editor);
    if (answer->length > 0)
        (void)test_request_send_raw(request, answer->data, answer->length);
    test_request_close(request);
    return program_wait(uloop);
}

static void expect_failure(struct program_end end, int exit_code, const char *words)
{
    cr_assert_eq(end.exit_code, exit_code, "exit code %d, signal %d: %s", end.exit_code, end.signal,
                 end.err);
    cr_assert_not_null(strstr(end.err, words), "\"%s\" is not in %s", words, end.err);
    cr_assert_eq(end.out_length, (size_t)0);
    program_end_clear(&end);
}

static struct buffer framed(const char *payload)
{
    struct buffer answer = {0};
    buffer_append_format(&answer, "Content-Length: %zu\r\n\r\n%s", strlen(payload), payload);
    return answer;
}

Test(bad_answer, that_is_a_whole_frame_is_told_with_what_is_wrong)
{
    static const struct {
        const char *payload, *words;
    } ANSWERS[] = {
        {"", "the text ends too early"},
        {"garbage", "not a JSON value"},
        {"[]", "it is no object"},
        {"{}", "it has no id"},
        {"{\"result\":{}}", "it has no id"},
        {"{\"id\":2,\"result\":{}}", "belongs to another request"},
        {"{\"id\":1}", "neither a result nor an error"},
        {"{\"id\":1,\"result\":null}", "its result is no object"},
        {"{\"id\":1,\"result\":[1]}", "its result is no object"},
        {"{\"id\":1,\"result\":{\"a\":\"\xc3\x28\"}}", "invalid UTF-8"},
        {"{\"id\":1,\"error\":[]}", "its error is no object"},
    };
    struct editor_scene scene = editor_scene_new_ready();
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        struct buffer answer = framed(ANSWERS[i].payload);
        expect_failure(run_against(&scene, "get-hierarchy", &answer), 5, ANSWERS[i].words);
        expect_failure(run_against(&scene, "compile", &answer), 5, ANSWERS[i].words);
        buffer_clear(&answer);
    }
    editor_scene_free(&scene);
}

Test(bad_answer, whose_framing_is_broken_is_told_with_what_is_wrong)
{
    static const struct {
        const char *bytes, *words;
    } ANSWERS[] = {
        {"HTTP/1.1 400 Bad Request\r\n\r\n", "header line without a colon"},
        {"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "duplicate Content-Length"},
        {"Content-Length: -2\r\n\r\n{}", "invalid Content-Length"},
        {"Content-Length: two\r\n\r\n{}", "invalid Content-Length"},
        {"Content-Length: 68157440\r\n\r\n{", "too large"},
        {"X-Other: 1\r\n\r\n{}", "missing Content-Length"},
        {"Content-Length: 1\r\n\r\n{\"id\":1,\"result\":{}}", "an object's member without a name"},
    };
    struct editor_scene scene = editor_scene_new_ready();
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        struct buffer answer = {0};
        buffer_append_string(&answer, ANSWERS[i].bytes);
        expect_failure(run_against(&scene, "get-hierarchy", &answer), 5, ANSWERS[i].words);
        expect_failure(run_against(&scene, "compile", &answer), 5, ANSWERS[i].words);
        buffer_clear(&answer);
    }
    editor_scene_free(&scene);
}

Test(bad_answer, that_announces_more_than_it_sends_leaves_the_effect_unknown)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer answer = {0};
    buffer_append_string(&answer, "Content-Length: 200\r\n\r\n{\"id\":1,\"result\":{}}");
    expect_failure(run_against(&scene, "get-hierarchy", &answer), 6, "unexpected end");
    buffer_clear(&answer);
    editor_scene_free(&scene);
}

Test(bad_answer, nested_200_levels_deep_is_refused)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer payload = {0};
    buffer_append_string(&payload, "{\"id\":1,\"result\":{\"a\":");
    for (int i = 0; i < 200; i++)
        buffer_append_char(&payload, '[');
    for (int i = 0; i < 200; i++)
        buffer_append_char(&payload, ']');
    buffer_append_string(&payload, "}}");
    struct buffer answer = framed(payload.data);
    expect_failure(run_against(&scene, "get-hierarchy", &answer), 5, "nested too deep");
    buffer_clear(&answer);
    buffer_clear(&payload);
    editor_scene_free(&scene);
}

Test(bad_answer, cut_off_at_any_byte_leaves_the_effect_unknown)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer whole = framed("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"Ok\":true}}");
    for (size_t length = 0; length < whole.length; length++) {
        struct buffer part = {.data = whole.data, .length = length};
        expect_failure(run_against(&scene, "get-hierarchy", &part), 6,
                       "UNITY_DISCONNECTED_AFTER_DISPATCH");
    }
    struct program_end end = run_against(&scene, "get-hierarchy", &whole);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    buffer_clear(&whole);
    editor_scene_free(&scene);
}

Test(bad_answer, is_not_what_an_answer_of_60_mebibytes_is)
{
    const size_t text_length = (size_t)60 * 1024 * 1024;
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer payload = {0};
    buffer_append_string(&payload, "{\"id\":1,\"result\":{\"Text\":\"");
    cr_assert(buffer_reserve(&payload, text_length));
    memset(payload.data + payload.length, 'x', text_length);
    payload.length += text_length;
    buffer_append_string(&payload, "\"}}");
    struct buffer answer = framed(payload.data);
    struct program_end end = run_against(&scene, "get-hierarchy", &answer);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    cr_assert_eq(end.out_length, text_length + strlen("{\n  \"Text\": \"\"\n}\n"));
    program_end_clear(&end);
    buffer_clear(&answer);
    buffer_clear(&payload);
    editor_scene_free(&scene);
}

Test(bad_answer, followed_by_more_bytes_is_still_an_answer)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer answer = framed("{\"id\":1,\"result\":{\"Ok\":true}}");
    buffer_append_string(&answer, "and then some garbage");
    struct program_end end = run_against(&scene, "get-hierarchy", &answer);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    program_end_clear(&end);
    buffer_clear(&answer);
    editor_scene_free(&scene);
}

Test(bad_answer, does_not_come_from_frames_that_only_tell_of_progress)
{
    struct editor_scene scene = editor_scene_new_ready();
    struct buffer answer =
        framed("{\"id\":1,\"result\":{\"accepted\":true},\"uloop\":{\"phase\":\"accepted\"}}");
    struct buffer final = framed("{\"id\":1,\"result\":{\"Ok\":true}}");
    buffer_append(&answer, final.data, final.length);
    struct program_end end = run_against(&scene, "get-hierarchy", &answer);
    cr_assert_eq(end.exit_code, 0, "%s", end.err);
    cr_assert_not_null(strstr(end.out, "\"Ok\": true"));
    program_end_clear(&end);
    buffer_clear(&final);
    buffer_clear(&answer);
    editor_scene_free(&scene);
}
