#!/usr/bin/env bash
# Installs what IPCBENCH_PACKAGE names, outside of the workspace, and tells where its command lies (output `cli`).
# Inputs come by the environment and are never a part of a script's text: a title of a pull request could be one.
set -euo pipefail

repository="$GITHUB_ACTION_PATH/.."

case "$IPCBENCH_PACKAGE" in
  source)
    # npm ci runs the build, too.
    (cd "$repository" && npm ci --no-audit --no-fund)
    cli="$repository/harness/cli/ipcbench.mjs"
    ;;
  *)
    release="ipcbench@$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).version' "$repository/package.json")"
    # A prefix of its own: an ipcbench among the dependencies of the code under test must not be the one that judges it.
    npm install --no-audit --no-fund --prefix "$RUNNER_TEMP/ipcbench" -- "${IPCBENCH_PACKAGE:-$release}"
    cli="$RUNNER_TEMP/ipcbench/node_modules/ipcbench/harness/cli/ipcbench.mjs"
    ;;
esac

echo "cli=$cli" >> "$GITHUB_OUTPUT"
