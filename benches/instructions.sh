#!/bin/sh
# Instructions a house-step of the kernel, counted by callgrind: the same in each
# run, so that a slowdown of a few per cent is seen where times vary by fifteen.
#
#   benches/instructions.sh          compare with benches/instructions.tsv
#   benches/instructions.sh renew    write what is counted there
#   benches/instructions.sh calls    show the calls left in the kernel
#
# Figures hold for one compiler; those of another are counted and not compared.
# callgrind knows no AVX-512.
set -eu
cd "$(dirname "$0")/.."
baseline=benches/instructions.tsv
rows=2000

program=$(cargo bench --locked --bench fleet --no-run 2>&1 | sed -n 's/.*(\(.*\/fleet-[0-9a-f]*\)).*/\1/p')
compiler=$(rustc --version | cut -d' ' -f2)-$(uname -m)

if [ "${1-}" = calls ]; then
    # What the kernel's inner loop still calls: panics of index checks, and
    # functions that were not inlined.
    objdump -d -C --no-show-raw-insn "$program" |
        awk '/^[0-9a-f]+ </ {inside = /vectorize|imp_fastcall|kernel::step/} inside && /call/' |
        sed 's/.*call[q]* *//' | sort | uniq -c | sort -rn
    exit
fi

count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" count "$1" "$2" 2>&1 |
        sed -n 's/.*refs: *//p' | tr -d ,
}

status=0
counted=""
for variant in scalar avx2; do
    lanes=4
    [ $variant = scalar ] && lanes=1
    # Two lengths: what happens once falls out.
    more=$(count $variant $((2 * rows)))
    less=$(count $variant $rows)
    each=$(((more - less) / (rows * lanes)))
    counted="$counted$compiler	$variant	$each
"
    before=$(awk -v c="$compiler" -v v=$variant '$1 == c && $2 == v {print $3}' $baseline 2>/dev/null || true)
    if [ -z "$before" ]; then
        echo "$variant: $each instructions a house-step (nothing to compare with for $compiler)"
    else
        awk -v v=$variant -v a="$each" -v b="$before" 'BEGIN {
            change = 100 * (a / b - 1)
            printf "%s: %d instructions a house-step, %+.1f %% against %d\n", v, a, change, b
            exit change > 2
        }' || status=1
    fi
done
if [ "${1-}" = renew ]; then
    kept=$(grep -v "^$compiler	" $baseline 2>/dev/null || true)
    printf '%s\n%s' "$kept" "$counted" | sed '/^$/d' >$baseline
    status=0
fi
exit $status
