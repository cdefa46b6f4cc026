# bash: pipelines, here-documents, arrays, arithmetic, traps, background jobs, process substitution, functions
set -u
trap 'echo "exit trap"' EXIT
trap 'echo "caught a signal"' USR1
printf '%s\n' c a b a | sort | uniq -c | tr -s ' '
cat <<EOF | tr a-z A-Z
here $((6 * 7))
  document ${BASH_VERSION%%.*}
EOF
declare -A colour=([sky]=blue [grass]=green)
for k in $(printf '%s\n' "${!colour[@]}" | sort); do echo "$k=${colour[$k]}"; done
words=(one two three); echo "${#words[@]} ${words[@]:1} ${words[*]^^}"
fact() { (( $1 < 2 )) && echo 1 || echo $(( $1 * $(fact $(( $1 - 1 ))) )); }
fact 10
kill -USR1 $$
(sleep 0.2; echo background) & wait $!; echo "waited $?"
(exit 7) & wait $!; echo "status $?"
sleep 30 & pid=$!; sleep 0.5; kill $pid; wait $pid; echo "killed $?"
diff <(seq 1 5) <(seq 2 6)
set -o pipefail; false | true; echo "pipefail $?"
read -r first rest <<< "alpha beta gamma"; echo "$rest/$first"
[[ "xrun-2026" =~ ^([a-z]+)-([0-9]+)$ ]] && echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
i=0; while (( i < 300 )); do : $(( i++ )); done; echo $i
for n in 1 2 3 4 5 6 7 8; do /bin/echo "child $n"; done
coproc tr a-z A-Z; echo coproc >&"${COPROC[1]}"; eval "exec ${COPROC[1]}>&-"; cat <&"${COPROC[0]}"
ls /nonexistent-file 2>/dev/null; echo "ls $?"
nonexistent-command 2>/dev/null; echo "missing $?"
ulimit -n 64; ulimit -n
