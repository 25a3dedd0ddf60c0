#include "cli/text_source.h"

#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option OPTIONS[] = {
    {.name = "code", .type = OPTION_TYPE_STRING, .property = "Code"},
    {.name = "note", .type = OPTION_TYPE_STRING, .property = "Note"},
    {.name = "mode",
     .type = OPTION_TYPE_STRING,
     .property = "Mode",
     .choices = (const char *const[]){"@fast", "slow", NULL}},
    {.name = "any", .type = OPTION_TYPE_ANY, .property = "Any"},
    {.name = "tags", .type = OPTION_TYPE_ARRAY, .property = "Tags"},
    OPTION_END,
};

/* What reading these arguments gives: the parameters as JSON, or the error's message. The caller
 * frees. */
static char *parse(char **arguments)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    cJSON *params = cJSON_CreateObject();
    struct error error = {0};
    const struct option_set set = {.options = OPTIONS, .params = params};
    bool done = option_parse(&set, 1, arguments, count, NULL, &error);
    char *text = done ? json_print(params) : memory_copy_string(error.message);
    cr_expect_eq(error.code, done ? E_NONE : E_INVALID_ARGUMENT);
    error_clear(&error);
    cJSON_Delete(params);
    return text;
}

#define ARGUMENTS(...) ((char *[]){__VA_ARGS__, NULL})

static void expect(char **arguments, const char *expected)
{
    char *text = parse(arguments);
    cr_expect_str_eq(text, expected);
    free(text);
}

/* A folder to be in, so that names are short. */
static struct temp_project *enter_folder(void)
{
    struct temp_project *folder = temp_folder_new();
    cr_assert_eq(chdir(folder->root), 0);
    return folder;
}

/* Makes the file standard input. */
static void feed_input(const char *path)
{
    int file = open(path, O_RDONLY);
    cr_assert_eq(dup2(file, STDIN_FILENO), STDIN_FILENO);
    (void)close(file);
}

Test(text_source, is_a_file)
{
    struct temp_project *folder = enter_folder();
    temp_project_write(folder, "a.cs", "return \"x\";\r\n");
    expect(ARGUMENTS("--code", "@a.cs"), "{\"Code\":\"return \\\"x\\\";\\r\\n\"}");
    expect(ARGUMENTS("--code=@./a.cs", "--note", "@a.cs"),
           "{\"Code\":\"return \\\"x\\\";\\r\\n\",\"Note\":\"return \\\"x\\\";\\r\\n\"}");
}

Test(text_source, leaves_out_a_byte_order_mark)
{
    struct temp_project *folder = enter_folder();
    temp_project_write(folder, "a.cs", "\xEF\xBB\xBFreturn 1;");
    temp_project_write(folder, "mark", "\xEF\xBB\xBF");
    expect(ARGUMENTS("--code", "@a.cs"), "{\"Code\":\"return 1;\"}");
    expect(ARGUMENTS("--code", "@mark"), "--code needs a value that is not empty.");
}

Test(text_source, is_standard_input_once)
{
    struct temp_project *folder = enter_folder();
    feed_input(temp_project_write(folder, "input", "return 1;\n"));
    expect(ARGUMENTS("--code", "@-"), "{\"Code\":\"return 1;\\n\"}");
    expect(ARGUMENTS("--code", "@-"), "Cannot read the text of --code: standard input is empty.");
    feed_input(temp_project_write(folder, "input", "return 1;\n"));
    expect(ARGUMENTS("--code", "@-", "--note=@-"),
           "--note cannot read standard input, which --code has read already.");
}

Test(text_source, is_the_argument_itself_where_nothing_else_is_meant)
{
    expect(ARGUMENTS("--code", "@@"), "{\"Code\":\"@\"}");
    expect(ARGUMENTS("--code", "@@x"), "{\"Code\":\"@x\"}");
    expect(ARGUMENTS("--code", "@@-"), "{\"Code\":\"@-\"}");
    expect(ARGUMENTS("--code", "@@@x"), "{\"Code\":\"@@x\"}");
    expect(ARGUMENTS("--code", "x@y"), "{\"Code\":\"x@y\"}");
    expect(ARGUMENTS("--code", " @x"), "{\"Code\":\" @x\"}");
}

Test(text_source, serves_free_text_alone)
{
    expect(ARGUMENTS("--mode", "@FAST"), "{\"Mode\":\"@fast\"}");
    expect(ARGUMENTS("--any", "@x"), "{\"Any\":\"@x\"}");
    expect(ARGUMENTS("--tags", "@x,@-"), "{\"Tags\":[\"@x\",\"@-\"]}");
}

Test(text_source, refuses_what_is_no_text)
{
    struct temp_project *folder = enter_folder();
    static const struct {
        const char *bytes;
        size_t length;
        const char *fault;
    } CONTENTS[] = {
        {"", 0, "f is empty."},
        {"a\0b", 3, "f holds a NUL byte."},
        {"a\xFF", 2, "f is not UTF-8."},
        {"\xC3", 1, "f is not UTF-8."},
    };
    for (size_t i = 0; i < sizeof(CONTENTS) / sizeof(CONTENTS[0]); i++) {
        char *message = memory_format("Cannot read the text of --code: %s", CONTENTS[i].fault);
        temp_project_write_bytes(folder, "f", CONTENTS[i].bytes, CONTENTS[i].length);
        expect(ARGUMENTS("--code", "@f"), message);
        free(message);
    }
}

Test(text_source, refuses_what_is_no_file_without_waiting)
{
    struct temp_project *folder = enter_folder();
    temp_project_make_folder(folder, "folder");
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    expect(ARGUMENTS("--code", "@absent"), "Cannot read the text of --code: absent is not there.");
    expect(ARGUMENTS("--code", "@folder"),
           "Cannot read the text of --code: folder is not a regular file.");
    expect(ARGUMENTS("--code", "@fifo"),
           "Cannot read the text of --code: fifo is not a regular file.");
    expect(ARGUMENTS("--code", "@"),
           "Cannot read the text of --code: there is no file's name behind the @.");
}

Test(text_source, takes_less_than_1_mib)
{
    struct temp_project *folder = enter_folder();
    char *most = memory_new(OPTION_MOST_BYTES);
    memset(most, 'x', OPTION_MOST_BYTES);
    temp_project_write_bytes(folder, "most", most, OPTION_MOST_BYTES - 1);
    temp_project_write_bytes(folder, "more", most, OPTION_MOST_BYTES);
    char *taken = parse(ARGUMENTS("--code", "@most"));
    cr_expect_eq(strlen(taken), OPTION_MOST_BYTES - 1 + strlen("{\"Code\":\"\"}"));
    expect(ARGUMENTS("--code", "@more"),
           "Cannot read the text of --code: more is larger than 1048575 bytes.");
    feed_input("more");
    expect(ARGUMENTS("--code", "@-"),
           "Cannot read the text of --code: standard input is larger than 1048575 bytes.");
    free(taken);
    free(most);
}
