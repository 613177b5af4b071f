import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { NOTHING_CHECKED } from '../../../harness/cli/check-pass.js';
import { makeProgress } from '../../../harness/cli/progress.js';
import { openSession } from '../../../harness/session/session.js';
import { run } from '../../../harness/cli/run.js';
import { PROFILES } from '../../../harness/cli/profiles.js';
import type { Ranking } from '../../../harness/model/index.js';
import { recordingsOf } from './block-recording.js';

// The same transport under four names, ranked as `ipcbench bench` ranks: whatever is told apart is a false alarm.
//
//   npm run study:same -- --runs 100                                    64 B round trips of unix-stream, same CPU
//   npm run study:same -- --runs 5 --launches 60 --out blocks.jsonl     also keeps the blocks, for study:ranking

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    transport: { type: 'string', default: 'unix-stream' },
    workload: { type: 'string', default: 'ping-pong' },
    size: { type: 'string', default: '64' },
    placement: { type: 'string', default: 'same-cpu' },
    launches: { type: 'string' },
    load: { type: 'string', default: 'unknown' },
    out: { type: 'string' },
  },
});

const NAMES = ['same-a', 'same-b', 'same-c', 'same-d'];
const folder = mkdtempSync(join(tmpdir(), 'ipcbench-same-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const modules = NAMES.map((name) => {
  const file = join(folder, `${name}.mjs`);
  const original = pathToFileURL(join(process.cwd(), 'dist/suites/transports', `${values.transport}.js`)).href;
  writeFileSync(
    file,
    `import original from ${JSON.stringify(original)};\nexport default { ...original, name: '${name}' };\n`,
  );
  return file;
});

const session = await openSession({ cpus: null, timeoutMs: 10_000, transportModules: modules });
const transports = session.transports.map(({ transport }) => transport).filter(({ name }) => NAMES.includes(name));
const workloads = session.workloads.filter(({ name }) => name === values.workload);
let alarms = 0;
let done = 0;
try {
  for (; done < Number(values.runs); done += 1) {
    const planned = values.launches !== undefined;
    const { report, interruption } = await run(
      {
        command: [],
        seed: done,
        selections: [
          {
            transports,
            drivers: ['native'],
            workloads,
            sizesBytes: [Number(values.size)],
            placements: [values.placement as 'same-cpu'],
            timing: { warmupMs: 1, windowMs: PROFILES.default.windowMs.native },
            launches: Number(values.launches ?? PROFILES.default.launches.native),
          },
        ],
        checked: NOTHING_CHECKED,
        goal: { kind: planned ? 'planned' : 'order' },
        time: { budgetMs: null, moreUntilMs: null, moreShare: planned ? null : 0.5 },
        out: null,
      },
      session,
      makeProgress({ write: () => undefined }),
    );
    if (interruption !== null) break;
    const [ranking] = report.rankings ?? [];
    if (ranking === undefined) throw new Error('The run ranked nothing.');
    if (isAnyTold(ranking)) {
      alarms += 1;
      const entries = ranking.entries.map(
        ({ transport, ratio, standing, rank }) =>
          `${transport} ${ratio.toFixed(3)} ${standing} ${rank.from}-${rank.to}`,
      );
      console.log(`run ${done}: ${entries.join(', ')}`);
    }
    if (values.out !== undefined)
      for (const recording of recordingsOf(report, values.load, true))
        appendFileSync(values.out, `${JSON.stringify(recording)}\n`);
  }
} finally {
  session.close();
}
console.log(
  `${values.transport} under ${NAMES.length} names, ${values.workload} ${values.size} B ${values.placement}: ` +
    `something told apart in ${alarms} of ${done} runs (promised: at most 5 %)`,
);

function isAnyTold({ entries }: Ranking): boolean {
  return entries.some(({ rank }) => rank.from > 1 || rank.to < entries.length);
}
