#ifndef ULOOP_BASE_CLOCK_H
#define ULOOP_BASE_CLOCK_H

#include <stdint.h>

/* A point in time that never comes. */
#define CLOCK_NEVER UINT64_MAX

/* Milliseconds on a clock that only moves forward, whatever the wall clock does. All deadlines are
 * points on it. */
uint64_t clock_now_ms(void);

/* The wall clock, in microseconds since 1970, UTC: for showing and naming, never for deciding. */
int64_t clock_wall_us(void);

/* The point `span_ms` after `now_ms`; CLOCK_NEVER when it lies beyond the clock's range. */
uint64_t clock_after(uint64_t now_ms, uint64_t span_ms);

static inline uint64_t clock_earlier(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

#endif
