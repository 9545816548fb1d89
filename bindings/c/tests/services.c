/* JSON, JWTs and SQL. */
#include "harness.h"
#include "suites.h"

static const char RESPONSE[] =
    "{\"total\": 3, \"documents\": ["
    "{\"$id\": \"a\", \"$permissions\": [\"read(\\\"user:ann\\\")\", \"nonsense\"]}, "
    "{\"$id\": \"b\", \"$permissions\": [\"read(\\\"user:ben\\\")\"]}, "
    "{\"$id\": \"c\"}]}";

static void response_keeps_its_visible_documents(void) {
    rolegate_matcher *matcher = new_matcher();
    rolegate_buffer visible;
    rolegate_json_report report;
    OK(rolegate_json_filter(matcher, RESPONSE, sizeof RESPONSE - 1, NULL, &visible, &report, &error));
    CHECK_BUFFER(visible, "{\"total\": 1, \"documents\": [{\"$id\": \"a\", \"$permissions\": "
                          "[\"read(\\\"user:ann\\\")\", \"nonsense\"]}]}");
    CHECK_NUMBER(report.format, ROLEGATE_FORMAT_LIST);
    CHECK_NUMBER(report.visible, 1);
    CHECK_NUMBER(report.removed, 2);
    CHECK_NUMBER(report.problems, 2);
    CHECK_NUMBER(report.without_permissions, 1);
    CHECK_NUMBER(report.malformed_permissions, 1);
    CHECK_NUMBER(report.not_objects, 0);
    rolegate_matcher_free(matcher);
}

static void options_set_keys_nesting_and_limits(void) {
    rolegate_matcher *matcher = new_matcher();
    rolegate_buffer visible;
    rolegate_json_report report;
    error_copy info;
    const rolegate_bytes key = ROLEGATE_BYTES("movies");
    const char *movies = "{\"movies\": [{\"$permissions\": [\"read(\\\"any\\\")\"], \"director\": {\"$permissions\": []}}]}";
    rolegate_json_options options = {.nested = ROLEGATE_NESTED_FILTER, .list_keys = &key, .list_key_count = 1};
    OK(rolegate_json_filter(matcher, movies, strlen(movies), &options, &visible, &report, &error));
    CHECK_BUFFER(visible, "{\"movies\": [{\"$permissions\": [\"read(\\\"any\\\")\"], \"director\": null}]}");
    CHECK_NUMBER(report.nested_removed, 1);
    options.max_document_len = 10;
    FAILS(ROLEGATE_STATUS_INVALID_JSON, &info,
          rolegate_json_filter(matcher, movies, strlen(movies), &options, &visible, NULL, &error));
    CHECK(strcmp(info.kind, "DocumentTooLong") == 0);
    options = (rolegate_json_options){.format = 4};
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL,
          rolegate_json_filter(matcher, movies, strlen(movies), &options, &visible, NULL, &error));
    options = (rolegate_json_options){.nested = 2};
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL,
          rolegate_json_filter(matcher, movies, strlen(movies), &options, &visible, NULL, &error));
    rolegate_matcher_free(matcher);
}

static void broken_json_is_an_error_with_its_place(void) {
    rolegate_matcher *matcher = new_matcher();
    rolegate_buffer visible;
    rolegate_json_report report;
    error_copy info;
    FAILS(ROLEGATE_STATUS_INVALID_JSON, &info,
          rolegate_json_filter(matcher, ROLEGATE_LITERAL("[\n  {,}]"), NULL, &visible, &report, &error));
    CHECK(strcmp(info.kind, "UnexpectedCharacter") == 0);
    CHECK_NUMBER(info.numbers.line, 2);
    CHECK_NUMBER(info.numbers.column, 4);
    CHECK_NUMBER(info.numbers.start, 5);
    CHECK(visible.data == NULL && report.visible == 0);
    rolegate_matcher_free(matcher);
}

static rolegate_jwt_keys *new_keys(const char *first, const char *second) {
    const rolegate_bytes secrets[] = {{first, strlen(first)}, {second, second == NULL ? 0 : strlen(second)}};
    rolegate_jwt_keys *keys = NULL;
    OK(rolegate_jwt_keys_new(secrets, second == NULL ? 1 : 2, 0, &keys, &error));
    return keys;
}

static void token_is_valid_until_it_expires(void) {
    rolegate_jwt_keys *keys = new_keys("secret", NULL);
    rolegate_buffer token, claims;
    error_copy info;
    OK(rolegate_jwt_create(keys, ROLEGATE_LITERAL("ann"), ROLEGATE_LITERAL("s1"), 900, 1000000, &token, &error));
    OK(rolegate_jwt_verify(keys, token.data, token.len, 1000899, &claims, &error));
    CHECK_BUFFER(claims, "{\"userId\":\"ann\",\"sessionId\":\"s1\",\"exp\":1000900}");
    FAILS(ROLEGATE_STATUS_INVALID_TOKEN, &info,
          rolegate_jwt_verify(keys, token.data, token.len, 1000900, &claims, &error));
    CHECK(strcmp(info.kind, "Expired") == 0);
    token.data[token.len - 2] ^= 1;
    FAILS(ROLEGATE_STATUS_INVALID_TOKEN, &info,
          rolegate_jwt_verify(keys, token.data, token.len, 1000000, &claims, &error));
    CHECK(strcmp(info.kind, "Signature") == 0);
    rolegate_buffer_free(&token);
    rolegate_jwt_keys_free(keys);
}

static void token_of_an_old_secret_is_valid_while_it_is_named(void) {
    rolegate_jwt_keys *old = new_keys("old", NULL), *both = new_keys("new", "old"), *new = new_keys("new", NULL);
    rolegate_buffer token, claims;
    OK(rolegate_jwt_create(old, ROLEGATE_LITERAL("ann"), ROLEGATE_LITERAL("s1"), 900, 1000000, &token, &error));
    OK(rolegate_jwt_verify(both, token.data, token.len, 1000000, &claims, &error));
    rolegate_buffer_free(&claims);
    FAILS(ROLEGATE_STATUS_INVALID_TOKEN, NULL,
          rolegate_jwt_verify(new, token.data, token.len, 1000000, &claims, &error));
    rolegate_buffer_free(&token);
    OK(rolegate_jwt_create(both, ROLEGATE_LITERAL("ann"), ROLEGATE_LITERAL("s1"), 900, 1000000, &token, &error));
    OK(rolegate_jwt_verify(new, token.data, token.len, 1000000, &claims, &error));
    rolegate_buffer_free(&claims);
    rolegate_buffer_free(&token);
    rolegate_jwt_keys_free(old);
    rolegate_jwt_keys_free(both);
    rolegate_jwt_keys_free(new);
}

static void keys_and_lifetimes_out_of_range_are_refused(void) {
    rolegate_jwt_keys *keys = NULL;
    rolegate_buffer token;
    error_copy info;
    const rolegate_bytes secrets[] = {ROLEGATE_BYTES("secret"), {NULL, 0}};
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL, rolegate_jwt_keys_new(NULL, 0, 0, &keys, &error));
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, &info, rolegate_jwt_keys_new(secrets, 2, 0, &keys, &error));
    CHECK_NUMBER(info.numbers.text, 1);
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL, rolegate_jwt_keys_new(secrets, 1, 121, &keys, &error));
    keys = new_keys("secret", NULL);
    FAILS(ROLEGATE_STATUS_INVALID_TOKEN, NULL,
          rolegate_jwt_create(keys, ROLEGATE_LITERAL("ann"), ROLEGATE_LITERAL("s1"), 3601, 1000000, &token, &error));
    FAILS(ROLEGATE_STATUS_INVALID_TOKEN, NULL,
          rolegate_jwt_create(keys, ROLEGATE_LITERAL("ann"), NULL, 0, 900, 1000000, &token, &error));
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL,
          rolegate_jwt_create(keys, ROLEGATE_LITERAL("ann"), ROLEGATE_LITERAL("s1"), 900, UINT64_MAX, &token, &error));
    rolegate_jwt_keys_free(keys);
}

static void condition_has_text_and_values(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    rolegate_sql_layout layout = {.dialect = ROLEGATE_DIALECT_POSTGRES,
                                  .place = ROLEGATE_PLACE_COLUMN,
                                  .column_type = ROLEGATE_COLUMN_TYPE_TEXT_ARRAY,
                                  .alias = ROLEGATE_BYTES("b")};
    OK(rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 2, &json, &error));
    CHECK_BUFFER(json, "{\"plan\":\"matching\",\"sql\":\"(\\\"b\\\".\\\"_permissions\\\" IS NOT NULL AND "
                       "\\\"b\\\".\\\"_permissions\\\" && (SELECT CAST($2 AS text[])) AND "
                       "\\\"b\\\".\\\"_permissions\\\" COLLATE \\\"C\\\" && (SELECT CAST($2 AS text[])))\","
                       "\"binds\":[[\"read(\\\"any\\\")\",\"read(\\\"user:ann\\\")\",\"read(\\\"users\\\")\"]],"
                       "\"nextPlaceholder\":3}");
    const int64_t tenant = 7;
    layout = (rolegate_sql_layout){.dialect = ROLEGATE_DIALECT_MARIADB,
                                   .place = ROLEGATE_PLACE_PERMS,
                                   .table = ROLEGATE_BYTES("app_birthdays_perms"),
                                   .tenant = &tenant};
    OK(rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(contains(json, "app_birthdays_perms") && contains(json, "_tenant"));
    rolegate_buffer_free(&json);
    layout = (rolegate_sql_layout){
        .dialect = ROLEGATE_DIALECT_SQLITE, .place = ROLEGATE_PLACE_ACL, .table = ROLEGATE_BYTES("acl")};
    OK(rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(contains(json, "acl_grants"));
    rolegate_buffer_free(&json);
    rolegate_principal_free(ann);
}

static void condition_of_a_collection_is_its_decision(void) {
    rolegate_principal *ann = new_ann(), *nobody = NULL;
    rolegate_collection *open = NULL, *closed = NULL;
    rolegate_buffer json;
    const rolegate_sql_layout layout = {
        .dialect = ROLEGATE_DIALECT_DUCKDB, .place = ROLEGATE_PLACE_COLUMN, .column_type = ROLEGATE_COLUMN_TYPE_LIST};
    OK(rolegate_principal_from_roles(NULL, 0, &nobody, &error));
    OK(rolegate_collection_from_json(ROLEGATE_LITERAL("{\"$permissions\": [\"read(\\\"any\\\")\"]}"), &open, NULL,
                                     NULL, &error));
    OK(rolegate_collection_from_json(ROLEGATE_LITERAL("{}"), &closed, NULL, NULL, &error));
    OK(rolegate_collection_sql_condition(open, ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(contains(json, "{\"plan\":\"everything\""));
    rolegate_buffer_free(&json);
    OK(rolegate_sql_condition(nobody, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(contains(json, "{\"plan\":\"nothing\""));
    rolegate_buffer_free(&json);
    FAILS(ROLEGATE_STATUS_DENIED, NULL,
          rolegate_collection_sql_condition(closed, ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL,
          rolegate_collection_sql_condition(NULL, ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(json.data == NULL && json.len == 0);
    rolegate_collection_free(open);
    rolegate_collection_free(closed);
    rolegate_principal_free(nobody);
    rolegate_principal_free(ann);
}

static void layout_that_the_database_cannot_have_is_refused(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    error_copy info;
    rolegate_sql_layout layout = {
        .dialect = ROLEGATE_DIALECT_SQLITE, .place = ROLEGATE_PLACE_COLUMN, .column_type = ROLEGATE_COLUMN_TYPE_JSONB};
    FAILS(ROLEGATE_STATUS_INVALID_LAYOUT, &info,
          rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(strcmp(info.kind, "ColumnType") == 0);
    layout = (rolegate_sql_layout){.dialect = ROLEGATE_DIALECT_SQLITE, .place = ROLEGATE_PLACE_PERMS};
    FAILS(ROLEGATE_STATUS_INVALID_LAYOUT, &info,
          rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    CHECK(strcmp(info.kind, "Identifier") == 0);
    layout = (rolegate_sql_layout){.dialect = 9, .place = ROLEGATE_PLACE_PERMS};
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL,
          rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    layout = (rolegate_sql_layout){.dialect = ROLEGATE_DIALECT_SQLITE, .place = 9};
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL,
          rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, &layout, 1, &json, &error));
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL,
          rolegate_sql_condition(ann, ROLEGATE_ACTION_READ, NULL, 1, &json, &error));
    rolegate_principal_free(ann);
}

void run_service_tests(void) {
    const test tests[] = {
        TEST(response_keeps_its_visible_documents),
        TEST(options_set_keys_nesting_and_limits),
        TEST(broken_json_is_an_error_with_its_place),
        TEST(token_is_valid_until_it_expires),
        TEST(token_of_an_old_secret_is_valid_while_it_is_named),
        TEST(keys_and_lifetimes_out_of_range_are_refused),
        TEST(condition_has_text_and_values),
        TEST(condition_of_a_collection_is_its_decision),
        TEST(layout_that_the_database_cannot_have_is_refused),
    };
    run_tests(tests, COUNT(tests));
}
