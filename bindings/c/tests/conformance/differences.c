#include "differences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The named differences: for each file, an object with a reason for each name. */
static json_t *named;
/* The differences that were found in the current file, with the part of the reason that must be named. */
static json_t *found;

bool open_differences(const char *path) {
    json_error_t why;
    found = json_object();
    if (path == NULL) return true;
    named = json_load_file(path, 0, &why);
    if (named == NULL) fprintf(stderr, "%s: %s\n", path, why.text);
    return named != NULL;
}

void close_differences(void) {
    json_decref(named);
    json_decref(found);
}

static bool starts_with(rolegate_bytes text, const char *start) {
    size_t len = strlen(start);
    return text.len >= len && memcmp(text.data, start, len) == 0;
}

/* Returns true if Appwrite allows the action through a text. It takes the texts that begin with the action, and
 * removes every `action(`, `)`, `"` and space. The rest must be one of the roles. */
static bool is_lax(rolegate_bytes text, const question *asked) {
    char opening[16], *rest = malloc(text.len + 1);
    size_t len = 0;
    bool found_role = false;
    if (rest == NULL) abort();
    snprintf(opening, sizeof opening, "%s(", asked->action);
    for (size_t at = 0; at < text.len;) {
        const rolegate_bytes behind = {text.data + at, text.len - at};
        if (starts_with(behind, opening)) {
            at += strlen(opening);
        } else {
            rest[len++] = text.data[at++];
        }
    }
    size_t kept = 0;
    for (size_t at = 0; at < len; at++) {
        if (rest[at] != ')' && rest[at] != '"' && rest[at] != ' ') rest[kept++] = rest[at];
    }
    for (size_t i = 0; i < json_array_size(asked->roles); i++) {
        const json_t *role = json_array_get(asked->roles, i);
        const rolegate_bytes expected = {json_string_value(role), json_string_length(role)};
        found_role |= same_text((rolegate_bytes){rest, kept}, expected);
    }
    free(rest);
    return starts_with(text, asked->action) && found_role;
}

/* Writes the kind of a malformed text to `kind`. Returns false if the text is a permission. */
static bool is_malformed(rolegate_bytes text, char *kind, size_t room) {
    rolegate_permission permission;
    rolegate_error *error = NULL;
    rolegate_error_info info;
    if (rolegate_permissions_parse(&text, 1, &permission, &error) == ROLEGATE_STATUS_OK) return false;
    expect_ok("error", rolegate_error_read(error, &info));
    snprintf(kind, room, " is malformed (%s) and grants nothing", info.kind.data);
    rolegate_error_free(error);
    return true;
}

/* Returns true if this library allows the action without the texts that begin with `write(`. */
static bool allowed_without_write(const question *asked) {
    rolegate_principal *principal = principal_of(asked->roles, asked->bypass);
    uint32_t action = action_of((rolegate_bytes){asked->action, strlen(asked->action)});
    bool allowed = false;
    for (size_t list = 0; list < 2; list++) {
        texts all = texts_of(asked->lists[list]);
        size_t count = 0;
        uint8_t answer = 0;
        for (size_t i = 0; i < all.count; i++) {
            if (!starts_with(all.data[i], "write(")) all.data[count++] = all.data[i];
        }
        expect_ok("can", rolegate_principal_can(principal, action, all.data, count, &answer, NULL));
        allowed |= answer == 1;
        free_texts(all);
    }
    rolegate_principal_free(principal);
    return allowed;
}

void compare_raw(const char *name, bool ours, bool appwrite, const question *asked) {
    char reason[128] = "";
    bool lax = asked->bypass;
    for (size_t list = 0; list < 2; list++) {
        texts all = texts_of(asked->lists[list]);
        for (size_t i = 0; i < all.count; i++) {
            if (!is_lax(all.data[i], asked)) continue;
            lax = true;
            if (reason[0] == '\0') is_malformed(all.data[i], reason, sizeof reason);
        }
        free_texts(all);
    }
    if (lax != appwrite) wrong("%s: Appwrite's code says %d, the case %d", name, lax, appwrite);
    if (ours == appwrite) return;
    if (ours) {
        if (strcmp(asked->action, "read") == 0 || allowed_without_write(asked)) {
            wrong("%s: allowed, and not only through write", name);
        }
        snprintf(reason, sizeof reason, ": write is expanded when evaluated");
    } else if (reason[0] == '\0') {
        wrong("%s: denied, and no malformed permission is the reason", name);
    }
    json_object_set_new(found, name, json_string(reason));
}

void finish_differences(const char *file) {
    const char *name;
    json_t *known = json_object_get(named, file), *reason;
    if (json_object_size(found) > 0 || known != NULL) {
        printf("conformance %s: %zu differences\n", file, json_object_size(found));
    }
    if (named != NULL) {
        json_object_foreach(known, name, reason) {
            if (json_object_get(found, name) == NULL) wrong("%s: a named difference was not found", name);
        }
        json_object_foreach(found, name, reason) {
            const char *expected = json_string_value(json_object_get(known, name));
            if (expected == NULL || strstr(expected, json_string_value(reason)) == NULL) {
                wrong("%s: a difference without its name:%s", name, json_string_value(reason));
            }
        }
    }
    json_object_clear(found);
}
