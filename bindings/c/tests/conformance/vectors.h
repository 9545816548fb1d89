/* Appwrite's own answers: lines of JSON with inputs and outputs. */
#ifndef VECTORS_H
#define VECTORS_H

#include <jansson.h>
#include <rolegate.h>
#include <stdbool.h>

/* Checks every case of a file in the folder of vectors, and prints the number of cases. */
void check_all(const char *name, void (*check)(const json_t *fields));

/* Reports a mistake of the case that is being checked. */
void wrong(const char *format, ...);

/* Returns the number of the line that is being checked, from 1. */
size_t line_number(void);

/* Returns the text of a field. The answer has no data if the field is absent or null. */
rolegate_bytes text_of(const json_t *object, const char *field);

bool same_text(rolegate_bytes left, rolegate_bytes right);

/* The texts of an array. `free_texts` frees them. They point into the array. */
typedef struct {
    rolegate_bytes *data;
    size_t count;
} texts;

texts texts_of(const json_t *array);
void free_texts(texts freed);

/* Returns a buffer of JSON as a value, and frees the buffer. */
json_t *parsed(rolegate_buffer *buffer);

/* Returns the text of a value. The caller frees it with `free`. */
char *printed(const json_t *value);

/* Checks that a call succeeded. */
void expect_ok(const char *what, rolegate_status status);

/* Returns a principal with those of the roles that are well-formed, or with bypass. */
rolegate_principal *principal_of(const json_t *roles, bool bypass);

bool is_role(rolegate_bytes text);

/* Returns the action with this name, or 0. */
uint32_t action_of(rolegate_bytes name);

/* Lists in a table, with a document for each, and an empty selection. */
typedef struct {
    rolegate_table *table;
    rolegate_column *column;
    rolegate_selection *selection;
} compiled;

compiled compile(const rolegate_lists *lists);
void free_compiled(compiled freed);

/* The checks. */
void check_language(void);
void check_principals(void);
void check_decisions(void);
void check_collections(void);
void check_jwts(void);

#endif
