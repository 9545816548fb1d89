/* `permissions`, `roles`, `aggregate`: the accepted language, and the expansion of `write`. */
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

/* A text is accepted if Appwrite's validator accepts it and prints it back unchanged. */
static bool is_accepted(const json_t *fields) {
    return json_is_true(json_object_get(fields, "valid")) && json_is_string(json_object_get(fields, "canonical")) &&
           same_text(text_of(fields, "canonical"), text_of(fields, "in"));
}

static void check_part(const char *what, rolegate_bytes text, rolegate_span span, rolegate_bytes expected) {
    const rolegate_bytes part = {text.data + span.start, span.end - span.start};
    if (span.start > span.end || span.end > text.len || !same_text(part, expected)) {
        wrong("%s: ours %zu to %zu, Appwrite's \"%.*s\"", what, span.start, span.end, (int)expected.len, expected.data);
    }
}

static void check_role(const json_t *fields, rolegate_bytes text, const rolegate_role *role) {
    static const char *const names[] = {"", "any", "guests", "users", "user", "team", "member", "label"};
    const char *name = role->kind < 8 ? names[role->kind] : "";
    if (!same_text((rolegate_bytes){name, strlen(name)}, text_of(fields, "role"))) wrong("kind %u", role->kind);
    check_part("identifier", text, role->identifier, text_of(fields, "identifier"));
    check_part("dimension", text, role->dimension, text_of(fields, "dimension"));
}

static void check_permission_case(const json_t *fields) {
    const rolegate_bytes text = text_of(fields, "in");
    rolegate_permission permission;
    bool ours = rolegate_permissions_parse(&text, 1, &permission, NULL) == ROLEGATE_STATUS_OK;
    if (ours != is_accepted(fields)) wrong("accepted: ours %d", ours);
    if (!ours) return;
    const rolegate_bytes action = text_of(fields, "action");
    const rolegate_bytes write = ROLEGATE_BYTES("write");
    const uint32_t expected = same_text(action, write) ? ROLEGATE_ACTION_CREATE | ROLEGATE_ACTION_UPDATE | ROLEGATE_ACTION_DELETE
                                                       : action_of(action);
    if (permission.actions != expected) wrong("actions: ours %u", permission.actions);
    check_role(fields, text, &permission.role);
}

static void check_role_case(const json_t *fields) {
    const rolegate_bytes text = text_of(fields, "in");
    rolegate_role role;
    bool ours = rolegate_roles_parse(&text, 1, &role, NULL) == ROLEGATE_STATUS_OK;
    if (ours != is_accepted(fields)) wrong("accepted: ours %d", ours);
    if (ours) check_role(fields, text, &role);
}

/* Appwrite also aggregates malformed permissions that its lax parser reads, and this library takes well-formed ones
 * only. Lists with a malformed permission are not compared. */
static void check_aggregate_case(const json_t *fields) {
    texts list = texts_of(json_object_get(fields, "permissions"));
    texts names = texts_of(json_object_get(fields, "allowed"));
    rolegate_buffer json;
    uint32_t allowed = 0;
    for (size_t i = 0; i < names.count; i++) allowed |= action_of(names.data[i]);
    rolegate_status status = rolegate_permissions_aggregate(list.data, list.count, allowed, &json, NULL);
    if (status == ROLEGATE_STATUS_OK) {
        json_t *ours = parsed(&json);
        if (!json_equal(ours, json_object_get(fields, "out"))) wrong("the expansion is different");
        json_decref(ours);
    } else {
        rolegate_permission *permissions = calloc(list.count + 1, sizeof *permissions);
        if (permissions == NULL) abort();
        if (status != ROLEGATE_STATUS_MALFORMED) wrong("status %d", (int)status);
        if (rolegate_permissions_parse(list.data, list.count, permissions, NULL) != ROLEGATE_STATUS_MALFORMED) {
            wrong("malformed for one function only");
        }
        free(permissions);
    }
    free_texts(names);
    free_texts(list);
}

void check_language(void) {
    check_all("permissions", check_permission_case);
    check_all("roles", check_role_case);
    check_all("aggregate", check_aggregate_case);
}
