/* Decisions on documents: one list, a page of lists, and a collection. */
#include "harness.h"
#include "suites.h"

static void principal_can_what_a_permission_grants(void) {
    rolegate_principal *ann = new_ann();
    const rolegate_bytes list[] = {ROLEGATE_BYTES("read(\"user:ann\")"), ROLEGATE_BYTES("broken")};
    uint8_t allowed = 7;
    OK(rolegate_principal_can(ann, ROLEGATE_ACTION_READ, list, 2, &allowed, &error));
    CHECK_NUMBER(allowed, 1);
    OK(rolegate_principal_can(ann, ROLEGATE_ACTION_UPDATE, list, 2, &allowed, &error));
    CHECK_NUMBER(allowed, 0);
    OK(rolegate_principal_can(ann, ROLEGATE_ACTION_READ, NULL, 0, &allowed, &error));
    CHECK_NUMBER(allowed, 0);
    rolegate_principal_free(ann);
}

static void unknown_action_is_refused(void) {
    rolegate_principal *ann = new_ann();
    const uint32_t wrong[] = {0, 3, 5, 16, UINT32_MAX};
    uint8_t allowed = 0;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL, rolegate_principal_can(ann, wrong[i], NULL, 0, &allowed, &error));
    }
    rolegate_principal_free(ann);
}

/* Four lists: of ann, of nobody, of ben, and of everybody. */
static const rolegate_bytes PAGE[] = {
    ROLEGATE_BYTES("update(\"user:ann\")"), ROLEGATE_BYTES("read(\"user:ann\")"),
    ROLEGATE_BYTES("read(\"user:ben\")"),   ROLEGATE_BYTES("read(\"any\")"),
};
static const size_t PAGE_OFFSETS[] = {0, 2, 2, 3, 4};

static void page_is_tested_list_by_list(void) {
    rolegate_matcher *matcher = new_matcher();
    const rolegate_lists lists = {PAGE, COUNT(PAGE), PAGE_OFFSETS, 4};
    uint8_t allowed[4];
    size_t count = 0;
    OK(rolegate_matcher_filter(matcher, &lists, allowed, 4, &count, &error));
    CHECK(memcmp(allowed, (uint8_t[]){1, 0, 0, 1}, 4) == 0);
    CHECK_NUMBER(count, 2);
    const rolegate_lists none = {NULL, 0, NULL, 0};
    OK(rolegate_matcher_filter(matcher, &none, NULL, 0, &count, &error));
    CHECK_NUMBER(count, 0);
    rolegate_matcher_free(matcher);
}

static void packed_page_has_the_same_answer(void) {
    rolegate_matcher *matcher = new_matcher();
    char bytes[128];
    uint32_t text_lens[COUNT(PAGE)];
    const uint32_t list_lens[] = {2, 0, 1, 1};
    size_t len = 0;
    for (size_t i = 0; i < COUNT(PAGE); i++) {
        memcpy(bytes + len, PAGE[i].data, PAGE[i].len);
        text_lens[i] = (uint32_t)PAGE[i].len;
        len += PAGE[i].len;
    }
    rolegate_packed_lists lists = {bytes, len, text_lens, COUNT(PAGE), list_lens, 4};
    uint8_t allowed[4];
    OK(rolegate_matcher_filter_packed(matcher, &lists, allowed, 4, NULL, &error));
    CHECK(memcmp(allowed, (uint8_t[]){1, 0, 0, 1}, 4) == 0);

    /* Lengths that do not fit together. */
    lists.len -= 1;
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
          rolegate_matcher_filter_packed(matcher, &lists, allowed, 4, NULL, &error));
    lists.len += 1;
    lists.text_count -= 1;
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
          rolegate_matcher_filter_packed(matcher, &lists, allowed, 4, NULL, &error));
    lists.text_count += 1;
    lists.count -= 1;
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
          rolegate_matcher_filter_packed(matcher, &lists, allowed, 3, NULL, &error));
    rolegate_matcher_free(matcher);
}

static void packed_text_that_divides_a_character_is_refused(void) {
    rolegate_matcher *matcher = new_matcher();
    const uint32_t text_lens[] = {2, 2};
    const uint32_t list_lens[] = {1, 1};
    const rolegate_packed_lists lists = {"a\xC3\xA4z", 4, text_lens, 2, list_lens, 2};
    uint8_t allowed[2];
    error_copy info;
    FAILS(ROLEGATE_STATUS_INVALID_UTF8, &info,
          rolegate_matcher_filter_packed(matcher, &lists, allowed, 2, NULL, &error));
    CHECK_NUMBER(info.numbers.list, 0);
    CHECK_NUMBER(info.numbers.text, 0);
    CHECK_NUMBER(info.numbers.start, 1);
    rolegate_matcher_free(matcher);
}

static void page_with_wrong_offsets_is_refused(void) {
    rolegate_matcher *matcher = new_matcher();
    const size_t descending[] = {0, 2, 1, 3, 4};
    const size_t too_far[] = {0, 2, 2, 3, 5};
    uint8_t allowed[4];
    error_copy info;
    rolegate_lists lists = {PAGE, COUNT(PAGE), descending, 4};
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, &info, rolegate_matcher_filter(matcher, &lists, allowed, 4, NULL, &error));
    CHECK_NUMBER(info.numbers.list, 1);
    lists.offsets = too_far;
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, &info, rolegate_matcher_filter(matcher, &lists, allowed, 4, NULL, &error));
    CHECK_NUMBER(info.numbers.list, 3);
    lists.offsets = PAGE_OFFSETS;
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL, rolegate_matcher_filter(matcher, &lists, allowed, 3, NULL, &error));
    lists.offsets = NULL;
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_matcher_filter(matcher, &lists, allowed, 4, NULL, &error));
    rolegate_matcher_free(matcher);
}

static void explanation_names_the_permission_or_the_roles(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    const rolegate_bytes bens = ROLEGATE_BYTES("read(\"user:ben\")");
    const rolegate_bytes anns = ROLEGATE_BYTES("read(\"user:ann\")");
    OK(rolegate_principal_explain(ann, ROLEGATE_ACTION_READ, &bens, 1, &json, &error));
    CHECK_BUFFER(json, "{\"action\":\"read\",\"allowed\":false,\"reason\":\"not_granted\",\"roles\":[\"user:ben\"],"
                       "\"text\":\"read denied: it needs user:ben\"}");
    OK(rolegate_principal_explain(ann, ROLEGATE_ACTION_READ, &anns, 1, &json, &error));
    CHECK_BUFFER(json, "{\"action\":\"read\",\"allowed\":true,\"reason\":\"granted\",\"source\":\"document\","
                       "\"index\":0,\"permission\":\"read(\\\"user:ann\\\")\",\"role\":\"user:ann\","
                       "\"text\":\"read allowed: the document grants read(\\\"user:ann\\\")\"}");
    rolegate_principal_free(ann);
}

static rolegate_collection *new_collection(const char *json) {
    rolegate_collection *collection = NULL;
    OK(rolegate_collection_from_json(json, strlen(json), &collection, NULL, NULL, &error));
    return collection;
}

static void collection_decides_on_each_operation(void) {
    rolegate_principal *ann = new_ann();
    rolegate_collection *collection =
        new_collection("{\"$permissions\": [\"create(\\\"users\\\")\"], \"documentSecurity\": true}");
    const rolegate_bytes readable = ROLEGATE_BYTES("read(\"user:ann\")");
    const rolegate_bytes hidden = ROLEGATE_BYTES("read(\"user:ben\")");
    uint32_t listing = 0;
    error_copy info;
    OK(rolegate_collection_list(collection, ann, &listing, &error));
    CHECK_NUMBER(listing, ROLEGATE_LISTING_FILTER_BY_DOCUMENT);
    OK(rolegate_collection_check(collection, ann, ROLEGATE_OPERATION_CREATE, NULL, 0, &error));
    OK(rolegate_collection_check(collection, ann, ROLEGATE_OPERATION_GET, &readable, 1, &error));
    OK(rolegate_collection_check(collection, ann, ROLEGATE_OPERATION_UPDATE_WITHOUT_CHANGES, &readable, 1, &error));
    const uint32_t denied[] = {ROLEGATE_OPERATION_UPDATE, ROLEGATE_OPERATION_DELETE};
    for (size_t i = 0; i < COUNT(denied); i++) {
        FAILS(ROLEGATE_STATUS_DENIED, &info, rolegate_collection_check(collection, ann, denied[i], &readable, 1, &error));
        CHECK(strcmp(info.error_type, "user_unauthorized") == 0 && strcmp(info.kind, "Denied") == 0);
        CHECK_NUMBER(info.numbers.http_status, 401);
        FAILS(ROLEGATE_STATUS_DENIED, &info, rolegate_collection_check(collection, ann, denied[i], &hidden, 1, &error));
        CHECK(strcmp(info.error_type, "document_not_found") == 0 && strcmp(info.kind, "DocumentHidden") == 0);
        CHECK_NUMBER(info.numbers.http_status, 404);
    }
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL, rolegate_collection_check(collection, ann, 0, NULL, 0, &error));
    rolegate_collection_free(collection);
    rolegate_principal_free(ann);
}

static void collection_that_grants_shows_every_document(void) {
    rolegate_principal *ann = new_ann();
    rolegate_collection *collection = new_collection("{\"$permissions\": [\"read(\\\"any\\\")\"]}");
    rolegate_matcher *matcher = NULL;
    rolegate_buffer json;
    uint32_t listing = 0;
    uint8_t allowed = 0;
    const size_t offsets[] = {0, 0};
    const rolegate_lists lists = {NULL, 0, offsets, 1};
    OK(rolegate_collection_list(collection, ann, &listing, &error));
    CHECK_NUMBER(listing, ROLEGATE_LISTING_EVERY_DOCUMENT);
    OK(rolegate_collection_matcher(collection, ann, ROLEGATE_ACTION_READ, &matcher, &error));
    OK(rolegate_matcher_filter(matcher, &lists, &allowed, 1, NULL, &error));
    CHECK_NUMBER(allowed, 1);
    OK(rolegate_collection_explain(collection, ann, ROLEGATE_ACTION_READ, NULL, 0, &json, &error));
    CHECK_BUFFER(json, "{\"action\":\"read\",\"allowed\":true,\"reason\":\"granted\",\"source\":\"collection\","
                       "\"index\":0,\"permission\":\"read(\\\"any\\\")\",\"role\":\"any\","
                       "\"text\":\"read allowed: the collection grants read(\\\"any\\\")\"}");
    rolegate_matcher_free(matcher);
    FAILS(ROLEGATE_STATUS_DENIED, NULL,
          rolegate_collection_matcher(collection, ann, ROLEGATE_ACTION_DELETE, &matcher, &error));
    rolegate_collection_free(collection);
    rolegate_principal_free(ann);
}

static void closed_collection_is_not_found(void) {
    rolegate_principal *ann = new_ann();
    rolegate_collection *collection =
        new_collection("{\"$permissions\": [\"read(\\\"any\\\")\"], \"enabled\": false}");
    uint32_t listing = 0;
    error_copy info;
    FAILS(ROLEGATE_STATUS_DENIED, &info, rolegate_collection_list(collection, ann, &listing, &error));
    CHECK(strcmp(info.error_type, "collection_not_found") == 0);
    CHECK_NUMBER(info.numbers.http_status, 404);
    rolegate_collection_free(collection);
    rolegate_principal_free(ann);
}

static void collection_reports_malformed_permissions(void) {
    const char *json = "{\"$permissions\": [\"read(\\\"any\\\")\", \"read(any)\"]}";
    rolegate_collection *collection = NULL;
    rolegate_buffer malformed;
    size_t count = 0;
    OK(rolegate_collection_from_json(json, strlen(json), &collection, &count, &malformed, &error));
    CHECK_NUMBER(count, 1);
    CHECK_BUFFER(malformed, "[{\"text\":1,\"start\":4,\"end\":5,\"kind\":\"MissingOpening\",\"message\":\"expected "
                            "`(\\\"`, found `(`; write `read(\\\"any\\\")`\",\"hint\":\"write `read(\\\"any\\\")`\"}]");
    rolegate_collection_free(collection);
    FAILS(ROLEGATE_STATUS_INVALID_JSON, NULL,
          rolegate_collection_from_json(ROLEGATE_LITERAL("[]"), &collection, NULL, NULL, &error));
}

void run_decision_tests(void) {
    const test tests[] = {
        TEST(principal_can_what_a_permission_grants),
        TEST(unknown_action_is_refused),
        TEST(page_is_tested_list_by_list),
        TEST(packed_page_has_the_same_answer),
        TEST(packed_text_that_divides_a_character_is_refused),
        TEST(page_with_wrong_offsets_is_refused),
        TEST(explanation_names_the_permission_or_the_roles),
        TEST(collection_decides_on_each_operation),
        TEST(collection_that_grants_shows_every_document),
        TEST(closed_collection_is_not_found),
        TEST(collection_reports_malformed_permissions),
    };
    run_tests(tests, COUNT(tests));
}
