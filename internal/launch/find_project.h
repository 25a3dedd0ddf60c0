#ifndef ULOOP_LAUNCH_FIND_PROJECT_H
#define ULOOP_LAUNCH_FIND_PROJECT_H

#include "project/project.h"

#include <stdint.h>

/*
 * Opens the project to launch, as project_open(), but where there is none looks below, too: below
 * `path`, or with `path` NULL below the current folder. `max_depth` is how many folders deep, -1
 * for no limit. Links are not followed, nor the folders in which Unity and its tools keep what they
 * make. Fails with E_PROJECT_NOT_FOUND; when there is more than one, naming them. Rule: "Project
 * and endpoint" in docs/protocol.md.
 */
bool find_project(const char *path, int64_t max_depth, struct project *project,
                  struct error *error);

#endif
