#include "cli/output.h"

#include "cli/startup.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints a result into memory; the caller frees *out and *err. */
static int print(const char *result, char **out, char **err)
{
    size_t out_length;
    size_t err_length;
    struct cli cli = {
        .out = open_memstream(out, &out_length),
        .err = open_memstream(err, &err_length),
    };
    int exit_code = output_result(&cli, slice_of(result));
    cr_assert_eq(fclose(cli.out), 0);
    cr_assert_eq(fclose(cli.err), 0);
    return exit_code;
}

static void expect_output(const char *result, const char *expected, int expected_exit)
{
    char *out;
    char *err;
    cr_expect_eq(print(result, &out, &err), expected_exit, "%s", result);
    cr_expect_str_eq(out, expected);
    cr_expect_str_eq(err, "");
    free(out);
    free(err);
}

Test(output, indents_a_result_and_changes_no_byte_of_it)
{
    expect_output("{\"B\":12345678901234567890,\"A\":[1.50,1e400,\"\\u00e9\"]}",
                  "{\n  \"B\": 12345678901234567890,\n  \"A\": [\n    1.50,\n    1e400,\n    "
                  "\"\\u00e9\"\n  ]\n}\n",
                  0);
}

Test(output, exits_with_1_when_the_tool_says_it_failed)
{
    expect_output("{\"Success\":false}", "{\n  \"Success\": false\n}\n", 1);
    expect_output("{\"Success\":true}", "{\n  \"Success\": true\n}\n", 0);
    expect_output("{\"Success\":null}", "{\n  \"Success\": null\n}\n", 0);
    expect_output("{\"success\":false}", "{\n  \"success\": false\n}\n", 0);
    expect_output("{\"A\":{\"Success\":false}}", "{\n  \"A\": {\n    \"Success\": false\n  }\n}\n",
                  0);
}

/* Writing to `out` must fail, and the failure be told. */
static void expect_failure(FILE *out, const char *reason)
{
    char *err = NULL;
    size_t length;
    struct cli cli = {.out = out, .err = open_memstream(&err, &length)};
    int exit_code = output_result(&cli, slice_of("{\"Success\":false}"));
    cr_assert_eq(fclose(cli.err), 0);
    cr_expect_eq(exit_code, 7);
    cr_expect(strstr(err, "\"errorCode\": \"INTERNAL_ERROR\""), "%s", err);
    cr_expect(strstr(err, reason), "%s", err);
    free(err);
}

Test(output, tells_of_a_full_disk)
{
    FILE *full = fopen("/dev/full", "w");
    cr_assert(full);
    expect_failure(full, "Cannot write to standard output: No space left on device.");
    (void)fclose(full);
}

Test(output, tells_of_a_reader_that_is_gone)
{
    int ends[2];
    startup_prepare();
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(close(ends[0]), 0);
    FILE *out = fdopen(ends[1], "w");
    cr_assert(out);
    expect_failure(out, "Cannot write to standard output: Broken pipe.");
    (void)fclose(out);
}
