#ifndef ULOOP_BENCH_STOPWATCH_H
#define ULOOP_BENCH_STOPWATCH_H

/* Milliseconds, with their fractions, on a clock that only moves forward. */
double stopwatch_now_ms(void);

/* Sleeps. A benchmark may: it leaves the machine alone before it measures. */
void stopwatch_pause_ms(unsigned milliseconds);

#endif
