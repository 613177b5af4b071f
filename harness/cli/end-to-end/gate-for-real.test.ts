// test-deadline-s: 180
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileSpin } from '../../../ci/dev/study/power.js';
import type { GateReport, Report } from '../../model/index.js';
import { runCli } from './run-cli.js';

// Real peers, a real spin inside write(2), and the exit code that a CI job would see.

const test = suite<{ folder: string; library: string }>('a gate for real');
const subject = ['unix-stream', '--workload', 'ping-pong', '--size', '64', '--placement', 'same-cpu'];

test.before(async (ground) => {
  ground.folder = mkdtempSync(join(tmpdir(), 'g-'));
  ground.library = await compileSpin(ground.folder);
});
test.after((ground) => rmSync(ground.folder, { recursive: true }));

test('the same code on both sides leaves it open', async ({ folder, library }) => {
  const gate = await gateWithSpin(folder, library, 0);
  assert.is(gate.exitCode, 0, gate.summary);
  assert.equal(
    gate.comparisons.filter((one) => one.isGated && one.verdict === 'regressed'),
    [],
  );
  const time = roundTripOf(gate);
  assert.ok((time.measurements[0]?.pairs.length ?? 0) >= 40, 'it looked at less than its first look needs');
});

test('a spin of a tenth of the round trip closes it, by the round trip, measured twice', async ({
  folder,
  library,
}) => {
  const { stdout } = await runCli([
    'bench',
    ...subject,
    '--launches',
    '12',
    '--duration',
    '15ms',
    '--out',
    join(folder, 'bench'),
    '--json',
  ]);
  const roundTripNs = (JSON.parse(stdout) as Report).results[0]?.latency?.medianOfP50Ns.value ?? Number.NaN;
  // Both ends write once a round trip.
  const gate = await gateWithSpin(folder, library, Math.round(roundTripNs / 20));
  assert.is(gate.exitCode, 1, gate.summary);
  const time = roundTripOf(gate);
  assert.is(time.verdict, 'regressed');
  assert.is(time.measurements.length, 2);
  assert.ok(
    (time.change?.median ?? 0) > 0.05 && (time.change?.median ?? 0) < 0.2,
    `a tenth was added, and ${time.change?.median} was seen`,
  );
});

async function gateWithSpin(folder: string, library: string, spinNs: number): Promise<GateReport> {
  const out = join(folder, `gate-${spinNs}`);
  const { exitCode, stderr } = await runCli([
    'gate',
    ...subject,
    '--effort',
    'thorough',
    '--base',
    `env.LD_PRELOAD=${library}`,
    '--head',
    `env.LD_PRELOAD=${library}`,
    '--head',
    `env.SPIN_NS=${spinNs}`,
    '--out',
    out,
  ]);
  const gate = JSON.parse(readFileSync(join(out, 'gate.json'), 'utf8')) as GateReport;
  assert.is(exitCode, gate.exitCode, stderr);
  return gate;
}

function roundTripOf(gate: GateReport): GateReport['comparisons'][number] {
  const found = gate.comparisons.find((one) => one.metric === 'round-trip');
  if (found === undefined) throw new Error('no round trip was compared');
  return found;
}

test.run();
