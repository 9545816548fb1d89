/* Deliberate differences from Appwrite on malformed or unexpanded lists. */
#ifndef DIFFERENCES_H
#define DIFFERENCES_H

#include "vectors.h"

/* Reads the named differences. Null stands for vectors whose differences have no names. */
bool open_differences(const char *path);
void close_differences(void);

/* A question: do the lists that count allow this action to a holder of these roles? */
typedef struct {
    const char *action;
    bool bypass;
    const json_t *roles;
    /* The permissions of the collection and of the document. Null for a list that does not count. */
    const json_t *lists[2];
} question;

/* Compares our verdict with Appwrite's.
 *
 * What this library allows, Appwrite allows too, except through `write`, which Appwrite expands when a list is
 * saved. If only Appwrite allows an action, a malformed permission is the reason. */
void compare_raw(const char *name, bool ours, bool appwrite, const question *asked);

/* Prints the number of differences of a file, if it can have any, and compares them with the named ones. */
void finish_differences(const char *file);

#endif
