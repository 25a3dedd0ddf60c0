#include "readiness/age.h"

#include <stddef.h>
#include <stdio.h>

/* Days from 1970-01-01 to a date of the Gregorian calendar, which repeats every 400 years of 146097
 * days. */
static long days_since_1970(int year, int month, int day)
{
    long y = month <= 2 ? year - 1 : year;
    long era = y / 400;
    long year_of_era = y - era * 400;
    long day_of_year = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool state_age(const char *updated_at, double now_s, double *seconds)
{
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    double second = 0;
    if (!updated_at || sscanf(updated_at, "%4d-%2d-%2dT%2d:%2d:%10lfZ", &year, &month, &day, &hour,
                              &minute, &second) != 6)
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || minute < 0 ||
        !(second >= 0 && second < 61)) /* so written, it is false for what is no number, too */
        return false;
    double written =
        (double)days_since_1970(year, month, day) * 86400 + hour * 3600.0 + minute * 60.0 + second;
    *seconds = now_s > written ? now_s - written : 0;
    return true;
}
