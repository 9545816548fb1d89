/* `jwt`: valid tokens with their claims, and invalid tokens. */
#include <stdio.h>
#include <string.h>

#include "vectors.h"

/* The maximum age of a token in the library. */
static const json_int_t MAX_LIFETIME = 3600;

/* The kinds of tokens that only Appwrite accepts. tests/conformance/jwt.rs has the reason for each. */
static const char *const ONLY_APPWRITE_ACCEPTS[] = {"TooLong",   "Base64",  "Header",     "Algorithm", "Critical",
                                                    "Signature", "Payload", "MissingExp", "Claim"};

static json_int_t number_of(const json_t *fields, const char *field) {
    return json_integer_value(json_object_get(fields, field));
}

/* Returns true if the claims are too old for Appwrite with the maximum age of the case. */
static bool is_too_old(const json_t *fields, const json_t *claims) {
    const json_t *iat = json_object_get(claims, "iat");
    json_int_t age = number_of(fields, "max_age") - number_of(fields, "leeway");
    return iat != NULL && number_of(fields, "now") >= json_integer_value(iat) + age;
}

/* Compares the claims that the library reads with those that Appwrite decoded. */
static void check_claims(const json_t *ours, const json_t *decoded) {
    static const char *const names[] = {"userId", "sessionId"}, *const numbers[] = {"exp", "nbf", "iat"};
    for (size_t i = 0; i < 2; i++) {
        const json_t *text = json_object_get(decoded, names[i]);
        const json_t *expected = json_is_string(text) ? text : NULL, *found = json_object_get(ours, names[i]);
        if (found != expected && !json_equal(found, expected)) wrong("%s", names[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        const json_t *number = json_object_get(decoded, numbers[i]);
        const json_t *expected = json_is_integer(number) ? number : NULL, *found = json_object_get(ours, numbers[i]);
        if (found != expected && !json_equal(found, expected)) wrong("%s", numbers[i]);
    }
}

/* Checks a token that the library refuses and Appwrite accepts. */
static void check_only_appwrite(const json_t *fields, const char *kind) {
    if (strcmp(kind, "TooOld") == 0) {
        if (number_of(fields, "max_age") <= MAX_LIFETIME) wrong("refused as too old");
        return;
    }
    for (size_t i = 0; i < sizeof ONLY_APPWRITE_ACCEPTS / sizeof *ONLY_APPWRITE_ACCEPTS; i++) {
        if (strcmp(kind, ONLY_APPWRITE_ACCEPTS[i]) == 0) return;
    }
    wrong("refused as %s, accepted by Appwrite", kind);
}

static void check_token(const json_t *fields) {
    const rolegate_bytes secret = text_of(fields, "key"), token = text_of(fields, "token");
    const bool appwrite = json_is_true(json_object_get(fields, "ok"));
    rolegate_jwt_keys *keys = NULL;
    rolegate_buffer json = {NULL, 0, 0};
    rolegate_error *error = NULL;
    rolegate_status status = rolegate_jwt_keys_new(&secret, 1, (uint64_t)number_of(fields, "leeway"), &keys, NULL);
    if (status != ROLEGATE_STATUS_OK) {
        if (status != ROLEGATE_STATUS_WRONG_ARGUMENT) wrong("keys: status %d", (int)status);
        if (appwrite) wrong("accepted with a secret or a leeway that is refused");
        return;
    }
    status = rolegate_jwt_verify(keys, token.data, token.len, (uint64_t)number_of(fields, "now"), &json, &error);
    if (status == ROLEGATE_STATUS_OK) {
        json_t *claims = parsed(&json);
        if (is_too_old(fields, claims)) {
            if (appwrite) wrong("accepted, too old");
        } else if (appwrite) {
            check_claims(claims, json_object_get(fields, "claims"));
        } else {
            wrong("accepted, and refused by Appwrite");
        }
        json_decref(claims);
    } else {
        rolegate_error_info info;
        if (status != ROLEGATE_STATUS_INVALID_TOKEN) wrong("status %d", (int)status);
        expect_ok("error", rolegate_error_read(error, &info));
        if (appwrite) check_only_appwrite(fields, info.kind.data);
        rolegate_error_free(error);
    }
    rolegate_jwt_keys_free(keys);
}

void check_jwts(void) { check_all("jwt", check_token); }
