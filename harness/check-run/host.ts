import { Socket } from 'node:net';
import { loadAddonSync } from '../../native/load.js';
import { leftBehindSince, takeResourceSnapshot } from '../pair/resource-snapshot.js';
import { childrenOf } from '../os/os.js';
import { absenceOf, withoutProc } from './absent.js';
import { onLines } from './lines.js';
import { makeCheckRun } from './make-check-run.js';
import { parseCheckRunJob, type CheckRunJob, type CheckRunLine } from './protocol.js';
import { CheckRunSkipped } from './skip.js';
import type { ProcedureCheck } from './check-run.js';

// The process in which procedures run, one after the other: jobs come in on descriptor 3, a line each; what was
// observed goes out the same way. It ends when descriptor 3 does, and with its parent.
const CONTROL = 3;
const [addonPath = '', parent = '0'] = process.argv.slice(2);
const addon = loadAddonSync(addonPath);
if (!addon.dieWithParent(Number(parent))) process.exit(3);

const control = new Socket({ fd: CONTROL, readable: true, writable: true });
control.on('close', () => process.exit(3));
control.on('error', () => process.exit(3));
const send = (line: CheckRunLine): void => void control.write(`${JSON.stringify(line)}\n`);

// One after the other, in the order in which they came.
let running: Promise<void> = Promise.resolve();
onLines(control, (text) => {
  running = running.then(async () => send(await run(parseCheckRunJob(text))));
});
send({ type: 'hosting', pid: process.pid });

async function run(job: CheckRunJob): Promise<CheckRunLine> {
  const check = await findCheck(job);
  const faulty = job.fault === null ? null : await faultySystemOf(job.fault);
  const before = takeResourceSnapshot(job.directory);
  const startedMs = performance.now();
  const { checkRun, tidyUp, endedFromOutside } = makeCheckRun({
    ...job,
    addon,
    ...(faulty === null ? {} : { disturb: faulty.disturb }),
  });
  const attempted = await attempt(check, checkRun);
  const tidied = await tidyUp();
  const outcome = decided(attempted, endedFromOutside());
  const ms = performance.now() - startedMs;
  const children = childrenOf(process.pid);
  const left = [
    ...(tidied === null ? [] : [`Clean-up failed: ${tidied}.`]),
    ...[(await leftBehindSince(before, job.directory)) ?? []].flat(),
    ...(children.length === 0 ? [] : [`Children still alive: ${children.join(', ')}.`]),
  ];
  return { ...outcome, teardown: left.length === 0 ? null : left.join(' '), ms, injections: faulty?.injections() ?? 0 };
}

type Attempt =
  | { readonly type: 'observed'; readonly observation: unknown }
  | { readonly type: 'skipped'; readonly reason: string; readonly code: string | null }
  | { readonly type: 'failed'; readonly message: string };

async function attempt(check: ProcedureCheck, checkRun: Parameters<ProcedureCheck['observe']>[0]): Promise<Attempt> {
  try {
    return { type: 'observed', observation: await check.observe(checkRun) };
  } catch (error) {
    if (error instanceof CheckRunSkipped) return { type: 'skipped', reason: error.message, code: error.code };
    const absence = absenceOf(error);
    if (absence !== null)
      return { type: 'skipped', reason: `Not supported on this system (${(error as Error).message})`, code: absence };
    const blind = withoutProc();
    if (blind !== null)
      return {
        type: 'skipped',
        reason: `${blind} (${error instanceof Error ? error.message : String(error)})`,
        code: 'ENOENT',
      };
    return {
      type: 'failed',
      message:
        error instanceof Error
          ? `${error.message} (${error.stack?.split('\n')[1]?.trim() ?? 'no stack'})`
          : String(error),
    };
  }
}

/** What somebody else did to a child of the procedure is no property of its subject. */
function decided(outcome: Attempt, endedFromOutside: string | null): Attempt {
  return endedFromOutside === null || outcome.type === 'skipped'
    ? outcome
    : { type: 'failed', message: endedFromOutside };
}

async function findCheck(job: CheckRunJob): Promise<ProcedureCheck> {
  const exports = (await import(job.module)) as Record<string, unknown>;
  const found = Object.values(exports).find(
    (value): value is ProcedureCheck =>
      typeof value === 'object' && value !== null && 'observe' in value && 'id' in value && value.id === job.checkId,
  );
  if (found === undefined) throw new Error(`${job.module} has no check ${job.checkId}.`);
  return found;
}

interface FaultySystem {
  readonly disturb: NonNullable<Parameters<typeof makeCheckRun>[0]['disturb']>;
  injections(): number;
}

/** Found by its place, like everything in suites: the harness imports nothing there by name. */
async function faultySystemOf(fault: string): Promise<FaultySystem> {
  const module = new URL('../../suites/conformance/fault-injection/systems/faulty-system.js', import.meta.url).href;
  type FaultySystemOf = (fault: string, sys: typeof addon.sys, tools: object) => typeof addon.sys;
  const { faultySystem } = (await import(module)) as { readonly faultySystem: FaultySystemOf };
  const injections = new Int32Array(new SharedArrayBuffer(4));
  const tools = { injections, injected: () => void Atomics.add(injections, 0, 1), addonPath };
  return {
    disturb: (sys, undo) => faultySystem(fault, sys, { ...tools, ...undo }),
    injections: () => Atomics.load(injections, 0),
  };
}
