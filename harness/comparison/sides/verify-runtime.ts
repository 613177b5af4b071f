import type { Case, Driver } from '../../model/index.js';
import { runLaunch, type LaunchContext } from '../../runner/run-launch.js';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';
import type { Runtime } from './runtime.js';
import { UNPINNED } from '../../placement/place.js';

/** Built-in transports whose launches show whether a runtime can host the driver. */
const SHOWN_BY: Readonly<Partial<Record<Driver, string>>> = { addon: 'socketpair-stream', js: 'node-net' };

/** No figure is taken: as much as makes each phase of a launch happen. */
const TIMING = { warmupMs: 1, windowMs: 5 };

/**
 * Has a runtime host a pair of each driver, which is all that a peer ever does. The answer has the drivers it cannot
 * host, and why: bun 1.4.5 closes a net.Socket over an inherited descriptor, which `addon` does not need. Throws
 * UserError for one that can host neither.
 */
export async function verifyRuntime(
  side: SideName,
  { name, version }: Runtime,
  context: LaunchContext,
): Promise<ReadonlyMap<Driver, string>> {
  const unhosted = new Map<Driver, string>();
  for (const [driver, transport] of Object.entries(SHOWN_BY) as [Driver, string][]) {
    const one: Case = {
      id: `${transport}/${driver} under ${name} ${version}`,
      transport,
      driver,
      workload: 'ping-pong',
      sizeBytes: 64,
      placement: 'free',
      verify: 'header',
      methodRevision: 1,
    };
    const outcome = await runLaunch(
      { index: 0, round: 0, case: one, timing: TIMING, seed: 1 },
      { ...context, placedCpus: () => UNPINNED },
    );
    if (outcome.kind !== 'sample')
      unhosted.set(driver, inShort(outcome.kind === 'failure' ? outcome.failure.message : outcome.reason));
  }
  const reasons = [...new Set(unhosted.values())];
  if (unhosted.size === Object.keys(SHOWN_BY).length)
    throw new UserError(
      `--${side} runtime=: ${name} ${version} cannot host a peer (${reasons.join('; ')}). Name a node, 20.19 or newer.`,
    );
  return unhosted;
}

/** What the peer itself wrote where it wrote something: of a stack, the line that names the error. */
function inShort(message: string): string {
  const written = message.split('; it wrote: ')[1] ?? message;
  const line =
    written.split('\n').find((text) => /^\w*error\b|closed/i.test(text.trim())) ?? written.split('\n')[0] ?? '';
  // Where the peer was when it ended is the start of its life, always.
  return line
    .trim()
    .replace(/\. Its last known state: .*$/, '')
    .replace(/\.$/, '')
    .slice(0, 300);
}
