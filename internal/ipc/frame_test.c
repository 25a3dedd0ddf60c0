#include "ipc/frame.h"

#include "base/file.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static cJSON *conformance(void)
{
    struct buffer content = {0};
    struct error error = {0};
    cr_assert_eq(file_read(ULOOP_TESTDATA "/conformance/frames.json", 1 << 20, &content, &error),
                 FILE_READ);
    cJSON *root = json_parse(buffer_slice(&content), NULL);
    cr_assert_not_null(root);
    buffer_clear(&content);
    return root;
}

/* Feeds `bytes`, comparing the payloads that come out with `payloads` from *at on; returns the last
 * outcome. */
static enum frame_outcome feed_all(struct frame_parser *parser, struct slice bytes,
                                   const cJSON *payloads, int *at, struct error *error)
{
    enum frame_outcome outcome = FRAME_MORE;
    do {
        size_t taken = 0;
        outcome = frame_feed(parser, bytes, &taken, error);
        bytes.data += taken;
        bytes.length -= taken;
        if (outcome == FRAME_COMPLETE) {
            const char *expected = cJSON_GetStringValue(cJSON_GetArrayItem(payloads, (*at)++));
            cr_assert_not_null(expected, "one payload too many");
            cr_assert_eq(parser->payload.length, strlen(expected));
            cr_assert_eq(memcmp(parser->payload.data ? parser->payload.data : "", expected,
                                strlen(expected)),
                         0);
        }
    } while (outcome == FRAME_COMPLETE && bytes.length > 0);
    return outcome;
}

static void check_case(const cJSON *test)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    const cJSON *payloads = json_get(test, "payloads");
    const char *fault = json_string(test, "error");
    const char *eof = json_string(test, "eof");
    enum frame_outcome outcome = FRAME_MORE;
    int at = 0;
    const cJSON *chunk = NULL;
    cJSON_ArrayForEach(chunk, json_get(test, "chunks"))
    {
        if (outcome != FRAME_INVALID)
            outcome = feed_all(&parser, slice_of(chunk->valuestring), payloads, &at, &error);
    }
    cr_assert_eq(at, cJSON_GetArraySize(payloads));
    cr_assert_eq(outcome == FRAME_INVALID, fault != NULL);
    if (eof)
        frame_end(&parser, &error);
    if (fault || eof) {
        cr_assert_eq(error.code, E_ANSWER_MALFORMED);
        cr_assert_not_null(strstr(error.message, fault ? fault : eof), "\"%s\" does not say \"%s\"",
                           error.message, fault ? fault : eof);
    }
    error_clear(&error);
    frame_parser_clear(&parser);
}

Test(frame, agrees_with_every_conformance_case)
{
    cJSON *root = conformance();
    const cJSON *test = NULL;
    cJSON_ArrayForEach(test, json_get(root, "cases"))
    {
        check_case(test);
    }
    cJSON_Delete(root);
}

/* Feeds the stream cut at two places. */
static void check_split(const char *stream, size_t length, size_t first, size_t second,
                        const cJSON *payloads)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    int at = 0;
    const size_t cuts[] = {0, first, second, length};
    for (size_t i = 0; i < 3; i++) {
        struct slice piece = {.data = stream + cuts[i], .length = cuts[i + 1] - cuts[i]};
        cr_assert_neq(feed_all(&parser, piece, payloads, &at, &error), FRAME_INVALID);
    }
    cr_assert_eq(at, cJSON_GetArraySize(payloads), "cut at %zu and %zu", first, second);
    frame_parser_clear(&parser);
}

Test(frame, gives_the_same_payloads_for_every_split_of_a_valid_stream)
{
    cJSON *root = conformance();
    const cJSON *test = NULL;
    cJSON_ArrayForEach(test, json_get(root, "cases"))
    {
        const cJSON *payloads = json_get(test, "payloads");
        if (!payloads)
            continue;
        struct buffer stream = {0};
        const cJSON *chunk = NULL;
        cJSON_ArrayForEach(chunk, json_get(test, "chunks"))
        {
            buffer_append_string(&stream, chunk->valuestring);
        }
        for (size_t first = 0; first <= stream.length; first++) {
            for (size_t second = first; second <= stream.length; second++)
                check_split(stream.data, stream.length, first, second, payloads);
        }
        buffer_clear(&stream);
    }
    cJSON_Delete(root);
}

static enum frame_outcome feed_text(struct frame_parser *parser, const char *text,
                                    struct error *error)
{
    size_t taken = 0;
    return frame_feed(parser, slice_of(text), &taken, error);
}

Test(frame, takes_a_payload_of_exactly_64_mebibytes)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    size_t taken = 0;
    char *payload = memory_new(FRAME_MOST_PAYLOAD);
    cr_assert_eq(feed_text(&parser, "Content-Length: 67108864\r\n\r\n", &error), FRAME_MORE);
    struct slice bytes = {.data = payload, .length = FRAME_MOST_PAYLOAD};
    cr_assert_eq(frame_feed(&parser, bytes, &taken, &error), FRAME_COMPLETE);
    cr_assert_eq(parser.payload.length, FRAME_MOST_PAYLOAD);
    frame_parser_clear(&parser);
    free(payload);
}

Test(frame, does_not_take_memory_for_what_was_only_announced)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    cr_assert_eq(feed_text(&parser, "Content-Length: 67108864\r\n\r\n{", &error), FRAME_MORE);
    cr_assert_lt(parser.payload.capacity, (size_t)4096);
    frame_parser_clear(&parser);
}

Test(frame, refuses_a_header_that_does_not_end)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    enum frame_outcome outcome = FRAME_MORE;
    for (size_t sent = 0; sent <= FRAME_MOST_HEADER && outcome == FRAME_MORE; sent += 16)
        outcome = feed_text(&parser, "X-Endless: abcd\n", &error);
    cr_assert_eq(outcome, FRAME_INVALID);
    cr_assert_not_null(strstr(error.message, "header is too large"));
    error_clear(&error);
    frame_parser_clear(&parser);
}

Test(frame, refuses_a_header_line_without_a_colon)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    cr_assert_eq(feed_text(&parser, "HTTP/1.1 200 OK\r\n", &error), FRAME_INVALID);
    error_clear(&error);
    frame_parser_clear(&parser);
}

Test(frame, appends_a_header_that_it_can_read_itself)
{
    struct frame_parser parser = {0};
    struct error error = {0};
    struct buffer out = {0};
    frame_append_header(&out, 2);
    buffer_append_string(&out, "{}");
    cr_assert_eq(feed_text(&parser, out.data, &error), FRAME_COMPLETE);
    cr_assert_str_eq(parser.payload.data, "{}");
    buffer_clear(&out);
    frame_parser_clear(&parser);
}
