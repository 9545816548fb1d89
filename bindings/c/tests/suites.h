/* The files with tests. */
#ifndef SUITES_H
#define SUITES_H

void run_handle_tests(void);
void run_memory_tests(void);
void run_language_tests(void);
void run_decision_tests(void);
void run_table_tests(void);
void run_service_tests(void);
void run_thread_tests(void);

#endif
