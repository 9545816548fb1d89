/* Measures the C interface beside the Rust crate and beside a loop in C, in one run. */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <rolegate.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The Rust side. Each function returns nanoseconds for all rounds. */
typedef uint64_t rust_side(const char *user, size_t user_len, const char *input, size_t input_len, size_t rounds,
                           size_t *answer);
rust_side rust_json, rust_request, rust_lists, rust_compiled;

/* Many short samples, so that both sides meet the same other work of the machine. */
enum { SAMPLES = 101 };

typedef struct {
    char *data;
    size_t len;
} file;

/* The documents of a file with one document on each line, and tabs between permissions. */
typedef struct {
    rolegate_bytes *texts;
    size_t *offsets;
    size_t text_count, count;
} documents;

/* What every measurement uses. */
static file user;
static rolegate_principal *principal;
static rolegate_matcher *matcher;
/* The permissions that the loop in C compares with: one for each role of the user. */
static rolegate_bytes *wanted;
static size_t wanted_count;
/* The answers for the documents of a page. */
static uint8_t allowed[1 << 17];

static void check(rolegate_status status) {
    if (status != ROLEGATE_STATUS_OK) {
        fprintf(stderr, "status %d\n", (int)status);
        exit(1);
    }
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void *allocate(size_t count, size_t size) {
    void *made = calloc(count + 1, size);
    if (made == NULL) abort();
    return made;
}

static file read_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *input = fopen(path, "rb");
    if (input == NULL || fseek(input, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    file read = {NULL, (size_t)ftell(input)};
    read.data = allocate(read.len, 1);
    rewind(input);
    if (fread(read.data, 1, read.len, input) != read.len) abort();
    fclose(input);
    return read;
}

static documents split(file lines) {
    documents made = {allocate(lines.len, sizeof *made.texts), allocate(lines.len, sizeof *made.offsets), 0, 0};
    size_t start = 0;
    for (size_t at = 0; at < lines.len; at++) {
        if (lines.data[at] != '\t' && lines.data[at] != '\n') continue;
        made.texts[made.text_count++] = (rolegate_bytes){lines.data + start, at - start};
        if (lines.data[at] == '\n') made.offsets[++made.count] = made.text_count;
        start = at + 1;
    }
    return made;
}

/* -- The work. Each function does one round and returns its answer. ------------------------------------------------ */

typedef size_t work(const void *input);

static size_t c_json(const void *input) {
    const file *json = input;
    rolegate_buffer visible;
    check(rolegate_json_filter(matcher, json->data, json->len, NULL, &visible, NULL, NULL));
    size_t len = visible.len;
    rolegate_buffer_free(&visible);
    return len;
}

static size_t c_request(const void *input) {
    const file *json = input;
    rolegate_matcher *own;
    rolegate_buffer visible;
    check(rolegate_matcher_new(principal, ROLEGATE_ACTION_READ, &own, NULL));
    check(rolegate_json_filter(own, json->data, json->len, NULL, &visible, NULL, NULL));
    size_t len = visible.len;
    rolegate_buffer_free(&visible);
    check(rolegate_matcher_free(own));
    return len;
}

static size_t c_lists(const void *input) {
    const documents *page = input;
    const rolegate_lists lists = {page->texts, page->text_count, page->offsets, page->count};
    size_t count;
    check(rolegate_matcher_filter(matcher, &lists, allowed, page->count, &count, NULL));
    return count;
}

/* The loop that a C program has without the library: each text against each permission that the user has. */
static size_t loop_lists(const void *input) {
    const documents *page = input;
    size_t count = 0;
    for (size_t document = 0; document < page->count; document++) {
        uint8_t found = 0;
        for (size_t at = page->offsets[document]; at < page->offsets[document + 1] && !found; at++) {
            const rolegate_bytes text = page->texts[at];
            for (size_t role = 0; role < wanted_count && !found; role++) {
                found = text.len == wanted[role].len && memcmp(text.data, wanted[role].data, text.len) == 0;
            }
        }
        allowed[document] = found;
        count += found;
    }
    return count;
}

typedef struct {
    rolegate_table *table;
    rolegate_column *column;
    rolegate_selection *selection;
} compiled;

static compiled compile(const documents *all) {
    compiled made;
    const rolegate_lists lists = {all->texts, all->text_count, all->offsets, all->count};
    check(rolegate_table_new(NULL, &made.table, NULL));
    check(rolegate_column_new(&made.column, NULL));
    check(rolegate_selection_new(&made.selection, NULL));
    check(rolegate_column_append_strict(made.column, made.table, &lists, NULL));
    return made;
}

static size_t c_compiled(const void *input) {
    const compiled *all = input;
    rolegate_visibility *visibility;
    size_t count;
    check(rolegate_visibility_new(all->table, principal, ROLEGATE_ACTION_READ, &visibility, NULL));
    check(rolegate_visibility_filter(visibility, all->column, all->selection, NULL));
    check(rolegate_selection_count(all->selection, NULL, &count, NULL));
    check(rolegate_visibility_free(visibility));
    return count;
}

/* The same, with the positions of all visible documents. */
static size_t c_positions(const void *input) {
    static uint32_t positions[1 << 17];
    const compiled *all = input;
    size_t count;
    c_compiled(all);
    check(rolegate_selection_positions(all->selection, 0, positions, sizeof positions / sizeof *positions, &count, NULL));
    return count;
}

/* A call that does nothing but take and return. */
static size_t c_nothing(const void *input) {
    (void)input;
    uint8_t answer = 1;
    check(rolegate_principal_can(principal, ROLEGATE_ACTION_READ, NULL, 0, &answer, NULL));
    return answer;
}

/* -- The measurements ---------------------------------------------------------------------------------------------- */

static int ascending(const void *left, const void *right) {
    const double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

static double median(double *samples) {
    qsort(samples, SAMPLES, sizeof *samples, ascending);
    return samples[SAMPLES / 2];
}

static double time_c(work *body, const void *input, size_t rounds, size_t *answer) {
    uint64_t start = now();
    for (size_t round = 0; round < rounds; round++) *answer = body(input);
    return (double)(now() - start) / (double)rounds;
}

static void print(const char *what, const char *other, double c, double others, const char *target, bool met) {
    printf("%-40s %12.2f %12.2f  C / %-5s %9.4f  %-9s %s\n", what, c / 1000, others / 1000, other, c / others, target,
           met ? "" : "MISSED");
    fflush(stdout);
}

/* What the C interface is compared with: a function of the Rust side with its input, or the loop in C if it is null. */
typedef struct {
    rust_side *rust;
    file text;
    const documents *all;
} other;

static double time_other(const other *side, size_t rounds, size_t *answer) {
    if (side->rust == NULL) return time_c(loop_lists, side->all, rounds, answer);
    return (double)side->rust(user.data, user.len, side->text.data, side->text.len, rounds, answer) / (double)rounds;
}

/* Measures the C interface and another side, one sample after the other. The ratio must be at most `limit`. */
static void compare(const char *what, work *body, const void *input, other side, size_t rounds, double limit,
                    const char *target) {
    double c[SAMPLES], others[SAMPLES];
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        size_t ours = 0, expected = 0;
        /* Each side is the first one in every second sample. */
        if (sample % 2 == 0) c[sample] = time_c(body, input, rounds, &ours);
        others[sample] = time_other(&side, rounds, &expected);
        if (sample % 2 == 1) c[sample] = time_c(body, input, rounds, &ours);
        if (ours != expected || ours == 0) {
            fprintf(stderr, "%s: C %zu, other %zu\n", what, ours, expected);
            exit(1);
        }
    }
    double mine = median(c), theirs = median(others);
    print(what, side.rust == NULL ? "loop" : "Rust", mine, theirs, target, mine <= limit * theirs);
}

static other rust(rust_side *function, file text) { return (other){function, text, NULL}; }
static other loop(const documents *all) { return (other){NULL, {NULL, 0}, all}; }

/* Returns the resident memory in KiB. */
static size_t resident(void) {
    unsigned long total = 0, pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL || fscanf(statm, "%lu %lu", &total, &pages) != 2) return 0;
    fclose(statm);
    return pages * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

/* Creates and frees an object of each kind, and an error. */
static void one_of_each(const documents *page) {
    const rolegate_bytes empty = {NULL, 0};
    rolegate_principal *own;
    rolegate_error *error;
    compiled made = compile(page);
    c_compiled(&made);
    check(rolegate_selection_free(made.selection));
    check(rolegate_column_free(made.column));
    check(rolegate_table_free(made.table));
    check(rolegate_principal_from_user(user.data, user.len, &own, NULL, NULL));
    check(rolegate_principal_free(own));
    if (rolegate_principal_from_roles(&empty, 1, &own, &error) == ROLEGATE_STATUS_OK) exit(1);
    check(rolegate_error_free(error));
}

static void memory(const documents *page, const file *json) {
    size_t live = 0, start = 0;
    for (size_t round = 0; round < 1000000; round++) {
        /* The allocator of the C library and the registry grow in the first rounds. */
        if (round == 10000) {
            live = rolegate_live_handles();
            start = resident();
        }
        if (round % 10 == 0) one_of_each(page);
        c_request(json);
    }
    size_t end = resident(), left = rolegate_live_handles() - live;
    bool flat = left == 0 && end <= start + 256;
    printf("memory after 10^6 requests: %zu KiB, %zu KiB after the first 10,000, %zu handles more  flat      %s\n",
           end, start, left, flat ? "" : "MISSED");
}

/* Reads the user, and builds what the loop in C compares with from the roles of the principal. */
static void prepare(const char *folder) {
    user = read_file(folder, "user.json");
    check(rolegate_principal_from_user(user.data, user.len, &principal, NULL, NULL));
    check(rolegate_matcher_new(principal, ROLEGATE_ACTION_READ, &matcher, NULL));
    rolegate_buffer json;
    check(rolegate_principal_json(principal, &json, NULL));
    wanted = allocate(json.len, sizeof *wanted);
    size_t at = 0;
    while (at < json.len && json.data[at] != '[') at++;
    while (at < json.len && json.data[at] != ']') {
        /* A role stands in quotation marks and has none in it. */
        size_t start = at + 2, end = start;
        while (json.data[end] != '"') end++;
        char *text = allocate(end - start + 8, 1);
        size_t len = (size_t)sprintf(text, "read(\"%.*s\")", (int)(end - start), json.data + start);
        wanted[wanted_count++] = (rolegate_bytes){text, len};
        at = end + 1;
    }
    rolegate_buffer_free(&json);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    const char *folder = arguments[1];
    prepare(folder);
    file page = read_file(folder, "page.json"), response = read_file(folder, "response.json");
    file page_lines = read_file(folder, "page.txt"), all_lines = read_file(folder, "documents.txt");
    documents page_lists = split(page_lines), all_lists = split(all_lines);
    compiled all = compile(&all_lists);
    printf("medians of %d samples, in microseconds; the user has %zu roles\n", SAMPLES, wanted_count);
    printf("%-40s %12s %12s\n", "", "C", "other");
    compare("page of 25 documents, JSON", c_json, &page, rust(rust_json, page), 500, 1.1, "<= 1.1");
    compare("the same with a matcher of its own", c_request, &page, rust(rust_request, page), 500, 1.1, "<= 1.1");
    compare("response of 1 MB, JSON", c_json, &response, rust(rust_json, response), 8, 1.1, "<= 1.1");
    compare("page of 25 documents, strings", c_lists, &page_lists, rust(rust_lists, page_lines), 4000, INFINITY,
            "none");
    compare("100,000 compiled documents", c_compiled, &all, rust(rust_compiled, all_lines), 100, 1.1, "<= 1.1");
    compare("page of 25 documents, strings", c_lists, &page_lists, loop(&page_lists), 4000, 1, "<= 1");
    compare("100,000 compiled documents", c_compiled, &all, loop(&all_lists), 4, 0.02, "<= 0.02");
    compare("the same with all positions", c_positions, &all, loop(&all_lists), 4, INFINITY, "none");
    double calls[SAMPLES];
    size_t answer = 0;
    for (size_t sample = 0; sample < SAMPLES; sample++) calls[sample] = time_c(c_nothing, NULL, 20000, &answer);
    printf("%-40s %12.4f\n", "a call without work", median(calls) / 1000);
    memory(&page_lists, &page);
    return 0;
}
