/* Pointers, lengths and buffers. */
#include "harness.h"
#include "suites.h"

static void null_out_parameter_is_refused(void) {
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_principal_guest(NULL, &error));
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_table_new(NULL, NULL, &error));
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_permissions_parse(NULL, 1, NULL, &error));
}

static void null_text_of_no_length_is_empty(void) {
    rolegate_principal *nobody = NULL;
    rolegate_buffer json;
    error_copy info;
    const rolegate_bytes empty = {NULL, 0};
    OK(rolegate_principal_from_roles(NULL, 0, &nobody, &error));
    OK(rolegate_principal_json(nobody, &json, &error));
    CHECK_BUFFER(json, "{\"kind\":\"roles\",\"roles\":[]}");
    rolegate_principal_free(nobody);
    FAILS(ROLEGATE_STATUS_MALFORMED, &info, rolegate_principal_from_roles(&empty, 1, &nobody, &error));
    CHECK(strcmp(info.kind, "Empty") == 0);
    FAILS(ROLEGATE_STATUS_INVALID_JSON, NULL, rolegate_principal_from_user(NULL, 0, &nobody, NULL, &error));
}

static void null_text_with_length_is_refused(void) {
    rolegate_principal *principal = NULL;
    error_copy info;
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("any"), {NULL, 3}};
    FAILS(ROLEGATE_STATUS_NULL_POINTER, &info, rolegate_principal_from_roles(texts, 2, &principal, &error));
    CHECK_NUMBER(info.numbers.text, 1);
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_principal_from_roles(NULL, 2, &principal, &error));
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_principal_from_user(NULL, 2, &principal, NULL, &error));
    CHECK(principal == NULL);
}

static void huge_length_is_refused(void) {
    rolegate_principal *ann = new_ann();
    rolegate_principal *principal = NULL;
    rolegate_matcher *matcher = NULL;
    rolegate_selection *selection = NULL;
    uint8_t bytes[1] = {0};
    uint32_t positions[1] = {0};
    size_t written = 0;
    error_copy info;
    const size_t huge[] = {SIZE_MAX, (size_t)PTRDIFF_MAX + 1};
    const rolegate_bytes any = ROLEGATE_BYTES("any");
    OK(rolegate_matcher_new(ann, ROLEGATE_ACTION_READ, &matcher, &error));
    OK(rolegate_selection_new(&selection, &error));
    for (size_t i = 0; i < COUNT(huge); i++) {
        const rolegate_bytes text = {"any", huge[i]};
        const size_t offset = 0;
        const uint32_t len = 0;
        const rolegate_lists lists = {&any, huge[i], &offset, 1};
        const rolegate_lists many_lists = {&any, 1, &offset, huge[i]};
        const rolegate_packed_lists packed = {"any", huge[i], &len, 1, &len, 1};
        const rolegate_packed_lists packed_texts = {"any", 3, &len, huge[i], &len, 1};
        const rolegate_packed_lists packed_lists = {"any", 3, &len, 1, &len, huge[i]};
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, &info, rolegate_principal_from_roles(&text, 1, &principal, &error));
        CHECK_NUMBER(info.numbers.text, 0);
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL, rolegate_principal_from_roles(&any, huge[i], &principal, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_principal_from_user("{}", huge[i], &principal, NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL, rolegate_matcher_filter(matcher, &lists, bytes, 1, NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_matcher_filter(matcher, &many_lists, bytes, 1, NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_matcher_filter(matcher, &lists, bytes, huge[i], NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_matcher_filter_packed(matcher, &packed, bytes, 1, NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_matcher_filter_packed(matcher, &packed_texts, bytes, 1, NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_matcher_filter_packed(matcher, &packed_lists, bytes, 1, NULL, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
              rolegate_selection_positions(selection, 0, positions, huge[i], &written, &error));
        FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL, rolegate_selection_bitmap(selection, bytes, huge[i], &error));
    }
    /* An array whose bytes do not fit, although its number of elements would. */
    FAILS(ROLEGATE_STATUS_WRONG_LENGTH, NULL,
          rolegate_principal_from_roles(&any, (size_t)PTRDIFF_MAX / 8, &principal, &error));
    rolegate_selection_free(selection);
    rolegate_matcher_free(matcher);
    rolegate_principal_free(ann);
}

static void pointer_that_is_not_aligned_is_refused(void) {
    char room[4 * sizeof(size_t)] = {0};
    char *odd = room + 1 + ((uintptr_t)room & 1);
    rolegate_principal *principal = NULL;
    error_copy info;
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, &info,
          rolegate_principal_from_roles((const rolegate_bytes *)(const void *)odd, 1, &principal, &error));
    CHECK(strcmp(info.message, "pointer is not aligned") == 0);
}

static void failed_call_clears_its_out_parameters(void) {
    rolegate_principal *principal = (rolegate_principal *)1;
    rolegate_buffer skipped = {(char *)1, 2, 3};
    rolegate_matcher *matcher = (rolegate_matcher *)1;
    uint8_t allowed[] = {7, 7};
    size_t count = 7;
    FAILS(ROLEGATE_STATUS_INVALID_JSON, NULL,
          rolegate_principal_from_user(ROLEGATE_LITERAL("{"), &principal, &skipped, &error));
    CHECK(principal == NULL && skipped.data == NULL && skipped.len == 0 && skipped.capacity == 0);
    principal = new_ann();
    FAILS(ROLEGATE_STATUS_WRONG_ARGUMENT, NULL, rolegate_matcher_new(principal, 3, &matcher, &error));
    CHECK(matcher == NULL);
    FAILS(ROLEGATE_STATUS_NULL_POINTER, NULL, rolegate_matcher_filter(NULL, NULL, allowed, 2, &count, &error));
    CHECK(allowed[0] == 0 && allowed[1] == 0 && count == 0);
    rolegate_principal_free(principal);
}

static void buffer_is_empty_after_it_is_freed(void) {
    rolegate_principal *ann = new_ann();
    rolegate_buffer json;
    OK(rolegate_principal_json(ann, &json, &error));
    CHECK(json.data != NULL && json.len > 0 && json.capacity >= json.len);
    rolegate_buffer_free(&json);
    CHECK(json.data == NULL && json.len == 0 && json.capacity == 0);
    rolegate_buffer_free(&json);
    rolegate_buffer_free(NULL);
    rolegate_principal_free(ann);
}

static void empty_output_is_an_empty_buffer(void) {
    rolegate_principal *guest = NULL;
    rolegate_matcher *matcher = NULL;
    rolegate_buffer lines;
    const rolegate_json_options options = {.format = ROLEGATE_FORMAT_LINES};
    OK(rolegate_principal_guest(&guest, &error));
    OK(rolegate_matcher_new(guest, ROLEGATE_ACTION_READ, &matcher, &error));
    OK(rolegate_json_filter(matcher, ROLEGATE_LITERAL("{}\n"), &options, &lines, NULL, &error));
    CHECK(lines.data == NULL && lines.len == 0);
    OK(rolegate_json_filter(matcher, NULL, 0, &options, &lines, NULL, &error));
    CHECK(lines.data == NULL && lines.len == 0);
    rolegate_matcher_free(matcher);
    rolegate_principal_free(guest);
}

static void text_that_is_not_utf8_is_refused_with_its_place(void) {
    rolegate_principal *ann = new_ann();
    rolegate_matcher *matcher = NULL;
    rolegate_permission parsed[2];
    uint8_t allowed[2];
    error_copy info;
    const rolegate_bytes texts[] = {ROLEGATE_BYTES("read(\"any\")"), ROLEGATE_BYTES("read(\"us\xC3\x28\")")};
    const size_t offsets[] = {0, 0, 2};
    const rolegate_lists lists = {texts, 2, offsets, 2};
    FAILS(ROLEGATE_STATUS_INVALID_UTF8, &info, rolegate_permissions_parse(texts, 2, parsed, &error));
    CHECK_NUMBER(info.numbers.text, 1);
    CHECK_NUMBER(info.numbers.start, 8);
    CHECK_NUMBER(info.numbers.end, 9);
    CHECK_NUMBER(info.numbers.list, ROLEGATE_NONE);
    OK(rolegate_matcher_new(ann, ROLEGATE_ACTION_READ, &matcher, &error));
    FAILS(ROLEGATE_STATUS_INVALID_UTF8, &info, rolegate_matcher_filter(matcher, &lists, allowed, 2, NULL, &error));
    CHECK_NUMBER(info.numbers.list, 1);
    CHECK_NUMBER(info.numbers.text, 1);
    CHECK_NUMBER(info.numbers.start, 8);
    CHECK(allowed[0] == 0 && allowed[1] == 0);
    rolegate_matcher_free(matcher);
    rolegate_principal_free(ann);
}

void run_memory_tests(void) {
    const test tests[] = {
        TEST(null_out_parameter_is_refused),
        TEST(null_text_of_no_length_is_empty),
        TEST(null_text_with_length_is_refused),
        TEST(huge_length_is_refused),
        TEST(pointer_that_is_not_aligned_is_refused),
        TEST(failed_call_clears_its_out_parameters),
        TEST(buffer_is_empty_after_it_is_freed),
        TEST(empty_output_is_an_empty_buffer),
        TEST(text_that_is_not_utf8_is_refused_with_its_place),
    };
    run_tests(tests, COUNT(tests));
}
