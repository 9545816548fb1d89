#include "harness.h"

#include <stdarg.h>

static size_t passed;
static size_t failed;
static bool failing;

void fail(const char *file, int line, const char *format, ...) {
    va_list arguments;
    failing = true;
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void run_tests(const test *tests, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t before = rolegate_live_handles();
        failing = false;
        tests[i].run();
        if (rolegate_live_handles() != before) {
            fail(tests[i].name, 0, "%zu handles before, %zu after", before, rolegate_live_handles());
        }
        *(failing ? &failed : &passed) += 1;
        printf("%s %s\n", failing ? "FAILED" : "ok", tests[i].name);
        fflush(stdout);
    }
}

int finish(void) {
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

void check_number(const char *file, int line, const char *what, unsigned long long found, unsigned long long expected) {
    if (found != expected) fail(file, line, "%s: expected %llu, found %llu", what, expected, found);
}

void check_text(const char *file, int line, const char *what, rolegate_bytes found, const char *expected) {
    if (found.len != strlen(expected) || (found.len > 0 && memcmp(found.data, expected, found.len) != 0)) {
        fail(file, line, "%s: expected \"%s\", found \"%.*s\"", what, expected, (int)found.len,
             found.data == NULL ? "" : found.data);
    }
}

static void copy_text(char *to, size_t room, rolegate_bytes from) {
    size_t len = from.len < room ? from.len : room - 1;
    if (len > 0) memcpy(to, from.data, len);
    to[len] = '\0';
}

static void read_error(const char *file, int line, rolegate_error *error, error_copy *copy) {
    rolegate_error_info info;
    if (rolegate_error_read(error, &info) != ROLEGATE_STATUS_OK) fail(file, line, "the error cannot be read");
    copy->numbers = info;
    copy_text(copy->message, sizeof copy->message, info.message);
    copy_text(copy->kind, sizeof copy->kind, info.kind);
    copy_text(copy->hint, sizeof copy->hint, info.hint);
    copy_text(copy->error_type, sizeof copy->error_type, info.error_type);
    if (info.message.data == NULL || info.message.data[info.message.len] != '\0') {
        fail(file, line, "the message does not end with a NUL byte");
    }
    if (rolegate_error_free(error) != ROLEGATE_STATUS_OK) fail(file, line, "the error cannot be freed");
}

void check_ok(const char *file, int line, const char *what, rolegate_status status, rolegate_error *error) {
    if (status == ROLEGATE_STATUS_OK) {
        if (error != NULL) fail(file, line, "%s: succeeded with an error", what);
        return;
    }
    error_copy copy;
    read_error(file, line, error, &copy);
    fail(file, line, "%s: status %d: %s", what, (int)status, copy.message);
}

void check_fails(const char *file, int line, const char *what, rolegate_status status, rolegate_status expected,
                 rolegate_error *error, error_copy *info) {
    error_copy copy;
    if (status == ROLEGATE_STATUS_OK || error == NULL) {
        fail(file, line, "%s: expected status %d, found %d", what, (int)expected, (int)status);
        if (info != NULL) memset(info, 0, sizeof *info);
        return;
    }
    read_error(file, line, error, &copy);
    if (status != expected) {
        fail(file, line, "%s: expected status %d, found %d: %s", what, (int)expected, (int)status, copy.message);
    }
    if (copy.numbers.status != status) fail(file, line, "%s: the error has another status", what);
    if (info != NULL) *info = copy;
}

bool contains(rolegate_buffer buffer, const char *text) {
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= buffer.len; i++) {
        if (memcmp(buffer.data + i, text, len) == 0) return true;
    }
    return false;
}

rolegate_principal *new_ann(void) {
    const rolegate_bytes roles[] = {ROLEGATE_BYTES("any"), ROLEGATE_BYTES("users"), ROLEGATE_BYTES("user:ann")};
    rolegate_principal *ann = NULL;
    OK(rolegate_principal_from_roles(roles, COUNT(roles), &ann, &error));
    return ann;
}

rolegate_matcher *new_matcher(void) {
    rolegate_principal *ann = new_ann();
    rolegate_matcher *matcher = NULL;
    OK(rolegate_matcher_new(ann, ROLEGATE_ACTION_READ, &matcher, &error));
    rolegate_principal_free(ann);
    return matcher;
}
