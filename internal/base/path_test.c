#include "base/path.h"

#include <criterion/criterion.h>

Test(path, equality_follows_the_systems_rules)
{
    cr_expect(path_equals("/dev/Game", "/dev/Game", PATH_UNIX));
    cr_expect_not(path_equals("/dev/Game", "/dev/game", PATH_UNIX));
    cr_expect_not(path_equals("/dev/Game", "/dev/Gam", PATH_UNIX));
    cr_expect_not(path_equals("/dev/Gam", "/dev/Game", PATH_UNIX));
    cr_expect_not(path_equals("/dev\\Game", "/dev/Game", PATH_UNIX));
    cr_expect(path_equals("/dev/Game", "/DEV/game", PATH_DARWIN));
    cr_expect_not(path_equals("/dev\\Game", "/dev/Game", PATH_DARWIN));
    cr_expect(path_equals("C:\\work/Game", "c:/Work\\GAME", PATH_WINDOWS));
    cr_expect_not(path_equals("C:\\work", "C:\\work2", PATH_WINDOWS));
    cr_expect(path_equals("", "", PATH_UNIX));
}

Test(path, is_absolute_when_it_begins_at_a_root)
{
    cr_expect(path_is_absolute("/", PATH_UNIX));
    cr_expect(path_is_absolute("/dev", PATH_DARWIN));
    cr_expect_not(path_is_absolute("dev/Game", PATH_UNIX));
    cr_expect_not(path_is_absolute("", PATH_UNIX));
    cr_expect_not(path_is_absolute("C:\\work", PATH_UNIX));
    cr_expect(path_is_absolute("C:\\work", PATH_WINDOWS));
    cr_expect(path_is_absolute("\\\\server\\share", PATH_WINDOWS));
    cr_expect_not(path_is_absolute("C:work", PATH_WINDOWS));
    cr_expect_not(path_is_absolute("work", PATH_WINDOWS));
}
