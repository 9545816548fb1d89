/* The tests of the C interface, except for the vectors of `conformance.c`. */
#include "suites.h"

#include "harness.h"

int main(void) {
    run_handle_tests();
    run_memory_tests();
    run_language_tests();
    run_decision_tests();
    run_table_tests();
    run_service_tests();
    run_thread_tests();
    return finish();
}
