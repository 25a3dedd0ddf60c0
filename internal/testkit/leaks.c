/* Part of each test program: where leaks are looked for. */

#include <stdlib.h>

/* Called by LeakSanitizer, which is a library: everything else here is hidden from such. */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);

/* Not in Criterion's own process, which leaves something behind now and then, but in those of the
 * tests: it starts each with this variable. */
int __lsan_is_turned_off(void)
{
    return getenv("BXFI_MAP") == NULL;
}
