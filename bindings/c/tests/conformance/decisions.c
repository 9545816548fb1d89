/* `decisions`, `decisions_raw`: lists that allow an action to some roles, or do not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differences.h"

/* Tests a list through a packed page. */
static uint8_t packed_answer(const rolegate_matcher *matcher, texts list) {
    size_t len = 0;
    for (size_t i = 0; i < list.count; i++) len += list.data[i].len;
    char *bytes = malloc(len + 1);
    uint32_t *lens = calloc(list.count + 1, sizeof *lens);
    if (bytes == NULL || lens == NULL) abort();
    len = 0;
    for (size_t i = 0; i < list.count; i++) {
        lens[i] = (uint32_t)list.data[i].len;
        memcpy(bytes + len, list.data[i].data, list.data[i].len);
        len += list.data[i].len;
    }
    const uint32_t count = (uint32_t)list.count;
    const rolegate_packed_lists lists = {bytes, len, lens, list.count, &count, 1};
    uint8_t allowed = 7;
    expect_ok("packed", rolegate_matcher_filter_packed(matcher, &lists, &allowed, 1, NULL, NULL));
    free(bytes);
    free(lens);
    return allowed;
}

/* Tests a list through a compiled table. */
static uint8_t compiled_answer(const rolegate_principal *principal, uint32_t action, const rolegate_lists *lists) {
    compiled made = compile(lists);
    rolegate_visibility *visibility = NULL;
    uint8_t bitmap = 7;
    expect_ok("visibility", rolegate_visibility_new(made.table, principal, action, &visibility, NULL));
    expect_ok("filter", rolegate_visibility_filter(visibility, made.column, made.selection, NULL));
    expect_ok("bitmap", rolegate_selection_bitmap(made.selection, &bitmap, 1, NULL));
    rolegate_visibility_free(visibility);
    free_compiled(made);
    return bitmap;
}

/* Tests a list as the permissions of a document in JSON. */
static uint8_t json_answer(const rolegate_matcher *matcher, json_t *permissions) {
    json_t *documents = json_pack("[{sO}]", "$permissions", permissions);
    char *text = printed(documents);
    rolegate_buffer visible = {NULL, 0, 0};
    rolegate_json_report report;
    expect_ok("json", rolegate_json_filter(matcher, text, strlen(text), NULL, &visible, &report, NULL));
    rolegate_buffer_free(&visible);
    free(text);
    json_decref(documents);
    return report.visible == 1;
}

/* Returns the decision of this library. Every path must give the same decision. */
static bool decide(const json_t *fields) {
    json_t *permissions = json_object_get(fields, "permissions");
    const uint32_t action = action_of(text_of(fields, "action"));
    rolegate_principal *principal =
        principal_of(json_object_get(fields, "roles"), json_is_true(json_object_get(fields, "bypass")));
    rolegate_matcher *matcher = NULL;
    texts list = texts_of(permissions);
    const size_t offsets[] = {0, list.count};
    const rolegate_lists lists = {list.data, list.count, offsets, 1};
    uint8_t can = 7, matched = 7;
    rolegate_buffer explained = {NULL, 0, 0};
    expect_ok("can", rolegate_principal_can(principal, action, list.data, list.count, &can, NULL));
    expect_ok("matcher", rolegate_matcher_new(principal, action, &matcher, NULL));
    expect_ok("filter", rolegate_matcher_filter(matcher, &lists, &matched, 1, NULL, NULL));
    expect_ok("explain", rolegate_principal_explain(principal, action, list.data, list.count, &explained, NULL));
    json_t *explanation = parsed(&explained);
    if (matched != can) wrong("matcher: %d, can: %d", matched, can);
    if (json_is_true(json_object_get(explanation, "allowed")) != can) wrong("explanation: not %d", can);
    if (packed_answer(matcher, list) != can) wrong("packed: not %d", can);
    if (compiled_answer(principal, action, &lists) != can) wrong("compiled: not %d", can);
    if (json_answer(matcher, permissions) != can) wrong("json: not %d", can);
    json_decref(explanation);
    free_texts(list);
    rolegate_matcher_free(matcher);
    rolegate_principal_free(principal);
    return can == 1;
}

static void check_decision(const json_t *fields) {
    bool appwrite = json_is_true(json_object_get(fields, "allowed"));
    if (decide(fields) != appwrite) wrong("allowed: Appwrite's %d", appwrite);
}

static void check_raw_decision(const json_t *fields) {
    char name[32];
    const question asked = {
        .action = json_string_value(json_object_get(fields, "action")),
        .bypass = json_is_true(json_object_get(fields, "bypass")),
        .roles = json_object_get(fields, "roles"),
        .lists = {NULL, json_object_get(fields, "permissions")},
    };
    snprintf(name, sizeof name, "line %zu", line_number());
    compare_raw(name, decide(fields), json_is_true(json_object_get(fields, "allowed")), &asked);
}

void check_decisions(void) {
    check_all("decisions", check_decision);
    check_all("decisions_raw", check_raw_decision);
}
