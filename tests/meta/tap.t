#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves: KUnit's lines that fail, stop short or stop in the middle are reported, and so
# are a test program with a short plan and one with a bad exit. Needs: nothing. Takes: 1 s.

. "$(dirname "$0")/../lib.sh"

plan 7
suite=$'KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: s\n    1..2\n    ok 1 a\n    ok 2 b\nok 1 s'
is_ktap() { [[ $(ktap <<< "$2") == "$3" ]]; is "$1" $?; }
is_ktap "a suite that passes" "$suite" $'ok s/a\nok s/b'
is_ktap "a test that fails" "${suite/ok 2 b/not ok 2 b}" $'ok s/a\nnok s/b'
is_ktap "a test that is skipped" "${suite/ok 2 b/ok 2 b # SKIP no Xen}" $'ok s/a\nskip s/b'
is_ktap "a suite that stops short" "${suite/    ok 2 b$'\n'/}" $'ok s/a\nnok s/plan-of-2-has-1'
is_ktap "a kernel that dies in a suite" "${suite%$'\n'ok 1 s}" $'ok s/a\nok s/b\nnok s/did-not-end'

printf 'echo 1..2\necho ok 1\n' > "$TMP/short.t"
printf 'echo 1..1\necho ok 1\nexit 3\n' > "$TMP/exit.t"
refuses "a short plan" prove --exec bash "$TMP/short.t"
refuses "a bad exit" prove --exec bash "$TMP/exit.t"
