/* Permissions, roles and principals. */
#include "harness.h"
#include "suites.h"

/* Checks the bytes of a part of a text. */
static void check_span(rolegate_bytes text, rolegate_span span, const char *expected) {
    CHECK(span.start <= span.end && span.end <= text.len);
    CHECK_TEXT(((rolegate_bytes){text.data + span.start, span.end - span.start}), expected);
}

static void permission_is_parsed_into_its_parts(void) {
    const struct {
        rolegate_bytes text;
        uint32_t actions;
        uint32_t kind;
        const char *role, *identifier, *dimension;
    } cases[] = {
        {ROLEGATE_BYTES("read(\"any\")"), ROLEGATE_ACTION_READ, ROLEGATE_ROLE_KIND_ANY, "any", "", ""},
        {ROLEGATE_BYTES("create(\"guests\")"), ROLEGATE_ACTION_CREATE, ROLEGATE_ROLE_KIND_GUESTS, "guests", "", ""},
        {ROLEGATE_BYTES("update(\"users/verified\")"), ROLEGATE_ACTION_UPDATE, ROLEGATE_ROLE_KIND_USERS,
         "users/verified", "", "verified"},
        {ROLEGATE_BYTES("delete(\"user:ann/unverified\")"), ROLEGATE_ACTION_DELETE, ROLEGATE_ROLE_KIND_USER,
         "user:ann/unverified", "ann", "unverified"},
        {ROLEGATE_BYTES("write(\"team:t1/owner\")"),
         ROLEGATE_ACTION_CREATE | ROLEGATE_ACTION_UPDATE | ROLEGATE_ACTION_DELETE, ROLEGATE_ROLE_KIND_TEAM,
         "team:t1/owner", "t1", "owner"},
        {ROLEGATE_BYTES("read(\"member:m1\")"), ROLEGATE_ACTION_READ, ROLEGATE_ROLE_KIND_MEMBER, "member:m1", "m1",
         ""},
        {ROLEGATE_BYTES("read(\"label:vip\")"), ROLEGATE_ACTION_READ, ROLEGATE_ROLE_KIND_LABEL, "label:vip", "vip",
         ""},
    };
    rolegate_bytes texts[COUNT(cases)];
    rolegate_permission parsed[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) texts[i] = cases[i].text;
    OK(rolegate_permissions_parse(texts, COUNT(cases), parsed, &error));
    for (size_t i = 0; i < COUNT(cases); i++) {
        rolegate_role role;
        CHECK_NUMBER(parsed[i].actions, cases[i].actions);
        CHECK_NUMBER(parsed[i].role.kind, cases[i].kind);
        check_span(texts[i], parsed[i].role.text, cases[i].role);
        check_span(texts[i], parsed[i].role.identifier, cases[i].identifier);
        check_span(texts[i], parsed[i].role.dimension, cases[i].dimension);

        const rolegate_bytes alone = {cases[i].role, strlen(cases[i].role)};
        OK(rolegate_roles_parse(&alone, 1, &role, &error));
        CHECK_NUMBER(role.kind, cases[i].kind);
        check_span(alone, role.text, cases[i].role);
        check_span(alone, role.identifier, cases[i].identifier);
        check_span(alone, role.dimension, cases[i].dimension);
    }
}

static void malformed_permission_is_an_error_with_place_and_hint(void) {
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("read(\"any\")"), ROLEGATE_BYTES("read(\"usr:a\")")};
    rolegate_permission parsed[2];
    error_copy info;
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_permissions_parse(texts, 2, parsed, &error));
    CHECK(strcmp(info.message, "expected a role, found `usr`; write `user:a`") == 0);
    CHECK(strcmp(info.kind, "UnknownRole") == 0);
    CHECK(strcmp(info.hint, "write `user:a`") == 0);
    CHECK(strcmp(info.error_type, "") == 0);
    CHECK_NUMBER(info.numbers.http_status, 0);
    CHECK_NUMBER(info.numbers.list, ROLEGATE_NONE);
    CHECK_NUMBER(info.numbers.text, 1);
    CHECK_NUMBER(info.numbers.start, 6);
    CHECK_NUMBER(info.numbers.end, 9);
    CHECK_NUMBER(info.numbers.line, ROLEGATE_NONE);
    CHECK_NUMBER(parsed[0].actions, 0);
}

static void malformed_role_is_an_error_with_place(void) {
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("any"), ROLEGATE_BYTES("users"), ROLEGATE_BYTES("user:0")};
    rolegate_role parsed[3];
    rolegate_principal *principal = NULL;
    error_copy info;
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_roles_parse(texts, 3, parsed, &error));
    CHECK(strcmp(info.kind, "Zero") == 0);
    CHECK_NUMBER(info.numbers.text, 2);
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_principal_from_roles(texts, 3, &principal, &error));
    CHECK_NUMBER(info.numbers.text, 2);
    CHECK_NUMBER(info.numbers.start, 5);
}

static void text_with_a_nul_byte_is_malformed(void) {
    const rolegate_bytes text = ROLEGATE_BYTES("read(\"any\")\0");
    rolegate_permission parsed;
    error_copy info;
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_permissions_parse(&text, 1, &parsed, &error));
    CHECK(strcmp(info.kind, "Trailing") == 0);
    CHECK_NUMBER(info.numbers.start, 11);
}

static void write_is_expanded_into_the_allowed_actions(void) {
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("write(\"any\")"), ROLEGATE_BYTES("update(\"any\")")};
    rolegate_buffer json;
    OK(rolegate_permissions_aggregate(texts, 2, ROLEGATE_ACTION_UPDATE | ROLEGATE_ACTION_DELETE, &json, &error));
    CHECK_BUFFER(json, "[\"update(\\\"any\\\")\",\"delete(\\\"any\\\")\"]");
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL, rolegate_permissions_aggregate(texts, 2, 16, &json, &error));
}

static void user_has_the_roles_of_its_json(void) {
    rolegate_principal *ann = NULL;
    rolegate_buffer skipped, json;
    OK(rolegate_principal_from_user(
        ROLEGATE_LITERAL("{\"$id\": \"ann\", \"emailVerification\": true, \"labels\": [\"vip\", \"super-admin\"]}"),
        &ann, &skipped, &error));
    CHECK_BUFFER(skipped, "[{\"path\":\"labels[1]\",\"value\":\"super-admin\",\"message\":\"labels[1] `super-admin` "
                          "gives no role: expected a letter or digit, found `-`\"}]");
    OK(rolegate_principal_json(ann, &json, &error));
    CHECK_BUFFER(json, "{\"kind\":\"user\",\"userId\":\"ann\",\"roles\":[\"any\",\"label:vip\",\"user:ann\","
                       "\"user:ann/verified\",\"users\",\"users/verified\"]}");
    rolegate_principal_free(ann);
}

static void user_without_id_is_a_guest(void) {
    rolegate_principal *guest = NULL;
    rolegate_buffer json;
    OK(rolegate_principal_from_user(ROLEGATE_LITERAL("{}"), &guest, NULL, &error));
    OK(rolegate_principal_json(guest, &json, &error));
    CHECK_BUFFER(json, "{\"kind\":\"guest\",\"roles\":[\"any\",\"guests\"]}");
    rolegate_principal_free(guest);
}

static void blocked_user_is_refused(void) {
    rolegate_principal *ann = NULL;
    error_copy info;
    FAILS(ROLEGATE_STATUS_DENIED, &info,
          rolegate_principal_from_user(ROLEGATE_LITERAL("{\"$id\": \"ann\", \"status\": false}"), &ann, NULL, &error));
    CHECK(strcmp(info.error_type, "user_blocked") == 0);
    CHECK_NUMBER(info.numbers.http_status, 403);
}

static void user_that_is_not_json_is_an_error_with_line(void) {
    rolegate_principal *ann = NULL;
    error_copy info;
    FAILS(ROLEGATE_STATUS_INVALID_JSON, &info,
          rolegate_principal_from_user(ROLEGATE_LITERAL("{\n  \"$id\": 7}"), &ann, NULL, &error));
    CHECK_NUMBER(info.numbers.line, 2);
    CHECK_NUMBER(info.numbers.column, 10);
    FAILS(ROLEGATE_STATUS_INVALID_JSON, NULL,
          rolegate_principal_from_user(ROLEGATE_LITERAL("{\"$id\": \"\xFF\"}"), &ann, NULL, &error));
}

static void key_with_bypass_may_do_everything(void) {
    rolegate_principal *key = NULL;
    rolegate_buffer json;
    uint8_t allowed = 0;
    OK(rolegate_principal_key_with_bypass(&key, &error));
    OK(rolegate_principal_can(key, ROLEGATE_ACTION_DELETE, NULL, 0, &allowed, &error));
    CHECK_NUMBER(allowed, 1);
    OK(rolegate_principal_json(key, &json, &error));
    CHECK_BUFFER(json, "{\"kind\":\"bypass\",\"roles\":[]}");
    rolegate_principal_free(key);
}

static void request_sets_permissions_of_own_roles_only(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    error_copy info;
    const rolegate_bytes own = ROLEGATE_BYTES("write(\"user:ann\")");
    const rolegate_bytes other = ROLEGATE_BYTES("read(\"team:t1\")");
    const rolegate_bytes wrong = ROLEGATE_BYTES("read(\"team\")");
    OK(rolegate_principal_document_permissions(ann, &own, 1, &json, &error));
    CHECK_BUFFER(json, "[\"update(\\\"user:ann\\\")\",\"delete(\\\"user:ann\\\")\"]");
    OK(rolegate_principal_default_permissions(ann, &json, &error));
    CHECK_BUFFER(json, "[\"read(\\\"user:ann\\\")\",\"update(\\\"user:ann\\\")\",\"delete(\\\"user:ann\\\")\"]");
    FAILS(ROLEGATE_STATUS_DENIED, &info, rolegate_principal_document_permissions(ann, &other, 1, &json, &error));
    CHECK_NUMBER(info.numbers.text, 0);
    CHECK(strstr(info.message, "the principal does not have the role `team:t1`") != NULL);
    CHECK(strlen(info.error_type) > 0 && info.numbers.http_status >= 400);
    FAILS(ROLEGATE_STATUS_DENIED, &info, rolegate_principal_document_permissions(ann, &wrong, 1, &json, &error));
    CHECK(strcmp(info.kind, "MissingId") == 0);
    rolegate_principal_free(ann);
}

void run_language_tests(void) {
    const test tests[] = {
        TEST(permission_is_parsed_into_its_parts),
        TEST(malformed_permission_is_an_error_with_place_and_hint),
        TEST(malformed_role_is_an_error_with_place),
        TEST(text_with_a_nul_byte_is_malformed),
        TEST(write_is_expanded_into_the_allowed_actions),
        TEST(user_has_the_roles_of_its_json),
        TEST(user_without_id_is_a_guest),
        TEST(blocked_user_is_refused),
        TEST(user_that_is_not_json_is_an_error_with_line),
        TEST(key_with_bypass_may_do_everything),
        TEST(request_sets_permissions_of_own_roles_only),
    };
    run_tests(tests, COUNT(tests));
}
