#include "ipc/frame.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char LENGTH_HEADER[] = "Content-Length";

static bool invalid(struct error *error, const char *what)
{
    return error_set(error, E_ANSWER_MALFORMED, "The message's framing is broken: %s.", what);
}

static void start_frame(struct frame_parser *parser)
{
    parser->line.length = 0;
    parser->payload.length = 0;
    parser->header_length = 0;
    parser->payload_length = 0;
    parser->has_length = false;
    parser->in_payload = false;
    parser->handed_out = false;
}

static struct slice trimmed(struct slice text)
{
    while (text.length > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && isspace((unsigned char)text.data[text.length - 1]))
        text.length--;
    return text;
}

static bool take_length(struct frame_parser *parser, struct slice value, struct error *error)
{
    size_t length = 0;
    if (parser->has_length)
        return invalid(error, "duplicate Content-Length");
    if (value.length == 0)
        return invalid(error, "invalid Content-Length");
    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return invalid(error, "invalid Content-Length");
    }
    size_t most = parser->most_payload ? parser->most_payload : FRAME_MOST_PAYLOAD;
    for (size_t i = 0; i < value.length; i++) {
        length = length * 10 + (size_t)(value.data[i] - '0');
        if (length > most)
            return error_set(error, E_ANSWER_MALFORMED,
                             "The message's framing is broken: the payload is too large, %zu KiB "
                             "are the limit.",
                             most / 1024);
    }
    parser->has_length = true;
    parser->payload_length = length;
    return true;
}

/* Takes a whole header line, without its line end. The empty one ends the header. */
static bool take_line(struct frame_parser *parser, struct error *error)
{
    struct slice line = trimmed(buffer_slice(&parser->line));
    parser->line.length = 0;
    if (line.length == 0) {
        parser->in_payload = true;
        return parser->has_length || invalid(error, "missing Content-Length");
    }
    const char *colon = memchr(line.data, ':', line.length);
    if (!colon)
        return invalid(error, "a header line without a colon");
    size_t name_length = (size_t)(colon - line.data);
    if (name_length != sizeof(LENGTH_HEADER) - 1 ||
        strncasecmp(line.data, LENGTH_HEADER, name_length) != 0)
        return true;
    struct slice value = {.data = colon + 1, .length = line.length - name_length - 1};
    return take_length(parser, trimmed(value), error);
}

/* Takes bytes up to the end of one header line; false on a fault. */
static bool feed_header(struct frame_parser *parser, struct slice bytes, size_t *taken,
                        struct error *error)
{
    const char *end = memchr(bytes.data, '\n', bytes.length);
    size_t length = end ? (size_t)(end - bytes.data) : bytes.length;
    *taken = end ? length + 1 : length;
    parser->header_length += *taken;
    if (parser->header_length > FRAME_MOST_HEADER)
        return invalid(error, "the header is too large");
    buffer_append(&parser->line, bytes.data, length);
    return !end || take_line(parser, error);
}

static bool feed_payload(struct frame_parser *parser, struct slice bytes, size_t *taken,
                         struct error *error)
{
    size_t missing = parser->payload_length - parser->payload.length;
    size_t length = bytes.length < missing ? bytes.length : missing;
    *taken = length;
    if (!buffer_reserve(&parser->payload, length))
        return invalid(error, "there is no memory for the payload");
    buffer_append(&parser->payload, bytes.data, length);
    return true;
}

enum frame_outcome frame_feed(struct frame_parser *parser, struct slice bytes, size_t *taken,
                              struct error *error)
{
    *taken = 0;
    if (parser->handed_out)
        start_frame(parser);
    for (;;) {
        if (parser->in_payload && parser->payload.length == parser->payload_length) {
            parser->handed_out = true;
            return FRAME_COMPLETE;
        }
        if (*taken == bytes.length)
            return FRAME_MORE;
        struct slice rest = {.data = bytes.data + *taken, .length = bytes.length - *taken};
        size_t step = 0;
        bool valid = parser->in_payload ? feed_payload(parser, rest, &step, error)
                                        : feed_header(parser, rest, &step, error);
        *taken += step;
        if (!valid)
            return FRAME_INVALID;
    }
}

void frame_end(const struct frame_parser *parser, struct error *error)
{
    bool inside = !parser->handed_out && (parser->header_length > 0 || parser->in_payload);
    if (inside)
        invalid(error, "unexpected end of the stream inside a message");
    else
        error_set(error, E_ANSWER_MALFORMED, "The connection was closed without an answer.");
}

void frame_parser_clear(struct frame_parser *parser)
{
    buffer_clear(&parser->line);
    buffer_clear(&parser->payload);
    *parser = (struct frame_parser){0};
}

void frame_append_header(struct buffer *out, size_t length)
{
    buffer_append_format(out, "%s: %zu\r\n\r\n", LENGTH_HEADER, length);
}
