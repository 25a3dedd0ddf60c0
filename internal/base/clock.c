#include "base/clock.h"

#include <uv.h>

uint64_t clock_now_ms(void)
{
    return uv_hrtime() / 1000000;
}

uint64_t clock_after(uint64_t now_ms, uint64_t span_ms)
{
    return span_ms > CLOCK_NEVER - now_ms ? CLOCK_NEVER : now_ms + span_ms;
}
