import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Placement } from '../../model/index.js';
import type { PlacementAnswer } from '../../placement/place.js';
import { loadTransports, type LoadedTransport } from '../../discovery/load-transports.js';
import { loadWorkloads } from '../../discovery/load-workloads.js';
import { UserError } from '../../user-error.js';
import { coreTransport } from '../../cli/end-to-end/gate-ground.fixture.js';
import { parseVariant } from '../sides/parse-variant.js';
import type { PreparedVariant } from '../sides/prepare-variant.js';
import { controlOf } from './control-of.js';
import { gateCases, timingOf, withTerms, type CaseOptions, type GateCases } from './gate-cases.js';
import { likelyPairMs } from '../live/live-ports.js';

const test = suite('the cases of a gate');

const { transports: builtIn } = await loadTransports({ modules: [] });
const workloads = await loadWorkloads();
let mine: LoadedTransport;

test.before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gc-'));
  try {
    writeFileSync(join(folder, 'mine.mjs'), coreTransport('mine'));
    const { transports } = await loadTransports({ modules: [join(folder, 'mine.mjs')] });
    mine = transports.find((one) => one.origin === 'user') as LoadedTransport;
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A side with its transports: of what else makes one ready to start pairs, cases know nothing. */
const side = (
  name: 'base' | 'head',
  settings: readonly string[] = [],
  own: readonly LoadedTransport[] = [],
  more: Partial<PreparedVariant> = {},
): PreparedVariant =>
  ({
    spec: parseVariant(name, settings),
    transports: [...builtIn, ...own],
    own,
    differences: settings,
    unhosted: new Map(),
    ...more,
  }) as unknown as PreparedVariant;

const NOTHING_ASKED: CaseOptions = {
  transports: [],
  workloads: null,
  sizesBytes: null,
  placements: null,
  drivers: null,
  timing: {},
};
const anywhere = (placement: Placement): PlacementAnswer =>
  ({
    kind: 'placed',
    placement,
    cpus: { initiator: 0, responder: 0, relation: 'same-cpu' },
  }) as unknown as PlacementAnswer;
const casesOf = (
  base: PreparedVariant,
  head: PreparedVariant,
  asked: Partial<CaseOptions> = {},
  place = anywhere,
): GateCases => gateCases({ base, head }, workloads, { ...NOTHING_ASKED, ...asked }, place);
const idsOf = ({ common }: GateCases): string[] => common.map((one) => one.id);

test(
  'by default: every built-in transport that is no reference, by the C++ peers, small round trips and large ' +
    'writes on one CPU',
  () => {
    const ids = idsOf(casesOf(side('base'), side('head', ['env.A=1'])));
    assert.ok(ids.includes('pipe/native/ping-pong/64B/same-cpu') && ids.includes('pipe/native/stream/64KiB/same-cpu'));
    assert.ok(
      ids.every((id) => /^[^/]+\/native\/(ping-pong\/64B|stream\/64KiB)\/same-cpu$/.test(id)),
      ids.join(' '),
    );
    assert.is(
      ids.some((id) => id.startsWith('tcp-loopback')),
      false,
    );
  },
);

test('another runtime: what Node hosts, and the loops inside it over one transport', () => {
  const ids = idsOf(casesOf(side('base'), side('head', ['runtime=node']), { workloads: ['ping-pong'] }));
  assert.equal(
    [...ids].sort(),
    ['node-ipc-advanced/js', 'node-ipc-json/js', 'node-net/js', 'socketpair-stream/addon'].map(
      (id) => `${id}/ping-pong/64B/same-cpu`,
    ),
  );
  const named = idsOf(
    casesOf(side('base'), side('head', ['runtime=node']), { workloads: ['ping-pong'], transports: ['pipe', 'fifo'] }),
  );
  assert.equal([...named].sort(), ['fifo/addon/ping-pong/64B/same-cpu', 'pipe/addon/ping-pong/64B/same-cpu']);
});

test("a module of the user's: that alone, by the drivers it has", () => {
  assert.equal(idsOf(casesOf(side('base', [], [mine]), side('head', [], [mine]), { workloads: ['ping-pong'] })), [
    'mine/native/ping-pong/64B/same-cpu',
  ]);
});

test('what one side alone has is told apart', () => {
  const gone = casesOf(side('base', [], [mine]), side('head'), { workloads: ['ping-pong'] });
  assert.equal([idsOf(gone), gone.lackedByHead.map((one) => one.transport), gone.lackedByBase], [[], ['mine'], []]);
  const added = casesOf(side('base'), side('head', [], [mine]), { workloads: ['ping-pong'] });
  assert.equal([idsOf(added), added.lackedByHead, added.lackedByBase.map((one) => one.transport)], [[], [], ['mine']]);
});

test('a placement that is impossible here is skipped with its reason', () => {
  const nowhere = (): PlacementAnswer => ({
    kind: 'impossible',
    code: 'one-cpu',
    reason: 'Only CPU 0 may be used here.',
  });
  const found = casesOf(side('base'), side('head'), { transports: ['pipe'], workloads: ['ping-pong'] }, nowhere);
  assert.equal([idsOf(found), found.skipped.map((one) => one.reason)], [[], ['Only CPU 0 may be used here.']]);
});

test('what nobody has is refused', () => {
  for (const asked of [
    { transports: ['pype'] },
    { workloads: ['pong'] },
    { transports: ['pipe'], drivers: ['js'] },
  ] as const) {
    assert.throws(
      () => casesOf(side('base'), side('head'), asked),
      (error: unknown) => error instanceof UserError && error.exitCode === 2,
    );
  }
});

const sentenceOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.instance(error, UserError);
    return (error as UserError).message;
  }
  return 'taken';
};

test(
  'a transport that was named is never dropped: it is compared by what it has, or refused where drivers were ' +
    'named',
  () => {
    const named = (transports: readonly string[], settings: readonly string[] = ['env.A=1']): string[] =>
      [...idsOf(casesOf(side('base'), side('head', settings), { transports, workloads: ['ping-pong'] }))]
        .map((id) => id.split('/').slice(0, 2).join('/'))
        .sort();
    assert.equal(named(['pipe', 'node-net']), ['node-net/js', 'pipe/native']);
    assert.equal(named(['node-ipc']), ['node-ipc-advanced/js', 'node-ipc-json/js']);
    assert.equal(named(['pipe', 'node-net'], ['runtime=node']), ['node-net/js', 'pipe/addon']);
    for (const [transports, drivers] of [
      [['unix-stream', 'node-net'], ['native']],
      [['pipe', 'node-net'], ['js']],
      [
        ['fifo', 'node-ipc'],
        ['native', 'addon'],
      ],
    ] as const) {
      assert.match(
        sentenceOf(() => casesOf(side('base'), side('head'), { transports, drivers })),
        /^None of .* has the driver .*\. Use --driver .*, or leave '.*' out\.$/,
      );
    }
  },
);

test('a key that nothing selected can feel is refused', () => {
  const refused = (
    settings: readonly string[],
    asked: Partial<CaseOptions>,
    own: readonly LoadedTransport[] = [],
  ): string => sentenceOf(() => casesOf(side('base'), side('head', settings, own), asked));
  assert.match(
    refused(['runtime=node'], { drivers: ['native'] }),
    /^--head runtime= affects only peers hosted by Node, but every selected case runs in the C\+\+ peer/,
  );
  assert.match(
    refused(['env.NODE_OPTIONS=--jitless', 'env.A=1'], { transports: ['pipe'] }),
    /^--head env\.NODE_OPTIONS= affects only peers hosted by Node/,
  );
  assert.match(
    refused(['env.UV_THREADPOOL_SIZE=1'], { transports: ['unix'], drivers: ['native'] }),
    /^--head env\.UV_THREADPOOL_SIZE= affects/,
  );
  assert.match(
    refused(['transport=./mine.mjs'], { transports: ['pipe'] }, [mine]),
    /^--head transport= gives 'mine', which is not selected \(selected: pipe\)\. Select it too/,
  );
});

test(
  'a variable that only runtimes read selects Node-hosted peers, as ' + 'runtime= does; what cannot feel it is said',
  () => {
    const drivers = (settings: readonly string[]): string[] =>
      [
        ...new Set(
          casesOf(side('base'), side('head', settings), { workloads: ['ping-pong'] }).common.map((one) => one.driver),
        ),
      ].sort();
    assert.equal(drivers(['env.NODE_OPTIONS=--jitless']), ['addon', 'js']);
    assert.equal(drivers(['env.UV_USE_IO_URING=1']), ['addon', 'js']);
    assert.equal(drivers(['env.LD_PRELOAD=/lib/a.so']), ['native']);
    const mixed = casesOf(side('base'), side('head', ['runtime=node']), {
      transports: ['pipe', 'node-net'],
      drivers: ['native', 'js'],
      workloads: ['ping-pong'],
    });
    assert.equal(
      mixed.warnings.map((one) => one.code),
      ['key-not-felt'],
    );
    assert.match(
      mixed.warnings[0]?.message ?? '',
      /^1 of 2 cases run in the C\+\+ peer, which is not affected by runtime=/,
    );
  },
);

test('two sides that were typed unlike and came to the same are told; the same typed twice was meant', () => {
  const codes = (base: PreparedVariant, head: PreparedVariant): string[] =>
    casesOf(base, head, { transports: ['pipe'] }).warnings.map((one) => one.code);
  const library = { differences: ['env LD_PRELOAD 1234'] };
  assert.equal(
    codes(side('base', ['env.LD_PRELOAD=/a.so'], [], library), side('head', ['env.LD_PRELOAD=/b.so'], [], library)),
    ['same-on-both'],
  );
  assert.equal(codes(side('base'), side('head', ['env.HOME=/root'], [], { differences: [] })), ['same-on-both']);
  assert.equal(codes(side('base', ['env.A=1']), side('head', ['env.A=2'])), []);
  assert.equal(codes(side('base', ['env.A=1']), side('head', ['env.A=1'])), []);
});

test('a driver that a runtime cannot host is left out and said, and refused where it was asked for', () => {
  const bun = side('head', ['runtime=bun'], [], { unhosted: new Map([['js', 'the socket is closed'] as const]) });
  const found = casesOf(side('base'), bun, { workloads: ['ping-pong'] });
  assert.equal(idsOf(found), ['socketpair-stream/addon/ping-pong/64B/same-cpu']);
  assert.match(
    found.warnings[0]?.message ?? '',
    /^The runtime of --head cannot host the driver js \(the socket is closed\)\. The driver js is not compared\.$/,
  );
  assert.match(
    sentenceOf(() => casesOf(side('base'), bun, { drivers: ['js', 'addon'] })),
    /^The runtime of --head cannot host the driver js .* Remove js from --driver\.$/,
  );
});

test("every metric of a case has its terms, and options of time win over the driver's", () => {
  const [one] = casesOf(side('base'), side('head'), { transports: ['pipe'], workloads: ['stream'] }).common;
  assert.equal(
    withTerms(one === undefined ? [] : [one], workloads, [{ select: '*#cpu', budget: 0.2 }])[0]?.metrics.map(
      ({ metric, terms }) => [metric, terms.budget],
    ),
    [
      ['message-time', 0.05],
      ['cpu', 0.2],
      ['syscalls', 0.05],
      ['switches', 0.05],
    ],
  );
  assert.equal(timingOf('native', { timing: { windowMs: 3 } }), { warmupMs: 1, windowMs: 3 });
});

test('a pair of Node processes is expected to take half a second, one of C++ a twentieth', () => {
  const cases = casesOf(side('base'), side('head'), {
    transports: ['pipe', 'node-net'],
    workloads: ['ping-pong'],
    drivers: ['native', 'js'],
  }).common;
  const ms = (driver: string): number =>
    likelyPairMs(
      cases.filter((one) => one.driver === driver),
      { timing: {} },
    );
  assert.ok(ms('js') >= 400 && ms('js') <= 700, `${ms('js')}`);
  assert.ok(ms('native') >= 40 && ms('native') <= 80, `${ms('native')}`);
});

test("a native built-in is its own control; what is the user's, or Node's, has the loops over a Unix socket", () => {
  const cases = casesOf(side('base', [], [mine]), side('head', [], [mine]), {
    transports: ['pipe', 'node-net', 'mine'],
    workloads: ['ping-pong'],
    drivers: ['native', 'js'],
  }).common;
  const control = (transport: string, named: string | null = null): string =>
    controlOf(
      cases.find((one) => one.transport === transport) ?? (cases[0] as GateCases['common'][number]),
      named,
      builtIn,
    ).id;
  assert.is(control('pipe'), 'pipe/native/ping-pong/64B/same-cpu');
  assert.is(control('node-net'), 'unix-stream/native/ping-pong/64B/same-cpu');
  assert.is(control('mine'), 'unix-stream/native/ping-pong/64B/same-cpu');
  assert.is(control('mine', 'socketpair-stream'), 'socketpair-stream/native/ping-pong/64B/same-cpu');
  assert.is(control('mine', 'node-net'), 'node-net/js/ping-pong/64B/same-cpu');
  assert.throws(
    () => control('mine', 'nothing'),
    /^UserError: --control names 'nothing'|which is not a transport of this installation/,
  );
});

test.run();
