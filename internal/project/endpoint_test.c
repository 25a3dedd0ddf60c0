#include "project/endpoint.h"

#include "base/file.h"
#include "base/path.h"
#include "json/json.h"
#include "testkit/temp_project.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void expect_not_private(const char *folder, const char *words)
{
    struct error error = {0};
    cr_expect_not(endpoint_folder_is_private(folder, &error), "%s", words);
    cr_expect_eq(error.code, E_ENDPOINT_FOREIGN);
    cr_expect(error.message && strstr(error.message, words), "%s", error.message);
    error_clear(&error);
}

Test(endpoint, folder_is_private_when_it_is_ours_alone)
{
    struct temp_project *folder = temp_folder_new();
    struct error error = {0};
    const char *mine = temp_project_make_folder(folder, "mine");
    cr_assert_eq(chmod(mine, 0700), 0);
    cr_expect(endpoint_folder_is_private(mine, &error), "%s", error.message);
    cr_assert_eq(chmod(mine, 0750), 0);
    expect_not_private(mine, "mode 0750");
    cr_assert_eq(chmod(mine, 01700), 0);
    expect_not_private(mine, "mode 1700");
    cr_assert_eq(chmod(mine, 0700), 0);
    const char *link = temp_project_path(folder, "link");
    cr_assert_eq(symlink(mine, link), 0);
    expect_not_private(link, "no real folder");
    expect_not_private(temp_project_write(folder, "file", ""), "no real folder");
    expect_not_private(temp_project_path(folder, "none"), "cannot be looked at");
    if (geteuid() == 0) {
        cr_assert_eq(chown(mine, 65534, 65534), 0);
        expect_not_private(mine, "another user (uid 65534)");
    }
}

static void put(const char *address)
{
    char *folder = path_parent(address);
    cr_assert(mkdir(folder, 0700) == 0 || errno == EEXIST);
    testkit_write_file(address, "", 0);
    free(folder);
}

Test(endpoint, is_found_in_the_users_own_folder_when_the_shared_one_has_none)
{
    struct error error = {0};
    /* A name that no project has, nor another run of this test. */
    char *name = memory_format("UnityCliLoop-%016ld", (long)getpid());
    char *shared = endpoint_address(name), *own = endpoint_private_address(name);
    expect(endpoint_find(name, &error), shared);
    put(own);
    char *folder = path_parent(own);
    if (endpoint_folder_is_private(folder, &error)) /* else it is not for this test to mend */
        expect(endpoint_find(name, &error), own);
    put(shared);
    expect(endpoint_find(name, &error), shared);
    cr_assert_eq(unlink(shared), 0);
    cr_assert_eq(unlink(own), 0);
    error_clear(&error);
    free(folder);
    free(shared);
    free(own);
    free(name);
}
