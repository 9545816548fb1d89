#include "vectors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differences.h"

static const char *folder;
static const char *current;
static size_t line;
static size_t mistakes;
static size_t passed;
static size_t failed;

void wrong(const char *format, ...) {
    va_list arguments;
    mistakes += 1;
    fprintf(stderr, "%s/%s.ndjson:%zu: ", folder, current, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

size_t line_number(void) { return line; }

/* Reads a line of any length. Returns false at the end of the file. */
static bool read_line(FILE *file, char **text, size_t *room, size_t *len) {
    int byte;
    *len = 0;
    while ((byte = fgetc(file)) != EOF && byte != '\n') {
        if (*len == *room) {
            *room = *room * 2 + 1024;
            *text = realloc(*text, *room);
            if (*text == NULL) abort();
        }
        (*text)[(*len)++] = (char)byte;
    }
    return *len > 0 || byte != EOF;
}

void check_all(const char *name, void (*check)(const json_t *fields)) {
    char path[4096], *text = NULL;
    size_t room = 0, len = 0, cases = 0;
    current = name;
    line = 0;
    mistakes = 0;
    snprintf(path, sizeof path, "%s/%s.ndjson", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        wrong("cannot be opened");
    }
    while (file != NULL && read_line(file, &text, &room, &len)) {
        line += 1;
        if (len == 0) continue;
        json_error_t why;
        json_t *fields = json_loadb(text, len, JSON_ALLOW_NUL, &why);
        cases += 1;
        if (fields == NULL) {
            wrong("%s", why.text);
            continue;
        }
        check(fields);
        json_decref(fields);
    }
    if (file != NULL) fclose(file);
    free(text);
    if (cases == 0) wrong("no cases");
    printf("conformance %s: %zu cases\n", name, cases);
    finish_differences(name);
    *(mistakes == 0 ? &passed : &failed) += 1;
    fflush(stdout);
}

rolegate_bytes text_of(const json_t *object, const char *field) {
    const json_t *value = json_object_get(object, field);
    return (rolegate_bytes){json_string_value(value), json_string_length(value)};
}

bool same_text(rolegate_bytes left, rolegate_bytes right) {
    return left.len == right.len && (left.len == 0 || memcmp(left.data, right.data, left.len) == 0);
}

texts texts_of(const json_t *array) {
    texts made = {NULL, json_array_size(array)};
    made.data = calloc(made.count + 1, sizeof *made.data);
    if (made.data == NULL) abort();
    for (size_t i = 0; i < made.count; i++) {
        const json_t *text = json_array_get(array, i);
        made.data[i] = (rolegate_bytes){json_string_value(text), json_string_length(text)};
    }
    return made;
}

void free_texts(texts freed) { free(freed.data); }

json_t *parsed(rolegate_buffer *buffer) {
    json_error_t why;
    json_t *value = json_loadb(buffer->data, buffer->len, JSON_ALLOW_NUL, &why);
    if (value == NULL) wrong("the library wrote \"%.*s\": %s", (int)buffer->len, buffer->data, why.text);
    rolegate_buffer_free(buffer);
    return value;
}

char *printed(const json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT);
    if (text == NULL) abort();
    return text;
}

void expect_ok(const char *what, rolegate_status status) {
    if (status != ROLEGATE_STATUS_OK) wrong("%s: status %d", what, (int)status);
}

bool is_role(rolegate_bytes text) {
    rolegate_role role;
    return rolegate_roles_parse(&text, 1, &role, NULL) == ROLEGATE_STATUS_OK;
}

rolegate_principal *principal_of(const json_t *roles, bool bypass) {
    rolegate_principal *principal = NULL;
    if (bypass) {
        expect_ok("key", rolegate_principal_key_with_bypass(&principal, NULL));
        return principal;
    }
    texts all = texts_of(roles);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (is_role(all.data[i])) all.data[count++] = all.data[i];
    }
    expect_ok("principal", rolegate_principal_from_roles(all.data, count, &principal, NULL));
    free_texts(all);
    return principal;
}

compiled compile(const rolegate_lists *lists) {
    compiled made = {NULL, NULL, NULL};
    expect_ok("table", rolegate_table_new(NULL, &made.table, NULL));
    expect_ok("column", rolegate_column_new(&made.column, NULL));
    expect_ok("selection", rolegate_selection_new(&made.selection, NULL));
    expect_ok("append", rolegate_column_append(made.column, made.table, lists, NULL, NULL, NULL));
    return made;
}

void free_compiled(compiled freed) {
    rolegate_selection_free(freed.selection);
    rolegate_column_free(freed.column);
    rolegate_table_free(freed.table);
}

uint32_t action_of(rolegate_bytes name) {
    const rolegate_bytes names[] = {ROLEGATE_BYTES("create"), ROLEGATE_BYTES("read"), ROLEGATE_BYTES("update"),
                                    ROLEGATE_BYTES("delete")};
    for (unsigned i = 0; i < 4; i++) {
        if (same_text(name, names[i])) return 1U << i;
    }
    return 0;
}

int main(int count, char **arguments) {
    static char own[4096], named[4096];
    const char *other = getenv("ROLEGATE_VECTORS");
    if (count != 2) {
        fprintf(stderr, "usage: %s tests/data\n", arguments[0]);
        return 2;
    }
    snprintf(own, sizeof own, "%s/conformance", arguments[1]);
    snprintf(named, sizeof named, "%s/differences.json", arguments[1]);
    folder = other != NULL ? other : own;
    if (!open_differences(other != NULL ? NULL : named)) return 1;
    check_language();
    check_principals();
    check_decisions();
    check_collections();
    check_jwts();
    close_differences();
    printf("conformance audience, keys, requests: not in this interface\n");
    if (rolegate_live_handles() != 0) {
        printf("FAILED %zu handles are not freed\n", rolegate_live_handles());
        failed += 1;
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
