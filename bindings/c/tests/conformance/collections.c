/* `collections`, `collections_raw`: which operations a collection and its documents allow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differences.h"

/* A case with the objects that every check needs. */
typedef struct {
    const json_t *fields;
    const json_t *documents;
    rolegate_collection *collection;
    rolegate_principal *principal;
    /* True for the vectors with malformed and unexpanded lists. */
    bool raw;
} scene;

static bool is_enabled(const scene *set) {
    const json_t *enabled = json_object_get(json_object_get(set->fields, "collection"), "enabled");
    return enabled == NULL || json_is_true(enabled);
}

static bool has_document_security(const scene *set) {
    return json_is_true(json_object_get(json_object_get(set->fields, "collection"), "documentSecurity"));
}

/* Compares two verdicts on an action on a document, or on the collection if the document is null. */
static void compare(const scene *set, const char *what, const char *action, const json_t *document, bool ours,
                    bool appwrite) {
    char name[256];
    if (!set->raw) {
        if (ours != appwrite) wrong("%s: ours %d, Appwrite's %d", what, ours, appwrite);
        return;
    }
    question asked = {.action = action,
                      .bypass = json_is_true(json_object_get(set->fields, "bypass")),
                      .roles = json_object_get(set->fields, "roles")};
    if (is_enabled(set)) {
        asked.lists[0] = json_object_get(json_object_get(set->fields, "collection"), "permissions");
        if (has_document_security(set)) asked.lists[1] = json_object_get(document, "$permissions");
    }
    snprintf(name, sizeof name, "line %zu: %s", line_number(), what);
    compare_raw(name, ours, appwrite, &asked);
}

/* Selects the visible documents with compiled lists. Returns the status, and the error's type in Appwrite's words. */
static rolegate_status list_compiled(const scene *set, const rolegate_lists *lists, uint8_t *visible, char *type,
                                     size_t room) {
    compiled made = compile(lists);
    rolegate_visibility *visibility = NULL;
    rolegate_error *error = NULL;
    rolegate_status status = rolegate_collection_visibility(set->collection, set->principal, ROLEGATE_ACTION_READ,
                                                            made.table, &visibility, &error);
    if (status == ROLEGATE_STATUS_OK) {
        uint32_t positions[64];
        size_t count = 0;
        expect_ok("filter", rolegate_visibility_filter(visibility, made.column, made.selection, NULL));
        if (lists->count > 64) wrong("more than 64 documents");
        expect_ok("positions", rolegate_selection_positions(made.selection, 0, positions, 64, &count, NULL));
        for (size_t i = 0; i < count; i++) visible[positions[i]] = 1;
    } else {
        rolegate_error_info info;
        expect_ok("error", rolegate_error_read(error, &info));
        bool unauthorized = strcmp(info.error_type.data, "user_unauthorized") == 0;
        snprintf(type, room, "%s", unauthorized ? "Authorization" : info.error_type.data);
        rolegate_error_free(error);
    }
    rolegate_visibility_free(visibility);
    free_compiled(made);
    return status;
}

/* Selects the visible documents with raw lists. */
static rolegate_status list_raw(const scene *set, const rolegate_lists *lists, uint8_t *visible) {
    rolegate_matcher *matcher = NULL;
    uint32_t listing = 0;
    rolegate_status status =
        rolegate_collection_matcher(set->collection, set->principal, ROLEGATE_ACTION_READ, &matcher, NULL);
    if (rolegate_collection_list(set->collection, set->principal, &listing, NULL) != status) wrong("list and matcher");
    if (status != ROLEGATE_STATUS_OK) return status;
    expect_ok("matcher", rolegate_matcher_filter(matcher, lists, visible, lists->count, NULL, NULL));
    rolegate_matcher_free(matcher);
    return status;
}

/* Returns true if Appwrite's list has a document. */
static bool appwrite_lists(const json_t *listed, const json_t *document) {
    const json_t *ids = json_object_get(listed, "ok");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        if (json_equal(json_array_get(ids, i), json_object_get(document, "$id"))) return true;
    }
    return false;
}

static void check_list(const scene *set) {
    const size_t count = json_array_size(set->documents);
    const json_t *listed = json_object_get(set->fields, "list");
    const bool appwrite = json_is_array(json_object_get(listed, "ok"));
    json_t *all = json_array();
    size_t *offsets = calloc(count + 1, sizeof *offsets);
    uint8_t *selected = calloc(count + 1, 1), *matched = calloc(count + 1, 1);
    char type[64] = "";
    if (offsets == NULL || selected == NULL || matched == NULL) abort();
    for (size_t i = 0; i < count; i++) {
        json_array_extend(all, json_object_get(json_array_get(set->documents, i), "$permissions"));
        offsets[i + 1] = json_array_size(all);
    }
    texts list = texts_of(all);
    const rolegate_lists lists = {list.data, list.count, offsets, count};
    rolegate_status status = list_compiled(set, &lists, selected, type, sizeof type);
    if (list_raw(set, &lists, matched) != status || memcmp(selected, matched, count) != 0) {
        wrong("compiled and raw lists differ");
    }
    const bool ours = status == ROLEGATE_STATUS_OK;
    const char *error = json_string_value(json_object_get(listed, "error"));
    if (!set->raw && (ours != appwrite || (!ours && (error == NULL || strcmp(type, error) != 0)))) {
        wrong("list: ours %d %s", ours, type);
    }
    if (set->raw && (!has_document_security(set) || !is_enabled(set))) {
        compare(set, "list", "read", NULL, ours, appwrite);
    } else if (set->raw && (!ours || !appwrite)) {
        wrong("an error, although documents can grant");
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *document = json_array_get(set->documents, i);
        char what[128];
        snprintf(what, sizeof what, "list %s", json_string_value(json_object_get(document, "$id")));
        compare(set, what, "read", document, selected[i] == 1, appwrite_lists(listed, document));
    }
    free_texts(list);
    json_decref(all);
    free(offsets);
    free(selected);
    free(matched);
}

/* Returns true if Appwrite allowed an operation. */
static bool verdict(const json_t *answer) {
    const char *text = json_string_value(answer);
    if (text == NULL) return json_is_true(answer);
    if (strcmp(text, "ok") == 0) return true;
    if (strcmp(text, "Authorization") != 0 && strcmp(text, "collection_not_found") != 0 &&
        strcmp(text, "table_not_found") != 0) {
        wrong("unknown answer %s", text);
    }
    return false;
}

static bool allows(const scene *set, uint32_t operation, texts list) {
    rolegate_status status =
        rolegate_collection_check(set->collection, set->principal, operation, list.data, list.count, NULL);
    if (status != ROLEGATE_STATUS_OK && status != ROLEGATE_STATUS_DENIED) wrong("check: status %d", (int)status);
    return status == ROLEGATE_STATUS_OK;
}

static bool explains(const scene *set, uint32_t action, texts list) {
    rolegate_buffer json = {NULL, 0, 0};
    expect_ok("explain", rolegate_collection_explain(set->collection, set->principal, action, list.data, list.count,
                                                     &json, NULL));
    json_t *explanation = parsed(&json);
    bool allowed = json_is_true(json_object_get(explanation, "allowed"));
    json_decref(explanation);
    return allowed;
}

static void check_operations(const scene *set) {
    static const struct {
        const char *name, *action;
        uint32_t operation, bit;
    } operations[] = {
        {"get", "read", ROLEGATE_OPERATION_GET, ROLEGATE_ACTION_READ},
        {"update", "update", ROLEGATE_OPERATION_UPDATE, ROLEGATE_ACTION_UPDATE},
        {"delete", "delete", ROLEGATE_OPERATION_DELETE, ROLEGATE_ACTION_DELETE},
    };
    for (size_t i = 0; i < json_array_size(set->documents); i++) {
        const json_t *document = json_array_get(set->documents, i);
        const char *id = json_string_value(json_object_get(document, "$id"));
        texts list = texts_of(json_object_get(document, "$permissions"));
        for (size_t at = 0; at < 3; at++) {
            char what[128];
            const json_t *answers = json_object_get(set->fields, operations[at].name);
            bool ours = allows(set, operations[at].operation, list);
            snprintf(what, sizeof what, "%s %s", operations[at].name, id);
            if (explains(set, operations[at].bit, list) != ours) wrong("%s: the explanation differs", what);
            compare(set, what, operations[at].action, document, ours, verdict(json_object_get(answers, id)));
        }
        if (allows(set, ROLEGATE_OPERATION_UPDATE_WITHOUT_CHANGES, list) != allows(set, ROLEGATE_OPERATION_GET, list)) {
            wrong("an update without changes needs read");
        }
        free_texts(list);
    }
    const texts none = {NULL, 0};
    bool ours = allows(set, ROLEGATE_OPERATION_CREATE, none);
    if (explains(set, ROLEGATE_ACTION_CREATE, none) != ours) wrong("create: the explanation differs");
    compare(set, "create", "create", NULL, ours, verdict(json_object_get(set->fields, "create")));
}

static void check_case(const json_t *fields, bool raw) {
    const json_t *stored = json_object_get(fields, "collection");
    scene set = {fields, json_object_get(fields, "documents"), NULL, NULL, raw};
    json_t *collection = json_deep_copy(stored);
    json_object_set(collection, "$permissions", json_object_get(stored, "permissions"));
    char *text = printed(collection);
    set.principal = principal_of(json_object_get(fields, "roles"), json_is_true(json_object_get(fields, "bypass")));
    expect_ok("collection", rolegate_collection_from_json(text, strlen(text), &set.collection, NULL, NULL, NULL));
    check_list(&set);
    check_operations(&set);
    rolegate_collection_free(set.collection);
    rolegate_principal_free(set.principal);
    free(text);
    json_decref(collection);
}

static void check_collection(const json_t *fields) { check_case(fields, false); }
static void check_raw_collection(const json_t *fields) { check_case(fields, true); }

void check_collections(void) {
    check_all("collections", check_collection);
    check_all("collections_raw", check_raw_collection);
}
