import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { readText } from '../environment/read-text.js';
import type { DeliveryCheck, Verdict } from '../model/index.js';
import { childrenOf } from '../os/os.js';
import { NO_SURROUNDINGS, type PairContext } from '../pair/pair.js';
import { keepLauncher, type KeptLauncher } from '../pair/keep-launcher.js';
import { makePrivateDirectory, type PrivateDirectory } from '../pair/private-directory.js';
import { loadChecks } from '../suites/load-checks.js';
import { loadTransports, type LoadedTransport } from '../suites/load-transports.js';
import { checkTransport } from './run-checks.js';

interface Ground {
  launchers: KeptLauncher;
  context: PairContext;
  directory: PrivateDirectory;
  transports: readonly LoadedTransport[];
  checks: readonly DeliveryCheck[];
}

const test = suite<Ground>('a peer that somebody stops or kills');

test.before(async (ground) => {
  const native = await loadNative();
  ground.transports = (await loadTransports({ modules: [] })).transports;
  ground.checks = await loadChecks();
  ground.directory = makePrivateDirectory(native.addon);
  ground.launchers = keepLauncher(native.launcherPath, native.addon);
  ground.context = {
    addon: native.addon,
    launcher: ground.launchers.running,
    peerPath: native.peerPath,
    addonPath: native.addonPath,
    surroundings: NO_SURROUNDINGS,
    runtime: {
      args: [],
      file: process.execPath,
      peerScript: fileURLToPath(new URL('../peer/main.js', import.meta.url)),
    },
    directory: ground.directory.path,
    timeoutMs: 5000,
    signal: new AbortController().signal,
  };
});
test.after(async (ground) => {
  await ground.launchers.close();
  ground.directory.remove();
});

/** A peer of that role that has been at work for a while: connecting takes next to no time on a CPU. */
const atWork = async (launchers: KeptLauncher, role: string, not: number | null): Promise<number> => {
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
  const loaded = transports.find(({ transport }) => transport.name === name);
  if (loaded === undefined) throw new Error(`There is no ${name}.`);
  const free = { initiator: null, responder: null, relation: 'unpinned' } as const;
  const kept = checks.filter((check) => check.appliesTo(loaded.transport.guarantees));
  const checking = checkTransport(loaded, kept, { messages: 500_000_000, seed: 1, stallMs: 500, cpus: free }, context);
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
