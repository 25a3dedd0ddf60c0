#include "ipc/token.h"

#include "base/memory.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void expect_read(const char *content)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    char *token = token_read(temp_project_write(folder, "token", content), &error);
    cr_expect_str_eq(token ? token : "(none)", TOKEN, "%s: %s", content, error.message);
    free(token);
}

static void expect_refused(const char *path)
{
    struct error error = {0};
    cr_expect_null(token_read(path, &error));
    cr_expect_eq(error.code, E_ENDPOINT_DENIED);
    cr_expect(error.message && strstr(error.message, path), "%s", error.message);
    cr_expect_null(strstr(error.message, "0123456789"), "a token is told: %s", error.message);
    error_clear(&error);
}

Test(token, is_read_with_white_space_around_it)
{
    expect_read(TOKEN);
    expect_read(TOKEN "\n");
    expect_read(" \t" TOKEN "\r\n");
}

Test(token, is_not_read_from_anything_else)
{
    static const char *const CONTENTS[] = {
        "",
        "\n",
        "0123456789",
        (TOKEN "0"),
        (TOKEN " " TOKEN),
        ("x" TOKEN),
        "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
    };
    struct temp_project *folder = temp_folder_new();
    for (size_t at = 0; at < sizeof(CONTENTS) / sizeof(CONTENTS[0]); at++)
        expect_refused(temp_project_write(folder, "token", CONTENTS[at]));
    expect_refused(temp_project_write_bytes(folder, "token", TOKEN "\0x", TOKEN_DIGITS + 2));
    char large[4097];
    memset(large, 'a', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    expect_refused(temp_project_write(folder, "token", large));
    expect_refused(folder->root);
    const char *fifo = temp_project_path(folder, "fifo");
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    expect_refused(fifo);
}

Test(token, may_not_be_there)
{
    struct error error = {0};
    cr_expect_null(token_read("/nowhere/token", &error));
    cr_expect_eq(error.code, E_NONE);
}

Test(token, equals_itself_alone)
{
    char other[] = TOKEN;
    cr_expect(token_equals(TOKEN, slice_of(TOKEN)));
    for (size_t at = 0; at < TOKEN_DIGITS; at++) {
        other[at] ^= 1;
        cr_expect_not(token_equals(TOKEN, slice_of(other)));
        other[at] ^= 1;
    }
    cr_expect_not(token_equals(TOKEN, slice_of("")));
    cr_expect_not(token_equals(TOKEN, (struct slice){0}));
    cr_expect_not(token_equals(TOKEN, slice_of(TOKEN "0")));
    cr_expect_not(token_equals(TOKEN, (struct slice){.data = other, .length = 63}));
}
