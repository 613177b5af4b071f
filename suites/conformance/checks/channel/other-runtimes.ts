import { fileURLToPath } from 'node:url';
import { defineProcedure, type ProcedureCheck, type CheckRun } from '../../../../harness/define.js';
import type { Finding, RuntimeOrders } from '../../children/runtime-parent.js';
import { fatalError, NODE_IPC, serializationOf, untilEnded } from '../../support/node-ipc-channel.js';

interface Compatibility {
  /** What it says of itself: '1.2.3'. '' when it did not say. */
  readonly version: string;
  readonly findings: readonly Finding[];
  /** The error that ended the parent, which is Node; null when it lived. */
  readonly parentDied: string | null;
}

interface Runtime {
  readonly name: string;
  readonly args: readonly string[];
  /** Names the program, where it is not on the PATH. */
  readonly variable: string;
}

const BURST = 200;

/** oven-sh/bun #37849: messages before an exit. */
export const compatibleBun = compatibility({ name: 'bun', args: [], variable: 'IPCBENCH_BUN' });
/** denoland/deno #33085. */
export const compatibleDeno = compatibility({
  name: 'deno',
  args: ['run', '--allow-all', '--no-check'],
  variable: 'IPCBENCH_DENO',
});

function compatibility(runtime: Runtime): ProcedureCheck<Compatibility> {
  const { name, variable } = runtime;
  return defineProcedure<Compatibility>({
    id: `channel/${name}-child`,
    guarantee: `What of Node's channel works when the child is run by ${name}.`,
    level: 'INFO',
    source: () => ({
      document: 'Node.js 20, child_process, options.stdio',
      quote:
        'Accessing the IPC channel fd in any way other than process.send() or using the IPC channel with a ' +
        'child process that is not a Node.js instance is not supported.',
    }),
    subjects: NODE_IPC,
    expected:
      'Node as the child: 5 of 5 values, 200 of 200 in order, 200 of 200 before an exit. Others speak lines of ' +
      "JSON; what they do of the advanced serialization, which is V8's own, is up to them.",
    procedure:
      'A Node parent starts an echo program, and one that sends 200 messages and exits, with the program ' +
      `that ${variable} names, or with ${name} of the PATH. Skipped where there is none.`,
    quick: false,
    deadlineMs: 30_000,
    observe: (checkRun) => tryRuntime(checkRun, runtime),
    judge: ({ version, findings, parentDied }) => {
      const counts = findings.map(({ what, seen, of }) => `${seen} of ${of} ${what}`);
      const end = parentDied === null ? 'lived' : `died: ${parentDied}`;
      return {
        verdict: version === '' ? 'broken' : 'info',
        evidence:
          `${name} ${version || 'did not say its version'}: ` +
          `${[...counts, `the parent, Node, ${end}`].join('; ')}.`,
      };
    },
    proofs: [
      {
        name: 'as Node',
        observation: {
          version: '1.2.3',
          findings: [{ what: 'values came back as they were', seen: 5, of: 5 }],
          parentDied: null,
        },
        verdict: 'info',
      },
      {
        name: 'the death of the parent',
        observation: { version: '1.2.3', findings: [], parentDied: 'Error: Unable to deserialize' },
        verdict: 'info',
      },
      { name: 'it does not run', observation: { version: '', findings: [], parentDied: null }, verdict: 'broken' },
    ],
  });
}

async function tryRuntime(checkRun: CheckRun, { name, args, variable }: Runtime): Promise<Compatibility> {
  const command = process.env[variable] ?? name;
  const asked = checkRun.spawn(command, { args: ['--version'] });
  if (asked.pid === undefined)
    checkRun.skip(`There is no ${name} here, and ${variable} names none`, (await checkRun.event(asked, 'error'))[0]);
  const version = /\d+\.\d+\.\d+/.exec((await untilEnded(checkRun, asked)).stdout.toString())?.[0] ?? '';
  const path = (program: string): string => fileURLToPath(new URL(`../../children/${program}.js`, import.meta.url));
  const orders: RuntimeOrders = {
    command,
    args,
    serialization: serializationOf(checkRun.subject),
    echo: path('echo'),
    sender: path('ending-sender'),
    burst: BURST,
    slowdown: checkRun.slowdown,
  };
  const parent = checkRun.child(new URL('../../children/runtime-parent.js', import.meta.url), {
    args: [JSON.stringify(orders)],
  });
  const { stdout, stderr, status } = await untilEnded(checkRun, parent, 25_000);
  const findings = stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
  return {
    version,
    findings,
    parentDied: status === 0 ? null : (fatalError(stderr)?.replace(/\.$/, '') ?? `exit status ${status}`),
  };
}
