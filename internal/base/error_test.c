#include "base/error.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const enum error_code CODES[] = {
#define CODE(symbol, wire, phase, exit, retryable, effect, next) symbol,
    ERROR_CODES(CODE)
#undef CODE
};

static bool is_one_of(const char *word, const char *words)
{
    const char *found = strstr(words, word);
    size_t length = strlen(word);
    return length > 0 && found && (found == words || found[-1] == ' ') &&
           (found[length] == ' ' || found[length] == '\0');
}

/* The words are those of "Command line" in docs/protocol.md, the exit codes those of README.md. */
Test(error, every_code_says_what_the_contract_knows)
{
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++) {
        const struct error_info *info = error_info(CODES[i]);
        cr_expect(is_one_of(info->wire_code,
                            "INVALID_ARGUMENT UNKNOWN_COMMAND PROJECT_NOT_FOUND "
                            "UNITY_NOT_REACHABLE UNITY_DISCONNECTED_AFTER_DISPATCH "
                            "UNITY_RPC_ERROR UNITY_SERVER_BUSY CLI_UPDATE_REQUIRED "
                            "COMPILE_WAIT_TIMEOUT INTERNAL_ERROR"),
                  "%s", info->wire_code);
        cr_expect(is_one_of(info->phase, "argument_parsing project_resolution dispatch connection "
                                         "response_waiting unity_rpc compile_waiting execution"),
                  "%s", info->phase);
        cr_expect((info->exit_code >= 2 && info->exit_code <= 7) || info->exit_code == 130, "%s",
                  info->wire_code);
        cr_expect_neq(info->next_action[0], '\0');
        cr_expect_null(strchr(info->next_action, '!'));
    }
}

Test(error, no_error_is_exit_code_0)
{
    cr_expect_eq(error_info(E_NONE)->exit_code, 0);
    cr_expect_str_eq(error_info(E_NONE)->wire_code, "");
}

Test(error, set_fills_code_and_message_and_returns_false)
{
    struct error error = {0};
    cr_expect_not(error_set(&error, E_SYSTEM, "%s has %d bytes.", "a.txt", 3));
    cr_expect_eq(error.code, E_SYSTEM);
    cr_expect_str_eq(error.message, "a.txt has 3 bytes.");
    cr_expect_null(error.next_action);
    cr_expect_null(error.details);
    error_clear(&error);
    cr_expect_eq(error.code, E_NONE);
    cr_expect_null(error.message);
    error_clear(&error);
}

Test(error, set_drops_what_was_there_but_may_quote_it)
{
    struct error error = {0};
    (void)error_set(&error, E_SYSTEM, "inner");
    error_set_next(&error, "do this");
    error_add_detail(&error, "key", "value");
    (void)error_set(&error, E_STOPPED, "outer: %s", error.message);
    cr_expect_eq(error.code, E_STOPPED);
    cr_expect_str_eq(error.message, "outer: inner");
    cr_expect_null(error.next_action);
    cr_expect_null(error.details);
    error_clear(&error);
}

Test(error, next_action_may_be_replaced)
{
    struct error error = {0};
    (void)error_set(&error, E_SYSTEM, "m");
    error_set_next(&error, "first");
    error_set_next(&error, "not the %s", error.next_action);
    cr_expect_str_eq(error.next_action, "not the first");
    error_clear(&error);
}

Test(error, details_keep_their_order_and_kind)
{
    struct error error = {0};
    char key[] = "one";
    char value[] = "1";
    error_add_detail(&error, key, value);
    error_add_detail_json(&error, "two", "[2]");
    error_add_detail(&error, "three", NULL);
    key[0] = value[0] = 'x';
    const struct error_detail *detail = error.details;
    cr_expect_str_eq(detail->key, "one");
    cr_expect_str_eq(detail->value, "1");
    cr_expect_not(detail->is_json);
    detail = detail->next;
    cr_expect_str_eq(detail->key, "two");
    cr_expect_str_eq(detail->value, "[2]");
    cr_expect(detail->is_json);
    detail = detail->next;
    cr_expect_str_eq(detail->key, "three");
    cr_expect_null(detail->value);
    cr_expect_null(detail->next);
    error_clear(&error);
    cr_expect_null(error.details);
}

Test(error, messages_have_no_largest_size)
{
    struct error error = {0};
    (void)error_set(&error, E_SYSTEM, "%0100000d", 0);
    cr_expect_eq(strlen(error.message), 100000);
    error_clear(&error);
}
