/* A harness for tests: one line for each test, and the numbers of tests at the end. */
#ifndef HARNESS_H
#define HARNESS_H

#include <rolegate.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A test. It fails if a CHECK fails, or if it leaves a handle that is not freed. */
typedef struct {
    const char *name;
    void (*run)(void);
} test;

#define TEST(function) {#function, function}

/* Runs tests. Adds their results to the numbers that `finish` prints. */
void run_tests(const test *tests, size_t count);

/* Prints "N passed, N failed". Returns the exit status of the program. */
int finish(void);

/* Makes the running test fail. */
void fail(const char *file, int line, const char *format, ...);

#define CHECK(condition)                                     \
    do {                                                     \
        if (!(condition)) fail(__FILE__, __LINE__, "%s", #condition); \
    } while (0)

/* Compares two unsigned numbers, and prints both if they differ. */
#define CHECK_NUMBER(found, expected) check_number(__FILE__, __LINE__, #found, (found), (expected))

/* Compares a text with a C string, and prints both if they differ. */
#define CHECK_TEXT(found, expected) check_text(__FILE__, __LINE__, #found, (found), (expected))

/* Compares a buffer with a C string, and frees the buffer. */
#define CHECK_BUFFER(buffer, expected)                                                     \
    do {                                                                                   \
        CHECK_TEXT(((rolegate_bytes){(buffer).data, (buffer).len}), (expected));           \
        rolegate_buffer_free(&(buffer));                                                   \
    } while (0)

/* Checks that a call succeeds. On failure, prints the error. The call has the argument `&error`. */
#define OK(call)                                          \
    do {                                                  \
        rolegate_error *error = NULL;                     \
        rolegate_status harness_status = (call);          \
        check_ok(__FILE__, __LINE__, #call, harness_status, error); \
    } while (0)

/* Checks that a call fails with a status, and reads the error into `info`. The call has the argument `&error`. */
#define FAILS(expected, info, call)                                              \
    do {                                                                         \
        rolegate_error *error = NULL;                                            \
        rolegate_status harness_status = (call);                                 \
        check_fails(__FILE__, __LINE__, #call, harness_status, (expected), error, (info)); \
    } while (0)

/* A copy of an error that stays valid after the error is freed. */
typedef struct {
    rolegate_error_info numbers;
    char message[512];
    char kind[64];
    char hint[256];
    char error_type[64];
} error_copy;

void check_number(const char *file, int line, const char *what, unsigned long long found, unsigned long long expected);
void check_text(const char *file, int line, const char *what, rolegate_bytes found, const char *expected);
void check_ok(const char *file, int line, const char *what, rolegate_status status, rolegate_error *error);
void check_fails(const char *file, int line, const char *what, rolegate_status status, rolegate_status expected,
                 rolegate_error *error, error_copy *info);

/* Returns true if a text stands in a buffer. */
bool contains(rolegate_buffer buffer, const char *text);

/* The principal with the roles any, users and user:ann. */
rolegate_principal *new_ann(void);

/* A matcher for ann and read. */
rolegate_matcher *new_matcher(void);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
