#!/usr/bin/env bash
# Runs `ipcbench gate` with the inputs of action.yml. In a step of GitHub Actions ipcbench itself prints the annotations and writes the job's
# summary. Ends with 0 once the gate has answered; the answer is in the outputs `exit-code`, `verdict` and `path`.
set -uo pipefail

out="${IPCBENCH_OUT:-ipcbench-gate}"
arguments=(gate)

# An option that an input leaves empty is left to ipcbench.
option() {
  if [ -n "$2" ]; then arguments+=("$1=$2"); fi
}

# Once for each line that is not blank. `--option=value` in one word: a value that begins with a dash stays a value.
option_for_each_line() {
  local line
  while IFS= read -r line; do
    line="$(trim "$line")"
    if [ -n "$line" ]; then arguments+=("$1=$line"); fi
  done <<< "$2"
}

trim() {
  local text="$1"
  text="${text#"${text%%[![:space:]]*}"}"
  printf '%s' "${text%"${text##*[![:space:]]}"}"
}

option_for_each_line --base "$IPCBENCH_BASE"
option_for_each_line --head "$IPCBENCH_HEAD"
option_for_each_line --budget "$IPCBENCH_BUDGET"
option_for_each_line --gated "$IPCBENCH_GATED"
option_for_each_line --advisory "$IPCBENCH_ADVISORY"
option --workload "$IPCBENCH_WORKLOAD"
option --size "$IPCBENCH_SIZE"
option --placement "$IPCBENCH_PLACEMENT"
option --driver "$IPCBENCH_DRIVER"
option --checks "$IPCBENCH_CHECKS"
option --effort "$IPCBENCH_EFFORT"
option --time-budget "$IPCBENCH_TIME_BUDGET"
option --seed "$IPCBENCH_SEED"
option --config "$IPCBENCH_CONFIG"
option --baseline "$IPCBENCH_BASELINE"
option --fail-on "$IPCBENCH_FAIL_ON"
option --out "$out"
case "$IPCBENCH_UPDATE" in
  true) arguments+=(--update) ;;
  false | '') ;;
  *)
    echo "::error title=ipcbench::The input update takes true or false."
    echo 'exit-code=2' >> "$GITHUB_OUTPUT"
    exit 0
    ;;
esac
# Split at white space, and nothing else: no pattern is matched against files.
read -r -d '' -a transports <<< "$IPCBENCH_TRANSPORTS"
if [ "${#transports[@]}" -gt 0 ]; then arguments+=(-- "${transports[@]}"); fi

node "$IPCBENCH_CLI" "${arguments[@]}"
code=$?
echo "exit-code=$code" >> "$GITHUB_OUTPUT"

# A usage error leaves no file, and one of another run must not be taken for this one's.
if [ "$code" -ne 2 ] && [ -f "$out/gate.json" ]; then
  echo "path=$(cd "$out" && pwd)" >> "$GITHUB_OUTPUT"
  verdict="$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).verdict' "$out/gate.json")"
  echo "verdict=$verdict" >> "$GITHUB_OUTPUT"
fi
exit 0
