#include "project/endpoint.h"

#include "base/file.h"
#include "base/path.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static cJSON *read_fixture(void)
{
    struct buffer content = {0};
    struct error error = {0};
    cr_assert_eq(
        file_read(ULOOP_TESTDATA "/conformance/endpoints.json", 1U << 20, &content, &error),
        FILE_READ, "%s", error.message);
    cJSON *fixture = json_parse(buffer_slice(&content), NULL);
    cr_assert(fixture);
    buffer_clear(&content);
    return fixture;
}

static void expect(char *actual, const char *expected)
{
    cr_expect_str_eq(actual, expected);
    free(actual);
}

/* The fixture writes the user's id as a place to fill in. */
static char *with_user_id(const char *text, unsigned long euid)
{
    static const char PLACE[] = "{euid}";
    const char *place = strstr(text, PLACE);
    cr_assert(place);
    return memory_format("%.*s%lu%s", (int)(place - text), text, euid, place + sizeof PLACE - 1);
}

Test(endpoint, has_the_names_of_the_conformance_cases)
{
    cJSON *fixture = read_fixture();
    const cJSON *each;
    int count = 0;
    cJSON_ArrayForEach(each, json_get(fixture, "cases"))
    {
        char *name = endpoint_name(json_string(each, "canonicalRoot"));
        cr_expect_str_eq(name, json_string(each, "name"));
        expect(endpoint_shared_socket(name), json_string(each, "unixG1"));
        char *user_socket = with_user_id(json_string(each, "unixG3"), 1000);
        expect(endpoint_user_socket(name, 1000), user_socket);
        expect(endpoint_pipe(name), json_string(each, "pipe"));
        free(user_socket);
        free(name);
        count++;
    }
    cr_expect_gt(count, 0);
    cJSON_Delete(fixture);
}

Test(endpoint, trims_roots_as_the_conformance_cases)
{
    cJSON *fixture = read_fixture();
    const cJSON *each;
    int count = 0;
    cJSON_ArrayForEach(each, json_get(fixture, "trim"))
    {
        char *path = memory_copy_string(json_string(each, "in"));
        path_trim(path, strchr(path, '\\') ? PATH_WINDOWS : PATH_UNIX);
        expect(path, json_string(each, "out"));
        count++;
    }
    cr_expect_gt(count, 0);
    cJSON_Delete(fixture);
}

Test(endpoint, address_is_the_shared_socket)
{
    expect(endpoint_address("UnityCliLoop-0bdbecf886f33b33"),
           "/tmp/uloop/UnityCliLoop-0bdbecf886f33b33.sock");
}
