/* Threads that use and free the same handles. */
#include "harness.h"
#include "suites.h"

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 300 };

/* Handles that all threads use. */
static rolegate_matcher *matcher;
static rolegate_table *table;
static rolegate_column *column;
static rolegate_principal *ann;
static rolegate_principal *victim;

static const rolegate_bytes TEXTS[] = {ROLEGATE_BYTES("read(\"user:ann\")"), ROLEGATE_BYTES("read(\"user:ben\")")};
static const size_t OFFSETS[] = {0, 1, 2};
static const rolegate_lists LISTS = {TEXTS, 2, OFFSETS, 2};

/* Appends, filters and creates handles. Returns the number of wrong answers. */
static void *use_shared_handles(void *unused) {
    (void)unused;
    size_t wrong = 0;
    rolegate_selection *selection = NULL;
    wrong += rolegate_selection_new(&selection, NULL) != ROLEGATE_STATUS_OK;
    for (int round = 0; round < ROUNDS; round++) {
        rolegate_visibility *visibility = NULL;
        size_t documents = 0, selected = 0;
        uint8_t allowed[2];
        wrong += rolegate_matcher_filter(matcher, &LISTS, allowed, 2, NULL, NULL) != ROLEGATE_STATUS_OK;
        wrong += allowed[0] != 1 || allowed[1] != 0;
        wrong += rolegate_column_append(column, table, &LISTS, NULL, NULL, NULL) != ROLEGATE_STATUS_OK;
        wrong += rolegate_visibility_new(table, ann, ROLEGATE_ACTION_READ, &visibility, NULL) != ROLEGATE_STATUS_OK;
        wrong += rolegate_visibility_filter(visibility, column, selection, NULL) != ROLEGATE_STATUS_OK;
        wrong += rolegate_selection_count(selection, &documents, &selected, NULL) != ROLEGATE_STATUS_OK;
        wrong += documents < 2 || documents % 2 != 0 || selected != documents / 2;
        wrong += rolegate_visibility_free(visibility) != ROLEGATE_STATUS_OK;
    }
    wrong += rolegate_selection_free(selection) != ROLEGATE_STATUS_OK;
    return (void *)wrong;
}

static void shared_handles_give_right_answers(void) {
    pthread_t threads[THREADS];
    size_t len = 0;
    ann = new_ann();
    OK(rolegate_matcher_new(ann, ROLEGATE_ACTION_READ, &matcher, &error));
    OK(rolegate_table_new(NULL, &table, &error));
    OK(rolegate_column_new(&column, &error));
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, use_shared_handles, NULL) == 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong = NULL;
        CHECK(pthread_join(threads[i], &wrong) == 0);
        CHECK_NUMBER((size_t)wrong, 0);
    }
    OK(rolegate_column_len(column, &len, &error));
    CHECK_NUMBER(len, 2 * THREADS * ROUNDS);
    rolegate_column_free(column);
    rolegate_table_free(table);
    rolegate_matcher_free(matcher);
    rolegate_principal_free(ann);
}

/* Uses a handle until it is freed, and then frees it once more. Returns the number of wrong answers. */
static void *use_until_freed(void *unused) {
    (void)unused;
    size_t wrong = 0;
    for (;;) {
        uint8_t allowed = 7;
        rolegate_status status = rolegate_principal_can(victim, ROLEGATE_ACTION_READ, TEXTS, 1, &allowed, NULL);
        if (status == ROLEGATE_STATUS_WRONG_HANDLE) break;
        wrong += status != ROLEGATE_STATUS_OK || allowed != 1;
    }
    wrong += rolegate_principal_free(victim) != ROLEGATE_STATUS_WRONG_HANDLE;
    return (void *)wrong;
}

static void handle_that_another_thread_frees_is_refused_from_then_on(void) {
    for (int round = 0; round < 20; round++) {
        pthread_t threads[THREADS];
        victim = new_ann();
        for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, use_until_freed, NULL) == 0);
        CHECK(rolegate_principal_free(victim) == ROLEGATE_STATUS_OK);
        for (int i = 0; i < THREADS; i++) {
            void *wrong = NULL;
            CHECK(pthread_join(threads[i], &wrong) == 0);
            CHECK_NUMBER((size_t)wrong, 0);
        }
    }
}

void run_thread_tests(void) {
    const test tests[] = {
        TEST(shared_handles_give_right_answers),
        TEST(handle_that_another_thread_frees_is_refused_from_then_on),
    };
    run_tests(tests, COUNT(tests));
}
