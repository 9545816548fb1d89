/* Compiled lists: tables, columns, visibilities and selections. */
#include "harness.h"
#include "suites.h"

/* A table with a column of `documents` documents. Every third document is ann's, all others are ben's. */
typedef struct {
    rolegate_table *table;
    rolegate_column *column;
} compiled;

static compiled new_compiled(size_t documents) {
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("read(\"user:ann\")"), ROLEGATE_BYTES("read(\"user:ben\")")};
    const size_t offsets[] = {0, 1, 2};
    compiled new = {NULL, NULL};
    OK(rolegate_table_new(NULL, &new.table, &error));
    OK(rolegate_column_new(&new.column, &error));
    for (size_t i = 0; i < documents; i++) {
        const rolegate_lists list = {texts, 2, offsets + (i % 3 == 0 ? 0 : 1), 1};
        OK(rolegate_column_append(new.column, new.table, &list, NULL, NULL, &error));
    }
    return new;
}

static void free_compiled(compiled old) {
    CHECK(rolegate_column_free(old.column) == ROLEGATE_STATUS_OK);
    CHECK(rolegate_table_free(old.table) == ROLEGATE_STATUS_OK);
}

/* The documents of a column that ann may read. */
static rolegate_selection *new_selection(compiled of, const rolegate_collection *collection) {
    rolegate_principal *ann = new_ann();
    rolegate_visibility *visibility = NULL;
    rolegate_selection *selection = NULL;
    if (collection == NULL) {
        OK(rolegate_visibility_new(of.table, ann, ROLEGATE_ACTION_READ, &visibility, &error));
    } else {
        OK(rolegate_collection_visibility(collection, ann, ROLEGATE_ACTION_READ, of.table, &visibility, &error));
    }
    OK(rolegate_selection_new(&selection, &error));
    OK(rolegate_visibility_filter(visibility, of.column, selection, &error));
    rolegate_visibility_free(visibility);
    rolegate_principal_free(ann);
    return selection;
}

static void visible_documents_are_selected(void) {
    compiled made = new_compiled(100);
    rolegate_selection *selection = new_selection(made, NULL);
    size_t documents = 0, selected = 0, lists = 0, memory = 0, len = 0;
    OK(rolegate_selection_count(selection, &documents, &selected, &error));
    CHECK_NUMBER(documents, 100);
    CHECK_NUMBER(selected, 34);
    OK(rolegate_table_size(made.table, &lists, &memory, &error));
    CHECK_NUMBER(lists, 2);
    CHECK(memory > 0);
    OK(rolegate_column_len(made.column, &len, &error));
    CHECK_NUMBER(len, 100);
    rolegate_selection_free(selection);
    free_compiled(made);
}

static void positions_are_read_page_by_page(void) {
    compiled made = new_compiled(100);
    rolegate_selection *selection = new_selection(made, NULL);
    uint32_t page[10];
    size_t from = 0, written = 0, found = 0;
    do {
        OK(rolegate_selection_positions(selection, from, page, COUNT(page), &written, &error));
        for (size_t i = 0; i < written; i++) CHECK_NUMBER(page[i], 3 * found++);
        if (written > 0) from = page[written - 1] + 1;
    } while (written > 0);
    CHECK_NUMBER(found, 34);
    OK(rolegate_selection_positions(selection, SIZE_MAX, page, COUNT(page), &written, &error));
    CHECK_NUMBER(written, 0);
    OK(rolegate_selection_positions(selection, 0, NULL, 0, &written, &error));
    CHECK_NUMBER(written, 0);
    rolegate_selection_free(selection);
    free_compiled(made);
}

static void bitmap_has_a_bit_for_each_document(void) {
    compiled made = new_compiled(100);
    rolegate_selection *selection = new_selection(made, NULL);
    uint8_t bitmap[13];
    OK(rolegate_selection_bitmap(selection, bitmap, sizeof bitmap, &error));
    for (size_t i = 0; i < 8 * sizeof bitmap; i++) {
        CHECK_NUMBER(bitmap[i / 8] >> (i % 8) & 1, i < 100 && i % 3 == 0);
    }
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL, rolegate_selection_bitmap(selection, bitmap, 12, &error));
    rolegate_selection_free(selection);
    free_compiled(made);
}

static void collection_decides_before_the_documents(void) {
    compiled made = new_compiled(100);
    rolegate_principal *ann = new_ann();
    rolegate_collection *open = NULL, *closed = NULL;
    rolegate_visibility *visibility = NULL;
    size_t selected = 0;
    OK(rolegate_collection_from_json(ROLEGATE_LITERAL("{\"$permissions\": [\"read(\\\"users\\\")\"]}"), &open, NULL,
                                     NULL, &error));
    OK(rolegate_collection_from_json(ROLEGATE_LITERAL("{}"), &closed, NULL, NULL, &error));
    rolegate_selection *selection = new_selection(made, open);
    OK(rolegate_selection_count(selection, NULL, &selected, &error));
    CHECK_NUMBER(selected, 100);
    FAILS(ROLEGATE_STATUS_DENIED, NULL,
          rolegate_collection_visibility(closed, ann, ROLEGATE_ACTION_READ, made.table, &visibility, &error));
    CHECK(visibility == NULL);
    rolegate_selection_free(selection);
    rolegate_collection_free(open);
    rolegate_collection_free(closed);
    rolegate_principal_free(ann);
    free_compiled(made);
}

/* A collection that could not be read must not become a listing without a collection. */
static void null_collection_is_refused(void) {
    compiled made = new_compiled(3);
    rolegate_principal *ann = new_ann();
    rolegate_visibility *visibility = (rolegate_visibility *)1;
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL,
          rolegate_collection_visibility(NULL, ann, ROLEGATE_ACTION_READ, made.table, &visibility, &error));
    CHECK(visibility == NULL);
    rolegate_principal_free(ann);
    free_compiled(made);
}

static void failed_filter_leaves_no_documents_of_the_filter_before(void) {
    compiled made = new_compiled(100);
    rolegate_principal *ann = new_ann();
    rolegate_selection *selection = new_selection(made, NULL);
    rolegate_visibility *visibility = NULL;
    size_t documents = 7, selected = 7;
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_visibility_filter(NULL, made.column, selection, &error));
    OK(rolegate_selection_count(selection, &documents, &selected, &error));
    CHECK(documents == 0 && selected == 0);
    OK(rolegate_visibility_new(made.table, ann, ROLEGATE_ACTION_READ, &visibility, &error));
    OK(rolegate_visibility_filter(visibility, made.column, selection, &error));
    OK(rolegate_selection_count(selection, NULL, &selected, &error));
    CHECK_NUMBER(selected, 34);
    FAILS(ROLEGATE_STATUS_WRONG_HANDLE, NULL,
          rolegate_visibility_filter(visibility, (const rolegate_column *)ann, selection, &error));
    OK(rolegate_selection_count(selection, &documents, &selected, &error));
    CHECK(documents == 0 && selected == 0);
    rolegate_visibility_free(visibility);
    rolegate_selection_free(selection);
    rolegate_principal_free(ann);
    free_compiled(made);
}

static void column_of_another_table_is_not_visible(void) {
    compiled made = new_compiled(10), other = new_compiled(10);
    const compiled mixed = {made.table, other.column};
    rolegate_selection *selection = new_selection(mixed, NULL);
    size_t documents = 0, selected = 7;
    OK(rolegate_selection_count(selection, &documents, &selected, &error));
    CHECK_NUMBER(documents, 10);
    CHECK_NUMBER(selected, 0);
    rolegate_selection_free(selection);
    free_compiled(made);
    free_compiled(other);
}

static void changed_document_has_its_new_list(void) {
    compiled made = new_compiled(3);
    const rolegate_bytes anns = ROLEGATE_BYTES("read(\"user:ann\")");
    const rolegate_bytes broken = ROLEGATE_BYTES("read(\"user\")");
    size_t selected = 0, len = 0;
    error_copy info;
    OK(rolegate_column_set(made.column, 2, made.table, &anns, 1, &error));
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_column_set(made.column, 0, made.table, &broken, 1, &error));
    CHECK_NUMBER(info.numbers.text, 0);
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, &info, rolegate_column_set(made.column, 3, made.table, &anns, 1, &error));
    CHECK(strcmp(info.message, "column has 3 documents, and none at position 3") == 0);
    OK(rolegate_column_swap_remove(made.column, 0, &error));
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL, rolegate_column_swap_remove(made.column, 2, &error));
    OK(rolegate_column_len(made.column, &len, &error));
    CHECK_NUMBER(len, 2);
    rolegate_selection *selection = new_selection(made, NULL);
    uint32_t positions[2] = {7, 7};
    OK(rolegate_selection_positions(selection, 0, positions, 2, &selected, &error));
    CHECK(selected == 1 && positions[0] == 0);
    rolegate_selection_free(selection);
    free_compiled(made);
}

static void malformed_permission_grants_nothing_and_is_reported(void) {
    compiled made = new_compiled(0);
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("read(\"user:ann\")"), ROLEGATE_BYTES("read(any)"),
                                    ROLEGATE_BYTES("read(\"usr:a\")")};
    const size_t offsets[] = {0, 2, 3};
    const rolegate_lists lists = {texts, 3, offsets, 2};
    rolegate_buffer malformed;
    size_t count = 0, len = 7, selected = 0;
    error_copy info;
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_column_append_strict(made.column, made.table, &lists, &error));
    CHECK_NUMBER(info.numbers.list, 0);
    CHECK_NUMBER(info.numbers.text, 1);
    OK(rolegate_column_len(made.column, &len, &error));
    CHECK_NUMBER(len, 0);
    OK(rolegate_column_append(made.column, made.table, &lists, &count, &malformed, &error));
    CHECK_NUMBER(count, 2);
    CHECK_BUFFER(malformed,
                 "[{\"list\":0,\"text\":1,\"start\":4,\"end\":5,\"kind\":\"MissingOpening\",\"message\":\"expected "
                 "`(\\\"`, found `(`; write `read(\\\"any\\\")`\",\"hint\":\"write `read(\\\"any\\\")`\"},"
                 "{\"list\":1,\"text\":0,\"start\":6,\"end\":9,\"kind\":\"UnknownRole\",\"message\":\"expected a "
                 "role, found `usr`; write `user:a`\",\"hint\":\"write `user:a`\"}]");
    rolegate_selection *selection = new_selection(made, NULL);
    OK(rolegate_selection_count(selection, NULL, &selected, &error));
    CHECK_NUMBER(selected, 1);
    rolegate_selection_free(selection);
    free_compiled(made);
}

static void report_has_the_first_hundred_malformed_permissions(void) {
    compiled made = new_compiled(0);
    rolegate_bytes texts[250];
    size_t offsets[COUNT(texts) + 1];
    for (size_t i = 0; i < COUNT(texts); i++) {
        texts[i] = (rolegate_bytes)ROLEGATE_BYTES("x");
        offsets[i] = i;
    }
    offsets[COUNT(texts)] = COUNT(texts);
    const rolegate_lists lists = {texts, COUNT(texts), offsets, COUNT(texts)};
    rolegate_buffer malformed;
    size_t count = 0, reported = 0;
    OK(rolegate_column_append(made.column, made.table, &lists, &count, &malformed, &error));
    CHECK_NUMBER(count, COUNT(texts));
    for (size_t i = 0; i + 7 <= malformed.len; i++) reported += memcmp(malformed.data + i, "\"list\":", 7) == 0;
    CHECK_NUMBER(reported, 100);
    rolegate_buffer_free(&malformed);
    free_compiled(made);
}

static void packed_lists_are_compiled_as_lists_are(void) {
    compiled made = new_compiled(2);
    const char bytes[] = "read(\"user:ben\")read(\"user:ann\")";
    const uint32_t text_lens[] = {16, 16}, list_lens[] = {1, 1};
    const rolegate_packed_lists lists = {bytes, sizeof bytes - 1, text_lens, 2, list_lens, 2};
    size_t distinct = 0, written = 0;
    uint32_t positions[4];
    OK(rolegate_column_append_packed(made.column, made.table, &lists, NULL, NULL, &error));
    OK(rolegate_table_size(made.table, &distinct, NULL, &error));
    CHECK_NUMBER(distinct, 2);
    rolegate_selection *selection = new_selection(made, NULL);
    OK(rolegate_selection_positions(selection, 0, positions, 4, &written, &error));
    CHECK(written == 2 && positions[0] == 0 && positions[1] == 3);
    rolegate_selection_free(selection);
    free_compiled(made);
}

static void full_table_appends_no_document(void) {
    rolegate_table *table = NULL;
    rolegate_column *column = NULL;
    const rolegate_table_limits limits = {.lists = 1};
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("read(\"any\")"), ROLEGATE_BYTES("read(\"users\")")};
    const size_t offsets[] = {0, 1, 2};
    const rolegate_lists lists = {texts, 2, offsets, 2};
    size_t len = 7;
    error_copy info;
    OK(rolegate_table_new(&limits, &table, &error));
    OK(rolegate_column_new(&column, &error));
    FAILS(ROLEGATE_STATUS_FULL, &info, rolegate_column_append(column, table, &lists, NULL, NULL, &error));
    CHECK(strcmp(info.message, "table is full: 1 list") == 0);
    CHECK_NUMBER(info.numbers.list, 1);
    OK(rolegate_column_len(column, &len, &error));
    CHECK_NUMBER(len, 0);
    free_compiled((compiled){table, column});
}

void run_table_tests(void) {
    const test tests[] = {
        TEST(visible_documents_are_selected),
        TEST(positions_are_read_page_by_page),
        TEST(bitmap_has_a_bit_for_each_document),
        TEST(collection_decides_before_the_documents),
        TEST(null_collection_is_refused),
        TEST(failed_filter_leaves_no_documents_of_the_filter_before),
        TEST(column_of_another_table_is_not_visible),
        TEST(changed_document_has_its_new_list),
        TEST(malformed_permission_grants_nothing_and_is_reported),
        TEST(report_has_the_first_hundred_malformed_permissions),
        TEST(packed_lists_are_compiled_as_lists_are),
        TEST(full_table_appends_no_document),
    };
    run_tests(tests, COUNT(tests));
}
