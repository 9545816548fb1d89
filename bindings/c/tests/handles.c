/* Handles: null, freed, of another kind, and in any order. */
#include "harness.h"
#include "suites.h"

static void version_of_library_is_that_of_header(void) {
    CHECK_NUMBER(rolegate_abi_version(), ROLEGATE_ABI_VERSION);
    CHECK(strlen(rolegate_version()) > 0);
}

static void null_handle_is_refused(void) {
    rolegate_matcher *matcher = NULL;
    error_copy info;
    FAILS(ROLEGATE_STATUS_NULL_POINTER, &info, rolegate_matcher_new(NULL, ROLEGATE_ACTION_READ, &matcher, &error));
    CHECK(strcmp(info.message, "expected a principal, found a null pointer") == 0);
    CHECK(matcher == NULL);
}

static void null_handle_is_freed_without_effect(void) {
    CHECK(rolegate_principal_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_matcher_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_collection_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_table_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_column_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_visibility_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_selection_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_jwt_keys_free(NULL) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_error_free(NULL) == ROLEGATE_STATUS_OK);
}

static void handle_of_another_kind_is_refused(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    error_copy info;
    FAILS(ROLEGATE_STATUS_WRONG_HANDLE, &info,
          rolegate_json_filter((const rolegate_matcher *)ann, ROLEGATE_LITERAL("[]"), NULL, &json, NULL, &error));
    CHECK(strcmp(info.message, "expected a matcher, found a principal") == 0);
    CHECK(json.data == NULL && json.len == 0);
    CHECK(rolegate_matcher_free((rolegate_matcher *)ann) == ROLEGATE_STATUS_WRONG_HANDLE);
    CHECK(rolegate_error_free((rolegate_error *)ann) == ROLEGATE_STATUS_WRONG_HANDLE);
    OK(rolegate_principal_json(ann, &json, &error));
    rolegate_buffer_free(&json);
    CHECK(rolegate_principal_free(ann) == ROLEGATE_STATUS_OK);
}

/* An object of each kind. The pointers have no type, so that each is accepted for every kind. */
typedef struct {
    void *ann, *collection, *table, *column, *selection, *visibility, *keys;
} objects;

static objects new_objects(void) {
    const rolegate_bytes secret = ROLEGATE_BYTES("secret");
    rolegate_principal *ann = new_ann();
    rolegate_collection *collection = NULL;
    rolegate_table *table = NULL;
    rolegate_column *column = NULL;
    rolegate_selection *selection = NULL;
    rolegate_visibility *visibility = NULL;
    rolegate_jwt_keys *keys = NULL;
    OK(rolegate_collection_from_json(ROLEGATE_LITERAL("{}"), &collection, NULL, NULL, &error));
    OK(rolegate_table_new(NULL, &table, &error));
    OK(rolegate_column_new(&column, &error));
    OK(rolegate_selection_new(&selection, &error));
    OK(rolegate_visibility_new(table, ann, ROLEGATE_ACTION_READ, &visibility, &error));
    OK(rolegate_jwt_keys_new(&secret, 1, 0, &keys, &error));
    return (objects){ann, collection, table, column, selection, visibility, keys};
}

static void free_objects(objects old) {
    CHECK(rolegate_principal_free(old.ann) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_collection_free(old.collection) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_table_free(old.table) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_column_free(old.column) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_selection_free(old.selection) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_visibility_free(old.visibility) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_jwt_keys_free(old.keys) == ROLEGATE_STATUS_OK);
}

/* In the following tests, each handle parameter gets a handle of another kind. The other handles are right. */
#define WRONG(call) FAILS(ROLEGATE_STATUS_WRONG_HANDLE, NULL, call)
#define READ ROLEGATE_ACTION_READ

static const rolegate_lists NO_LISTS = {NULL, 0, NULL, 0};
static const rolegate_packed_lists NO_PACKED = {NULL, 0, NULL, 0, NULL, 0};
static const rolegate_sql_layout LAYOUT = {
    .dialect = ROLEGATE_DIALECT_SQLITE, .place = ROLEGATE_PLACE_PERMS, .table = ROLEGATE_BYTES("perms")};

static void functions_of_principals_refuse_other_handles(void) {
    objects some = new_objects();
    rolegate_matcher *matcher = NULL;
    rolegate_buffer buffer;
    rolegate_error_info info;
    uint8_t byte = 7;
    WRONG(rolegate_principal_json(some.keys, &buffer, &error));
    WRONG(rolegate_principal_can(some.keys, READ, NULL, 0, &byte, &error));
    WRONG(rolegate_principal_explain(some.keys, READ, NULL, 0, &buffer, &error));
    WRONG(rolegate_principal_document_permissions(some.keys, NULL, 0, &buffer, &error));
    WRONG(rolegate_principal_default_permissions(some.keys, &buffer, &error));
    WRONG(rolegate_matcher_new(some.keys, READ, &matcher, &error));
    WRONG(rolegate_matcher_filter(some.keys, &NO_LISTS, NULL, 0, NULL, &error));
    WRONG(rolegate_matcher_filter_packed(some.keys, &NO_PACKED, NULL, 0, NULL, &error));
    WRONG(rolegate_json_filter(some.keys, ROLEGATE_LITERAL("[]"), NULL, &buffer, NULL, &error));
    WRONG(rolegate_sql_condition(some.keys, READ, &LAYOUT, 1, &buffer, &error));
    WRONG(rolegate_jwt_create(some.ann, ROLEGATE_LITERAL("a"), ROLEGATE_LITERAL("s"), 1, 1, &buffer, &error));
    WRONG(rolegate_jwt_verify(some.ann, ROLEGATE_LITERAL("a"), 1, &buffer, &error));
    CHECK(rolegate_error_read(some.keys, &info) == ROLEGATE_STATUS_WRONG_HANDLE);
    CHECK(matcher == NULL && byte == 0 && buffer.data == NULL);
    free_objects(some);
}

static void functions_of_collections_refuse_other_handles(void) {
    objects some = new_objects();
    rolegate_matcher *matcher = NULL;
    rolegate_visibility *visibility = NULL;
    rolegate_buffer buffer;
    uint32_t listing = 7;
    WRONG(rolegate_collection_list(some.keys, some.ann, &listing, &error));
    WRONG(rolegate_collection_list(some.collection, some.keys, &listing, &error));
    WRONG(rolegate_collection_check(some.keys, some.ann, ROLEGATE_OPERATION_GET, NULL, 0, &error));
    WRONG(rolegate_collection_check(some.collection, some.keys, ROLEGATE_OPERATION_GET, NULL, 0, &error));
    WRONG(rolegate_collection_matcher(some.keys, some.ann, READ, &matcher, &error));
    WRONG(rolegate_collection_matcher(some.collection, some.keys, READ, &matcher, &error));
    WRONG(rolegate_collection_explain(some.keys, some.ann, READ, NULL, 0, &buffer, &error));
    WRONG(rolegate_collection_explain(some.collection, some.keys, READ, NULL, 0, &buffer, &error));
    WRONG(rolegate_collection_visibility(some.keys, some.ann, READ, some.table, &visibility, &error));
    WRONG(rolegate_collection_visibility(some.collection, some.keys, READ, some.table, &visibility, &error));
    WRONG(rolegate_collection_visibility(some.collection, some.ann, READ, some.keys, &visibility, &error));
    WRONG(rolegate_collection_sql_condition(some.keys, some.ann, READ, &LAYOUT, 1, &buffer, &error));
    WRONG(rolegate_collection_sql_condition(some.collection, some.keys, READ, &LAYOUT, 1, &buffer, &error));
    CHECK(matcher == NULL && visibility == NULL && listing == 0 && buffer.data == NULL);
    free_objects(some);
}

static void functions_of_tables_refuse_other_handles(void) {
    objects some = new_objects();
    rolegate_visibility *visibility = NULL;
    uint32_t position = 0;
    uint8_t byte = 7;
    size_t number = 7;
    WRONG(rolegate_table_size(some.keys, &number, NULL, &error));
    WRONG(rolegate_column_len(some.keys, &number, &error));
    WRONG(rolegate_column_append(some.keys, some.table, &NO_LISTS, NULL, NULL, &error));
    WRONG(rolegate_column_append(some.column, some.keys, &NO_LISTS, NULL, NULL, &error));
    WRONG(rolegate_column_append_packed(some.keys, some.table, &NO_PACKED, NULL, NULL, &error));
    WRONG(rolegate_column_append_packed(some.column, some.keys, &NO_PACKED, NULL, NULL, &error));
    WRONG(rolegate_column_append_strict(some.keys, some.table, &NO_LISTS, &error));
    WRONG(rolegate_column_append_strict(some.column, some.keys, &NO_LISTS, &error));
    WRONG(rolegate_column_set(some.keys, 0, some.table, NULL, 0, &error));
    WRONG(rolegate_column_set(some.column, 0, some.keys, NULL, 0, &error));
    WRONG(rolegate_column_swap_remove(some.keys, 0, &error));
    WRONG(rolegate_visibility_new(some.keys, some.ann, READ, &visibility, &error));
    WRONG(rolegate_visibility_new(some.table, some.keys, READ, &visibility, &error));
    WRONG(rolegate_visibility_filter(some.keys, some.column, some.selection, &error));
    WRONG(rolegate_visibility_filter(some.visibility, some.keys, some.selection, &error));
    WRONG(rolegate_visibility_filter(some.visibility, some.column, some.keys, &error));
    WRONG(rolegate_selection_count(some.keys, &number, NULL, &error));
    WRONG(rolegate_selection_positions(some.keys, 0, &position, 1, &number, &error));
    WRONG(rolegate_selection_bitmap(some.keys, &byte, 1, &error));
    CHECK(visibility == NULL && byte == 0 && number == 0);
    free_objects(some);
}

#undef WRONG
#undef READ

static void freed_handle_is_refused(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    error_copy info;
    CHECK(rolegate_principal_free(ann) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_principal_free(ann) == ROLEGATE_STATUS_WRONG_HANDLE);
    FAILS(ROLEGATE_STATUS_WRONG_HANDLE, &info, rolegate_principal_json(ann, &json, &error));
    CHECK(strcmp(info.message, "expected a principal, found a handle that was freed or never existed") == 0);
}

static void freed_handle_is_not_given_again(void) {
    rolegate_principal *freed[300];
    for (size_t i = 0; i < COUNT(freed); i++) {
        freed[i] = new_ann();
        CHECK(rolegate_principal_free(freed[i]) == ROLEGATE_STATUS_OK);
    }
    rolegate_principal *ann = new_ann();
    for (size_t i = 0; i < COUNT(freed); i++) {
        CHECK(freed[i] != ann);
        CHECK(rolegate_principal_free(freed[i]) == ROLEGATE_STATUS_WRONG_HANDLE);
    }
    CHECK(rolegate_principal_free(ann) == ROLEGATE_STATUS_OK);
}

static void address_that_is_no_handle_is_refused(void) {
    int on_the_stack = 0;
    rolegate_buffer json;
    const rolegate_principal *addresses[] = {(rolegate_principal *)&on_the_stack, (rolegate_principal *)1,
                                             (rolegate_principal *)UINTPTR_MAX,
                                             (rolegate_principal *)(UINTPTR_MAX / 2)};
    for (size_t i = 0; i < COUNT(addresses); i++) {
        FAILS(ROLEGATE_STATUS_WRONG_HANDLE, NULL, rolegate_principal_json(addresses[i], &json, &error));
    }
}

static void many_handles_are_different_and_valid(void) {
    enum { MANY = 1000 };
    static rolegate_principal *all[MANY];
    rolegate_buffer json;
    for (size_t i = 0; i < MANY; i++) OK(rolegate_principal_guest(&all[i], &error));
    for (size_t i = 1; i < MANY; i++) CHECK(all[i] != all[i - 1]);
    for (size_t i = 0; i < MANY; i++) {
        OK(rolegate_principal_json(all[i], &json, &error));
        CHECK_BUFFER(json, "{\"kind\":\"guest\",\"roles\":[\"any\",\"guests\"]}");
    }
    for (size_t i = 0; i < MANY; i++) CHECK(rolegate_principal_free(all[i]) == ROLEGATE_STATUS_OK);
}

static void object_stays_valid_after_its_parts_are_freed(void) {
    rolegate_principal *ann = new_ann();
    rolegate_matcher *matcher = NULL;
    rolegate_table *table = NULL;
    rolegate_column *column = NULL;
    rolegate_visibility *visibility = NULL;
    rolegate_selection *selection = NULL;
    rolegate_buffer json;
    size_t selected = 0;
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("read(\"user:ann\")")};
    const size_t offsets[] = {0, 1};
    const rolegate_lists lists = {texts, 1, offsets, 1};
    OK(rolegate_matcher_new(ann, ROLEGATE_ACTION_READ, &matcher, &error));
    OK(rolegate_table_new(NULL, &table, &error));
    OK(rolegate_column_new(&column, &error));
    OK(rolegate_selection_new(&selection, &error));
    OK(rolegate_column_append_strict(column, table, &lists, &error));
    OK(rolegate_visibility_new(table, ann, ROLEGATE_ACTION_READ, &visibility, &error));
    CHECK(rolegate_principal_free(ann) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_table_free(table) == ROLEGATE_STATUS_OK);
    OK(rolegate_visibility_filter(visibility, column, selection, &error));
    CHECK(rolegate_column_free(column) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_visibility_free(visibility) == ROLEGATE_STATUS_OK);
    OK(rolegate_selection_count(selection, NULL, &selected, &error));
    CHECK_NUMBER(selected, 1);
    CHECK(rolegate_selection_free(selection) == ROLEGATE_STATUS_OK);
    OK(rolegate_json_filter(matcher, ROLEGATE_LITERAL("[]"), NULL, &json, NULL, &error));
    CHECK_BUFFER(json, "[]");
    CHECK(rolegate_matcher_free(matcher) == ROLEGATE_STATUS_OK);
}

static void error_may_be_ignored(void) {
    rolegate_matcher *matcher = (rolegate_matcher *)1;
    CHECK(rolegate_matcher_new(NULL, ROLEGATE_ACTION_READ, &matcher, NULL) == ROLEGATE_STATUS_NULL_POINTER);
    CHECK(matcher == NULL);
}

static void error_is_null_after_success(void) {
    rolegate_error *error = (rolegate_error *)1;
    rolegate_principal *guest = NULL;
    CHECK(rolegate_principal_guest(&guest, &error) == ROLEGATE_STATUS_OK);
    CHECK(error == NULL);
    CHECK(rolegate_principal_free(guest) == ROLEGATE_STATUS_OK);
}

static void error_that_was_freed_is_not_read(void) {
    rolegate_error *error = NULL;
    rolegate_error_info info;
    CHECK(rolegate_principal_guest(NULL, &error) == ROLEGATE_STATUS_NULL_POINTER);
    CHECK(rolegate_error_free(error) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_error_free(error) == ROLEGATE_STATUS_WRONG_HANDLE);
    CHECK(rolegate_error_read(error, &info) == ROLEGATE_STATUS_WRONG_HANDLE);
    CHECK(info.message.data == NULL && info.line == ROLEGATE_NONE);
    CHECK(rolegate_error_read(NULL, &info) == ROLEGATE_STATUS_NULL_POINTER);
    CHECK(rolegate_error_read(error, NULL) == ROLEGATE_STATUS_NULL_POINTER);
}

void run_handle_tests(void) {
    const test tests[] = {
        TEST(version_of_library_is_that_of_header),
        TEST(null_handle_is_refused),
        TEST(null_handle_is_freed_without_effect),
        TEST(handle_of_another_kind_is_refused),
        TEST(functions_of_principals_refuse_other_handles),
        TEST(functions_of_collections_refuse_other_handles),
        TEST(functions_of_tables_refuse_other_handles),
        TEST(freed_handle_is_refused),
        TEST(freed_handle_is_not_given_again),
        TEST(address_that_is_no_handle_is_refused),
        TEST(many_handles_are_different_and_valid),
        TEST(object_stays_valid_after_its_parts_are_freed),
        TEST(error_may_be_ignored),
        TEST(error_is_null_after_success),
        TEST(error_that_was_freed_is_not_read),
    };
    run_tests(tests, COUNT(tests));
}
