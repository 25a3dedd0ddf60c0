#ifndef ULOOP_COMPILE_REFUSAL_H
#define ULOOP_COMPILE_REFUSAL_H

#include "base/error.h"
#include "readiness/wait.h"

#include <stdbool.h>
#include <stdint.h>

/* Was the request refused, and not run, because a compile runs? */
bool refused_for_compile(const struct error *error);

/*
 * Between a compile and its reload the state says ready for a moment, and ready it may say still
 * when a compile has been taken: who asks then is refused. Such a refusal (*error) holds only for
 * the state that the request was dispatched under: true, with *error cleared, when another one came
 * within COMPLETION_QUIET_MS, by which a reload announces itself. Then the request may be made
 * anew, as one that waits for a busy Editor. False with *error: the refusal, or E_INTERRUPTED.
 */
bool refusal_is_over(struct wait *wait, uint64_t deadline_ms, struct error *error);

#endif
