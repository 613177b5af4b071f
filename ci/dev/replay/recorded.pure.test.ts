import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Look } from '../../../harness/model/index.js';
import { lookAt } from '../../gate/decide.js';
import { differencesOf, scaleOf } from '../../gate/differences.js';
import { SCHEDULES } from '../../gate/schedule.js';
import { minimumDetectableEffect } from '../../gate/minimum-detectable-effect.js';
import { parseRecording, type Recording } from './recording.js';
import { isAA, oneAfterTheOther, replayGates, worsened } from './replay-gates.js';

// What ../recordings/README.md says of real launches, counted again with the gate as it is now.

const read = (name: string): Recording =>
  parseRecording(
    gunzipSync(
      readFileSync(fileURLToPath(new URL(`../../../../ci/dev/recordings/${name}`, import.meta.url))),
    ).toString(),
  );
const roundTrips = read('round-trips.jsonl.gz');
const throughput = read('throughput.jsonl.gz');

test(
  '300 gates of one unchanged case on a loaded machine, from launches none of which is used twice: at most one ' +
    'in a hundred closes',
  async () => {
    assert.ok(isAA(roundTrips));
    const tally = await replayGates(roundTrips, SCHEDULES.default, 1);
    assert.ok(tally.gates >= 300, `${tally.gates} gates`);
    assert.ok(tally.closed <= 0.01 * tally.gates, `${tally.closed} of ${tally.gates} closed`);
    // The first measurement alone keeps to it.
    assert.ok(tally.failedOnce <= 0.01 * tally.gates, `${tally.failedOnce} of ${tally.gates} failed once`);
  },
);

test('the machine was loaded while it was recorded', () => {
  const loads = roundTrips.pairs.map((pair) => pair.noise.load1 ?? 0).sort((a, b) => a - b);
  assert.ok(
    (loads[Math.floor(loads.length / 10)] as number) > roundTrips.about.machine.cpus,
    `${loads[Math.floor(loads.length / 10)]}`,
  );
});

test(
  'unchanged throughput closes no more often, and 10 % more time is found by CPU time where messages spread too ' +
    'far',
  async () => {
    assert.ok(isAA(throughput));
    const { gates, failedOnce } = await replayGates(throughput, SCHEDULES.default, 1);
    assert.ok(failedOnce <= 0.01 * gates, `${failedOnce} of ${gates} failed once`);
    const slower = await replayGates(worsened(throughput, 0.1), SCHEDULES.default, 1);
    assert.is(slower.metrics.get('cpu')?.closed, slower.gates);
  },
);

test('the same launches find 5 % and 10 % on top of the same noise', async () => {
  for (const [share, least] of [
    [0.05, 0.9],
    [0.1, 0.99],
  ] as const) {
    const { gates, closed } = await replayGates(worsened(roundTrips, share), SCHEDULES.default, 1);
    assert.ok(closed >= least * gates, `${closed} of ${gates} found ${share}`);
  }
});

test(
  '2 % closes at most one gate in a hundred, on a machine with five ' + 'times as much to do as it has processors',
  async () => {
    const { gates, closed } = await replayGates(worsened(roundTrips, 0.02), SCHEDULES.default, 1);
    assert.ok(closed <= gates / 100, `${closed} of ${gates}`);
  },
);

test(
  'what a gate calls the smallest visible worsening, the gates before ' + 'and after it find in more than seven of ten',
  () => {
    // Nine of ten is meant for pairs of the same spread; under such a load the spread itself changes from one gate to
    // the
    // next.
    const { pairs, alpha } = SCHEDULES.default.at(-1) as Look;
    const scale = scaleOf('ns', 0.05, []);
    const values = roundTrips.pairs.flatMap(({ base, head }) =>
      base.p25Ns === null || head.p25Ns === null ? [] : [{ base: base.p25Ns, head: head.p25Ns }],
    );
    const gates = Array.from({ length: Math.floor(values.length / pairs) }, (_, gate) =>
      differencesOf(scale, values.slice(gate * pairs, (gate + 1) * pairs)),
    );
    const about = { unit: 'ns', budget: 0.05 } as const;
    const found = gates.slice(1, -1).filter((differences, before) => {
      const worsening = minimumDetectableEffect({ ...about, differences, alpha, comparisons: 1 }) ?? 0;
      const regresses = (noise: readonly number[] = []): boolean => {
        const moved = noise.map((one) => one + Math.log1p(worsening));
        return (
          lookAt({ pairs, alpha }, [
            { ...about, id: 'moved', isGated: true, isDecided: false, differences: moved },
          ]).get('moved')?.verdict === 'regressed'
        );
      };
      return regresses(gates[before]) && regresses(gates[before + 2]);
    });
    const share = found.length / (gates.length - 2);
    assert.ok(share > 0.7, `${share}`);
  },
);

test(
  'measured one after the other, the same launches break the promise ' + 'of one failed measurement in a hundred',
  async () => {
    const { gates, failedOnce } = await replayGates(oneAfterTheOther(roundTrips, 100), SCHEDULES.default, 1);
    assert.ok(failedOnce > 0.05 * gates, `${failedOnce} of ${gates}`);
  },
);

test.run();
