#ifndef ULOOP_READINESS_AGE_H
#define ULOOP_READINESS_AGE_H

#include <stdbool.h>

/*
 * How long ago a state was written, in seconds: `updated_at` is UTC in ISO 8601
 * ("2026-05-16T06:00:48.7650000Z"), now_s the seconds since 1970. Never negative: the wall clock
 * may have been set back. False when the time cannot be read. For showing only: nothing is decided
 * by the wall clock.
 */
bool state_age(const char *updated_at, double now_s, double *seconds);

#endif
