/* `user_roles`: the roles of a user. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

/* Adds a role that is joined from ids: to `bad` if an id has a separator, else to `good`. */
static void add_joined(json_t *good, json_t *bad, const char *kind, const char *id, const char *suffix) {
    char role[512];
    bool has_separator = strpbrk(id, "/:") != NULL || (suffix != NULL && strpbrk(suffix, "/:") != NULL);
    snprintf(role, sizeof role, "%s:%s%s%s", kind, id, suffix == NULL ? "" : "/", suffix == NULL ? "" : suffix);
    json_object_set_new(has_separator ? bad : good, role, json_true());
}

/* Finds the roles that come from ids without a separator, and those that come from ids with one. Appwrite joins ids
 * without checking them: the team id `t1/owner` must not give the role of the owners of `t1`. */
static void find_joined(const json_t *user, json_t *good, json_t *bad) {
    const char *id = json_string_value(json_object_get(user, "$id"));
    const json_t *memberships = json_object_get(user, "memberships");
    add_joined(good, bad, "user", id == NULL ? "" : id, NULL);
    for (size_t i = 0; i < json_array_size(memberships); i++) {
        const json_t *membership = json_array_get(memberships, i);
        const char *member = json_string_value(json_object_get(membership, "$id"));
        const char *team = json_string_value(json_object_get(membership, "teamId"));
        const json_t *roles = json_object_get(membership, "roles");
        if (!json_is_true(json_object_get(membership, "confirm")) || member == NULL || team == NULL) continue;
        add_joined(good, bad, "team", team, NULL);
        add_joined(good, bad, "member", member, NULL);
        for (size_t role = 0; role < json_array_size(roles); role++) {
            add_joined(good, bad, "team", team, json_string_value(json_array_get(roles, role)));
        }
    }
}

static void check_user(const json_t *fields) {
    const json_t *user = json_object_get(fields, "user"), *appwrite = json_object_get(fields, "roles");
    json_t *good = json_object(), *bad = json_object(), *expected = json_object(), *found = json_object();
    char *text = printed(user);
    rolegate_principal *principal = NULL;
    rolegate_buffer json = {NULL, 0, 0};
    expect_ok("user", rolegate_principal_from_user(text, strlen(text), &principal, NULL, NULL));
    expect_ok("roles", rolegate_principal_json(principal, &json, NULL));
    find_joined(user, good, bad);
    json_object_set_new(expected, "any", json_true());
    for (size_t i = 0; i < json_array_size(appwrite); i++) {
        const char *role = json_string_value(json_array_get(appwrite, i));
        bool joined_wrongly = json_object_get(bad, role) != NULL && json_object_get(good, role) == NULL;
        if (is_role((rolegate_bytes){role, strlen(role)}) && !joined_wrongly) {
            json_object_set_new(expected, role, json_true());
        }
    }
    json_t *ours = parsed(&json);
    const json_t *roles = json_object_get(ours, "roles");
    for (size_t i = 0; i < json_array_size(roles); i++) {
        json_object_set_new(found, json_string_value(json_array_get(roles, i)), json_true());
    }
    if (json_object_size(found) != json_array_size(roles)) wrong("a role is repeated");
    if (!json_equal(found, expected)) wrong("the roles are different");
    rolegate_principal_free(principal);
    free(text);
    json_decref(ours);
    json_decref(good);
    json_decref(bad);
    json_decref(expected);
    json_decref(found);
}

void check_principals(void) { check_all("user_roles", check_user); }
