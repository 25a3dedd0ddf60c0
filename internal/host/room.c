#include "host/room.h"

static bool fits(const struct room *room, size_t size)
{
    return room->taken == 0 || (room->taken <= room->most && size <= room->most - room->taken);
}

static void give(struct room *room, struct room_part *part)
{
    room->taken += part->size;
    part->is_held = true;
}

/* Nobody overtakes: a large part would never be given. */
static void give_to_waiting(struct room *room)
{
    while (room->waiting && fits(room, room->waiting->size)) {
        struct room_part *part = room->waiting;
        room->waiting = part->next;
        part->next = NULL;
        give(room, part);
        part->on_given(part);
    }
}

bool room_take(struct room *room, struct room_part *part, size_t size)
{
    struct room_part **end = &room->waiting;
    part->size = size;
    if (!room->waiting && fits(room, size)) {
        give(room, part);
        return true;
    }
    while (*end)
        end = &(*end)->next;
    *end = part;
    return false;
}

static void stop_waiting(struct room *room, struct room_part *part)
{
    struct room_part **at = &room->waiting;
    while (*at && *at != part)
        at = &(*at)->next;
    if (*at)
        *at = part->next;
    part->next = NULL;
}

void room_leave(struct room *room, struct room_part *part)
{
    if (part->is_held)
        room->taken -= part->size;
    else
        stop_waiting(room, part);
    part->is_held = false;
    part->size = 0;
    give_to_waiting(room);
}
