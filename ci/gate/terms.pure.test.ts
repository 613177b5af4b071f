import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Metric } from '../../harness/model/index.js';
import { measuredOf, metricsOf, metricUnit } from './metrics.js';
import { DEFAULT_BUDGET, idleRules, termsOf, type GatedWorkload } from './rules.js';
import { matchesSelector } from './selectors.js';
import { simulatedCase, simulatedLaunch } from './simulated-ports.fixture.js';

const test = suite('what a comparison is held to');

/** Cross-CPU times of round trips, as ping-pong has them. */
const PING_PONG: GatedWorkload = {
  name: 'ping-pong',
  gate: {
    sizeBytes: 64,
    advisory: [{ placement: 'cross-cpu', metrics: ['round-trip', 'cpu'], reason: 'a sleeping CPU is woken there' }],
  },
};
const WORKLOADS = [PING_PONG];

const id = 'unix-stream/native/ping-pong/64B/same-cpu';
const one = simulatedCase(id);

test('a selector names what an id begins with, at a boundary', () => {
  for (const selector of [
    'unix-stream',
    'unix-stream/native',
    id,
    `${id}#cpu`,
    '*',
    '*#cpu',
    'unix-*',
    'unix-*#cpu',
    '*/ping-pong',
    '*/64B',
  ])
    assert.ok(matchesSelector(selector, `${id}#cpu`), selector);
  for (const selector of [
    'unix',
    'unix-strea',
    'native',
    '*#syscalls',
    'unix-stream/nat',
    'unix.stream',
    '',
    'unix-*#cp',
  ])
    assert.not.ok(matchesSelector(selector, `${id}#cpu`), selector);
});

test('what a selector does not name with * is meant as it stands', () => {
  assert.ok(matchesSelector('a.b+c', 'a.b+c/native'));
  assert.not.ok(matchesSelector('a.b', 'axb/native'));
  assert.not.ok(matchesSelector('(', 'a'));
});

test('later rules win, each over what it says alone', () => {
  const terms = termsOf(
    one,
    'cpu',
    [
      { select: '*', budget: 0.1 },
      { select: 'unix-*#cpu', gated: false },
      { select: '*#cpu', budget: 0.03 },
      { select: 'fifo', budget: 0.5 },
    ],
    WORKLOADS,
  );
  assert.equal(terms, { budget: 0.03, isGated: false, advisoryReason: "set by the rule 'unix-*#cpu'" });
  assert.equal(
    termsOf(
      one,
      'cpu',
      [
        { select: '*', gated: false },
        { select: '*#cpu', gated: true },
      ],
      WORKLOADS,
    ),
    { budget: DEFAULT_BUDGET, isGated: true, advisoryReason: null },
  );
});

test('what is advisory by itself says why, and a rule gates it', () => {
  for (const [more, metric] of [
    [{}, 'p99'],
    [{ placement: 'free' }, 'round-trip'],
    [{ placement: 'free' }, 'syscalls'],
    [{ placement: 'cross-cpu' }, 'round-trip'],
    [{ placement: 'cross-cpu' }, 'cpu'],
  ] as const) {
    const found = termsOf(simulatedCase('x', more), metric, [], WORKLOADS);
    assert.is(found.isGated, false);
    assert.ok((found.advisoryReason ?? '').length > 20);
    assert.is(termsOf(simulatedCase('x', more), metric, [{ select: 'x', gated: true }], WORKLOADS).isGated, true);
  }
  for (const [more, metric] of [
    [{}, 'round-trip'],
    [{ placement: 'cross-cpu' }, 'syscalls'],
    [{ placement: 'cross-cpu', workload: 'stream' }, 'message-time'],
  ] as const) {
    assert.is(termsOf(simulatedCase('x', more), metric, [], WORKLOADS).isGated, true);
  }
});

test('a rule that matches no comparison is idle', () => {
  const rules = [
    { select: 'unix-stream', gated: true },
    { select: 'unix-steam', gated: true },
    { select: '*#p98', budget: 0.1 },
  ];
  assert.equal(
    idleRules(rules, [`${id}#cpu`, `${id}#p99`]).map((rule) => rule.select),
    ['unix-steam', '*#p98'],
  );
});

test('a launch says every metric per message, and leaves out what it cannot know', () => {
  assert.equal(measuredOf(simulatedLaunch(8000, { p99Ns: 9000 })), {
    'round-trip': 8000,
    cpu: 8000,
    syscalls: 4,
    switches: 2,
    p99: 9000,
  });
  assert.equal(
    measuredOf(
      simulatedLaunch(500, { p25Ns: null, bytesPerSecond: 1e9, cpuNs: null, syscalls: null, voluntarySwitches: null }),
    ),
    { 'message-time': 500 },
  );
  assert.equal(measuredOf(simulatedLaunch(8000, { voluntarySwitches: 0, syscalls: null, cpuNs: null })), {
    'round-trip': 8000,
    switches: 0,
  });
  assert.equal(measuredOf(simulatedLaunch(8000, { messages: 0 })), {});
});

test('every metric that a workload has is one that a launch can say, in the unit of its kind', () => {
  const units: Readonly<Record<Metric, string>> = {
    'round-trip': 'ns',
    'message-time': 'ns',
    cpu: 'ns',
    syscalls: 'per message',
    switches: 'per message',
    p99: 'ns',
  };
  for (const metric of [...metricsOf('latency'), ...metricsOf('throughput')])
    assert.is(metricUnit(metric), units[metric]);
  assert.equal(new Set([...metricsOf('latency'), ...metricsOf('throughput')]).size, 6);
});

test.run();
