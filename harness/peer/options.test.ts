import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { parseArguments } from './arguments.js';
import { PEER_OPTIONS, peerOptions, settingNames, writeOptions, type PeerOptionName } from './options.js';

const { peerPath } = await loadNative();

/** No process has this id: a peer that understands its arguments ends at once, with 3 and without a word. */
const NO_PARENT = 2 ** 31 - 1;
const HARNESS_GONE = 3;
const USAGE = 2;

const COMPLETE = writeOptions({
  role: 'initiator',
  parent: NO_PARENT,
  cpu: null,
  workload: 'ping-pong',
  size: 64,
  verify: 'header',
  seed: 1,
  'warmup-us': 0,
  'window-us': 1000,
  endpoint: 'fd:5',
  framing: 'stream',
});
const OF_NODE = writeOptions({ driver: 'js', addon: '/ipcbench.node', 'transport-module': 'file:///t.js' });

/** What the core says of this command line; null where it is understood. */
function coreSays(argv: readonly string[]): string | null {
  const { status, stderr } = spawnSync(peerPath, argv, { encoding: 'utf8' });
  if (status === HARNESS_GONE && stderr === '') return null;
  assert.is(status, USAGE, `${argv.join(' ')}: ${stderr}`);
  return stderr.trimEnd().replace(/^ipcbench-peer: /, '');
}

function nodeSays(argv: readonly string[]): string | null {
  try {
    parseArguments(argv);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function sameSays(argv: readonly string[]): string | null {
  const core = coreSays(argv);
  assert.is(nodeSays([...OF_NODE, ...argv]), core, argv.join(' '));
  return core;
}

const NO_NUMBERS = ['', ' 1', '1 ', '+1', '-1', '1e3', '0x10', '1.5', 'x', '99999999999999999999'];
const LARGEST = String(256 * 1024 * 1024);
const BEYOND_LARGEST = String(256 * 1024 * 1024 + 1);
const sizesOf = (count: number): string => Array.from({ length: count }, () => '64').join(',');

/** Texts that both take, and texts that both refuse. */
const TEXTS: Partial<Readonly<Record<PeerOptionName, readonly [taken: string[], refused: string[]]>>> = {
  role: [
    ['initiator', 'responder'],
    ['', 'relais', 'Initiator'],
  ],
  parent: [[String(NO_PARENT)], [...NO_NUMBERS, '0', '2147483648']],
  cpu: [
    ['none', '0', '7'],
    ['', 'x', '-1', 'None', '2147483648'],
  ],
  workload: [
    ['ping-pong', 'stream'],
    ['', 'Ping-pong', '../main', 'ping pong'],
  ],
  size: [
    ['1', '64'],
    [...NO_NUMBERS, '0', BEYOND_LARGEST],
  ],
  'max-size': [
    ['64', LARGEST],
    [...NO_NUMBERS, '0', BEYOND_LARGEST],
  ],
  verify: [
    ['header', 'full'],
    ['', 'all'],
  ],
  seed: [
    ['0', '4294967295'],
    [...NO_NUMBERS, '4294967296'],
  ],
  'warmup-us': [
    ['0', '3600000000'],
    [...NO_NUMBERS, '3600000001'],
  ],
  'window-us': [
    ['0', '3600000000'],
    [...NO_NUMBERS, '3600000001'],
  ],
  'least-messages': [
    ['1', '1000000'],
    [...NO_NUMBERS, '0'],
  ],
  'longest-us': [
    ['0', '3600000000'],
    [...NO_NUMBERS, '3600000001'],
  ],
  endpoint: [['fd:5'], []],
  framing: [
    ['stream', 'message'],
    ['', 'bytes'],
  ],
  messages: [
    ['1', '10'],
    [...NO_NUMBERS, '0'],
  ],
  large: [
    ['64', '64,65', sizesOf(64)],
    ['', '64,', ',64', '64,,65', '0', `64,${BEYOND_LARGEST}`, sizesOf(65)],
  ],
  beyond: [
    ['1', LARGEST],
    [...NO_NUMBERS, '0', BEYOND_LARGEST],
  ],
  sender: [
    ['initiator', 'responder'],
    ['', 'relay'],
  ],
  fault: [['drop-one'], ['']],
  'fault-at': [['0', '41'], NO_NUMBERS],
  'fault-extent': [
    ['1', '3600000'],
    [...NO_NUMBERS, '0', '3600001'],
  ],
};

for (const [name, { takenBy }] of peerOptions) {
  if (takenBy !== 'both') continue;
  test(`the core and a peer of Node take and refuse the same as --${name}`, () => {
    const [taken, refused] = TEXTS[name as PeerOptionName] ?? [[], []];
    assert.ok(taken.length > 0, `no text stands here for --${name}`);
    for (const text of taken) assert.is(sameSays([...COMPLETE, `--${name}`, text]), null, text);
    for (const text of refused) {
      const { expects } = PEER_OPTIONS[name as PeerOptionName];
      assert.is(sameSays([...COMPLETE, `--${name}`, text]), `--${name} takes ${expects}, not '${text.slice(0, 60)}'.`);
    }
  });
}

test('both tell a required option that is missing, and one without its value', () => {
  for (const [name, { takenBy, isRequired, expects }] of peerOptions) {
    if (takenBy !== 'both') continue;
    const without = COMPLETE.filter((_, at) => COMPLETE[at - (at % 2)] !== `--${name}`);
    if (isRequired) assert.is(sameSays(without), `--${name} is missing: ${expects}.`);
    assert.is(sameSays([...without, `--${name}`]), `--${name} needs a value: ${expects}.`);
  }
});

test('both tell an option that nobody knows, and options that do not go together', () => {
  for (const more of [
    ['--colour', 'red'],
    ['--max-size', '63'],
    ['--workload', 'deliver'],
    ['--workload', 'deliver', '--messages', '5', '--size', '31'],
  ])
    assert.type(sameSays([...COMPLETE, ...more]), 'string');
  assert.is(sameSays([...COMPLETE, '--workload', 'deliver', '--messages', '5', '--size', '32']), null);
});

test('what is written is what is read', () => {
  assert.equal(writeOptions({ cpu: null, large: [64, 65], beyond: undefined, 'partner-cpu': 3 }), [
    '--cpu',
    'none',
    '--large',
    '64,65',
    '--partner-cpu',
    '3',
  ]);
  assert.equal(settingNames(['--verify', '--wait', '--wait', 'spin', '--size', '64']), ['wait']);
});

test.run();
