#include "base/clock.h"

#include <uv.h>

uint64_t clock_now_ms(void)
{
    return uv_hrtime() / 1000000;
}

int64_t clock_wall_us(void)
{
    uv_timeval64_t now = {0};
    (void)uv_gettimeofday(&now); /* fails only for a bad address */
    return now.tv_sec * 1000000 + now.tv_usec;
}

uint64_t clock_after(uint64_t now_ms, uint64_t span_ms)
{
    return span_ms > CLOCK_NEVER - now_ms ? CLOCK_NEVER : now_ms + span_ms;
}
