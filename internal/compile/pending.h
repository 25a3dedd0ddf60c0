#ifndef ULOOP_COMPILE_PENDING_H
#define ULOOP_COMPILE_PENDING_H

#include "base/error.h"

#include <stdbool.h>

/*
 * A compile whose wait was given up while it went on: kept in the project's
 * .uloop/pending-compile.json, so that the next `uloop compile` takes it up instead of being
 * refused as busy. Release with pending_clear().
 */
struct pending {
    char *request_id;
    char *generation_before; /* of the state just before the request was sent; NULL for none */
    bool force_recompile;
};

/* False when there is none; a file that is not what pending_save() writes counts as none. */
bool pending_load(const char *project_root, struct pending *pending);

/* Fails with E_SYSTEM, or as own_folder_make() does. */
bool pending_save(const char *project_root, const struct pending *pending, struct error *error);

/* Forgets it. One that cannot be removed is no harm: it is checked before it is believed. */
void pending_forget(const char *project_root);

void pending_clear(struct pending *pending);

#endif
