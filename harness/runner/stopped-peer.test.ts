import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readText } from '../environment/read-text.js';
import type { DeliveryCheck, Verdict } from '../model/index.js';
import { childrenOf } from '../os/os.js';
import type { LauncherOnDemand } from '../pair/launcher-on-demand.js';
import { openPairGround, type PairGround } from '../pair/pair-ground.fixture.js';
import { loadChecks } from '../discovery/load-checks.js';
import { checkTransport } from './run-checks.js';
import { UNPINNED } from '../placement/place.js';

interface Ground extends PairGround {
  checks: readonly DeliveryCheck[];
}

const test = suite<Ground>('a peer that somebody stops or kills');

test.before(async (ground) => void Object.assign(ground, await openPairGround(), { checks: await loadChecks() }));
test.after(({ close }) => close());

/** A peer of that role that has been at work for a while: connecting takes next to no time on a CPU. */
const atWork = async (launchers: LauncherOnDemand, role: string, not: number | null): Promise<number> => {
  const launcher = await launchers.running();
  for (;;) {
    const pid = childrenOf(launcher.pid).find(
      (child) => child !== not && readText(`/proc/${child}/cmdline`)?.split('\0').join(' ').includes(`--role ${role} `),
    );
    const [user = '0', system = '0'] =
      (pid === undefined ? '' : (readText(`/proc/${pid}/stat`) ?? '')).split(') ')[1]?.split(' ').slice(11, 13) ?? [];
    if (pid !== undefined && Number(user) + Number(system) >= 10) return pid;
    await delay(1);
  }
};

const struck = async (
  { launchers, context, transports, checks }: Ground,
  name: string,
  role: 'initiator' | 'responder',
  signal: NodeJS.Signals,
): Promise<readonly Verdict[]> => {
  const loaded = transports.get(name);
  if (loaded === undefined) throw new Error(`There is no ${name}.`);
  const kept = checks.filter((check) => check.appliesTo(loaded.transport.guarantees));
  const checking = checkTransport(
    loaded,
    kept,
    { messages: 500_000_000, seed: 1, stallMs: 500, cpus: UNPINNED },
    context,
  );
  // Both exchanges, one each way, would go on for hours.
  const first = await atWork(launchers, role, null);
  process.kill(first, signal);
  process.kill(await atWork(launchers, role, first), signal);
  return (await checking).verdicts;
};

for (const [name, role, signal, says] of [
  ['pipe', 'responder', 'SIGSTOP', /stopped by a signal/],
  ['unix-seqpacket', 'initiator', 'SIGSTOP', /stopped by a signal/],
  ['socketpair-dgram', 'responder', 'SIGSTOP', /stopped by a signal/],
  ['unix-stream', 'responder', 'SIGKILL', /failed|ended|SIGKILL/],
] as const) {
  test(`${signal} of the ${role} of ${name}: no promise is called broken`, async (ground) => {
    const verdicts = await struck(ground, name, role, signal);
    assert.ok(verdicts.some(({ checkId }) => checkId === 'loss/tail'));
    for (const { id, verdict, evidence } of verdicts) assert.is(verdict, 'broken', `${id}: ${evidence}`);
    // The reason is told once; the others refer to it.
    assert.match(verdicts[0]?.evidence ?? '', says);
  });
}

test.run();
