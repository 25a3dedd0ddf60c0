#include "cli/startup.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

Test(startup, keeps_the_number_of_a_closed_stream_from_every_file)
{
    char byte = 0;
    int saved = fcntl(STDERR_FILENO, F_DUPFD, STDERR_FILENO + 1);
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        (void)close(stream);
    startup_prepare();
    int file = open("/dev/null", O_RDONLY);
    ssize_t got = read(STDIN_FILENO, &byte, 1);
    ssize_t out = write(STDOUT_FILENO, &byte, 1);
    ssize_t err = write(STDERR_FILENO, &byte, 1);
    cr_assert_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    cr_expect_gt(file, STDERR_FILENO);
    cr_expect(got < 0 && out < 0 && err < 0, "a closed stream can be used: %zd, %zd, %zd", got, out,
              err);
}
