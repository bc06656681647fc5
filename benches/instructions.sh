#!/bin/sh
# Instructions a house-step of the kernel, counted by callgrind: the same in each
# run, so that a slowdown of a few per cent is seen where times vary by fifteen.
#
#   benches/instructions.sh [compare]   compare with benches/instructions.tsv
#   benches/instructions.sh renew       write what is counted there
#   benches/instructions.sh calls       show the calls that the kernel makes in a row
#
# Of the release build, or with BUILD=test of that which tests are run in (which CI
# has at hand). Figures hold for one compiler and build; others are counted and not
# compared. More than 2 % above the baseline is a fault (exit code 1). callgrind
# knows no AVX-512. Without valgrind nothing is counted.
set -eu
cd "$(dirname "$0")/.."
baseline=benches/instructions.tsv
build=${BUILD:-release}
what=${1:-compare}
rows=2000

case $what in
compare | renew | calls) ;;
*)
    echo "instructions: \"$what\" is none of compare, renew, calls" >&2
    exit 2
    ;;
esac
if ! command -v valgrind >/dev/null; then
    echo "instructions: not run, there is no valgrind"
    exit 0
fi

case $build in
release) make="cargo bench" ;;
test) make="cargo test" ;;
*)
    echo "instructions: BUILD=\"$build\" is none of release, test" >&2
    exit 2
    ;;
esac
made=$($make --locked --bench fleet --no-run 2>&1) || {
    echo "$made" >&2
    exit 1
}
program=$(echo "$made" | sed -n 's/.*(\(.*\/fleet-[0-9a-f]*\)).*/\1/p')
compiler=$(rustc --version | cut -d' ' -f2)-$(uname -m)

# Ways through the kernel: one house in the instructions of any processor of the
# kind, one house in AVX2, four side by side in AVX2. And through the quick step of
# screenings: one house, eight side by side in AVX2; a house-step is a minute there.
variants="baseline scalar avx2 screened screened-avx2"

houses_of() {
    case $1 in
    avx2) echo 4 ;;
    screened-avx2) echo 8 ;;
    *) echo 1 ;;
    esac
}

steps_of() {
    case $1 in
    screened*) echo 15 ;;
    *) echo 1 ;;
    esac
}

has() {
    [ "$1" = baseline ] || grep -qw avx2 /proc/cpuinfo
}

# Calls that were made from the kernel, so many in a row of all lanes. What is
# called once, to lay things out, is below the limit.
calls() {
    file=$(mktemp)
    valgrind --tool=callgrind --callgrind-out-file="$file" "$program" count "$1" $rows >/dev/null 2>&1
    awk -v rows=$rows -v variant="$1" '
        function known(text, n) {
            n = text
            sub(/^[^(]*\(/, "", n)
            sub(/\).*/, "", n)
            if (sub(/^[^)]*\) /, "", text)) name[n] = text
            return n
        }
        /^fn=/ { caller = known($0) }
        /^cfn=/ { callee = known($0) }
        /^calls=/ { split($0, part, /[= ]/); count[caller, callee] += part[2] }
        END {
            print variant ":"
            for (pair in count) {
                split(pair, of, SUBSEP)
                each = count[pair] / rows
                if (each < 0.05 || name[of[1]] !~ /sim::kernel|screening::kernel|imp_fastcall/) continue
                if (name[of[2]] ~ /kernel::step/) continue # the step itself
                printf "%8.2f a row  %s\n", each, name[of[2]]
                some = 1
            }
            if (!some) print "    none"
        }' "$file"
    rm -f "$file"
}

if [ "$what" = calls ]; then
    for variant in $variants; do
        if has $variant; then
            calls $variant
        fi
    done
    exit
fi

count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" count "$1" "$2" 2>&1 |
        sed -n 's/.*refs: *//p' | tr -d ,
}

status=0
counted=""
for variant in $variants; do
    if ! has $variant; then
        echo "$variant: not run, this processor has none"
        continue
    fi
    # Two lengths: what happens once falls out.
    more=$(count $variant $((2 * rows)))
    less=$(count $variant $rows)
    if [ -z "$more" ] || [ -z "$less" ]; then
        echo "$variant: valgrind could not run $program" >&2
        exit 1
    fi
    each=$(((more - less) / (rows * $(houses_of $variant) * $(steps_of $variant))))
    counted="$counted$compiler	$build	$variant	$each
"
    before=$(awk -v c="$compiler" -v b="$build" -v v=$variant \
        '$1 == c && $2 == b && $3 == v {print $4}' $baseline 2>/dev/null || true)
    if [ -z "$before" ]; then
        echo "$variant: $each instructions a house-step (nothing to compare with for $compiler, $build)"
    else
        awk -v v=$variant -v a="$each" -v b="$before" 'BEGIN {
            change = 100 * (a / b - 1)
            printf "%s: %d instructions a house-step, %+.1f %% against %d\n", v, a, change, b
            if (change < -2) print "  less than the baseline: benches/instructions.sh renew"
            exit change > 2
        }' || status=1
    fi
done
if [ "$what" = renew ]; then
    head="# compiler	build	path	instructions a house-step"
    kept=$(grep -v -e "^$compiler	$build	" -e '^#' $baseline 2>/dev/null || true)
    printf '%s\n%s\n%s' "$head" "$kept" "$counted" | sed '/^$/d' >$baseline
    status=0
fi
exit $status
