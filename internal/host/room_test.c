#include "host/room.h"

#include <criterion/criterion.h>

enum {
    MOST = 10,
};

static void on_given(struct room_part *part)
{
    (*(int *)part->data)++;
}

static struct room_part part_of(int *given)
{
    return (struct room_part){.on_given = on_given, .data = given};
}

Test(room, is_had_at_once_while_there_is_enough)
{
    int given = 0;
    struct room room = {.most = MOST};
    struct room_part first = part_of(&given), second = part_of(&given);
    cr_expect(room_take(&room, &first, 4));
    cr_expect(room_take(&room, &second, 6));
    cr_expect_eq(room.taken, (size_t)MOST);
    room_leave(&room, &first);
    room_leave(&room, &first);
    room_leave(&room, &second);
    cr_expect_eq(room.taken, (size_t)0);
    cr_expect_eq(given, 0);
}

Test(room, is_given_in_the_order_of_those_who_wait)
{
    int large_given = 0, small_given = 0;
    struct room room = {.most = MOST};
    struct room_part first = part_of(NULL), large = part_of(&large_given),
                     small = part_of(&small_given);
    cr_expect(room_take(&room, &first, 4));
    cr_expect_not(room_take(&room, &large, 7));
    cr_expect_not(room_take(&room, &small, 1), "it would overtake");
    room_leave(&room, &first);
    cr_expect_eq(large_given, 1);
    cr_expect_eq(small_given, 1);
    cr_expect_eq(room.taken, (size_t)8);
}

Test(room, is_given_to_the_next_when_one_waits_no_longer)
{
    int given = 0;
    struct room room = {.most = MOST};
    struct room_part first = part_of(NULL), large = part_of(NULL), small = part_of(&given);
    cr_expect(room_take(&room, &first, 4));
    cr_expect_not(room_take(&room, &large, 7));
    cr_expect_not(room_take(&room, &small, 1));
    room_leave(&room, &large);
    cr_expect_eq(given, 1);
    cr_expect_eq(room.taken, (size_t)5);
}

Test(room, is_there_for_what_is_larger_when_nobody_else_has_any)
{
    int given = 0;
    struct room room = {.most = MOST};
    struct room_part large = part_of(NULL), small = part_of(&given);
    cr_expect(room_take(&room, &large, 3 * MOST));
    cr_expect_not(room_take(&room, &small, 1));
    room_leave(&room, &large);
    cr_expect_eq(given, 1);
}
