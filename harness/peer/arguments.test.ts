import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coreArguments, forkedArguments, parseArguments } from './arguments.js';

const given = (changes: Readonly<Record<string, string | null>> = {}): string[] => {
  const all: Record<string, string | null> = {
    role: 'initiator',
    parent: '12',
    cpu: '3',
    workload: 'ping-pong',
    size: '64',
    verify: 'header',
    seed: '7',
    'warmup-us': '1500',
    'window-us': '20000',
    endpoint: 'fd:5',
    framing: 'stream',
    driver: 'js',
    addon: '/a/ipcbench.node',
    'transport-module': 'file:///t.js',
    ...changes,
  };
  return Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, value]));
};

const sentenceFor = (changes: Readonly<Record<string, string | null>>): string => {
  try {
    parseArguments(given(changes));
  } catch (error) {
    return (error as Error).message;
  }
  return 'was taken';
};

test('a whole command line is understood', () => {
  assert.equal(parseArguments(given()), {
    driver: 'js',
    addonPath: '/a/ipcbench.node',
    transportModule: 'file:///t.js',
    role: 'initiator',
    parent: 12,
    cpu: 3,
    partnerCpu: 3,
    workload: 'ping-pong',
    sizeBytes: 64,
    maxSizeBytes: 64,
    largeBytes: [],
    beyondBytes: null,
    verify: 'header',
    settings: {},
    seed: 7,
    warmupMs: 1.5,
    windowMs: 20,
    leastMessages: 1,
    longestMs: 20,
    endpoint: 'fd:5',
    framing: 'stream',
    messages: 0,
    sender: 'initiator',
    fault: null,
  });
});

test('no CPU is none, and the partner has its own', () => {
  const { cpu, partnerCpu } = parseArguments(given({ cpu: 'none', 'partner-cpu': '0' }));
  assert.equal([cpu, partnerCpu], [null, 0]);
});

test('a transport without a meeting place has an empty endpoint', () => {
  assert.is(parseArguments(given({ endpoint: '' })).endpoint, '');
});

test('a fault comes with the message it befalls', () => {
  assert.equal(parseArguments(given({ fault: 'drop-one', 'fault-at': '41' })).fault, {
    name: 'drop-one',
    atSeq: 41,
    extent: 1,
  });
  assert.equal(parseArguments(given({ fault: 'delay', 'fault-at': '41', 'fault-extent': '9' })).fault, {
    name: 'delay',
    atSeq: 41,
    extent: 9,
  });
});

test('the same mistake has the same sentence as in the core', () => {
  assert.is(sentenceFor({ role: 'relay' }), "--role takes initiator or responder, not 'relay'.");
  assert.is(sentenceFor({ size: '0' }), "--size takes 1 to 268435456 bytes, not '0'.");
  assert.is(sentenceFor({ size: '1e3' }), "--size takes 1 to 268435456 bytes, not '1e3'.");
  assert.is(sentenceFor({ seed: null }), '--seed is missing: an integer below 2^32.');
  assert.is(sentenceFor({ 'max-size': '63' }), '--max-size 63 is below --size 64.');
  assert.is(sentenceFor({ driver: 'native' }), "--driver takes js or addon, not 'native'.");
  assert.is(sentenceFor({ workload: '../main' }), "--workload takes a workload's name, not '../main'.");
  assert.is(sentenceFor({ workload: 'deliver' }), '--workload deliver needs --messages.');
  assert.match(sentenceFor({ workload: 'deliver', size: '31', messages: '1' }), /needs --size 32 or more/);
  assert.is(sentenceFor({ depth: '3' }), "Unknown option '--depth'.");
});

test('an option that is named as a setting is taken as it stands, and goes to the core too', () => {
  const argv = given({ settings: 'wait,batch', wait: 'spin', batch: '8' });
  assert.equal(parseArguments(argv).settings, { wait: 'spin', batch: '8' });
  assert.equal(coreArguments(argv).slice(-4), ['--wait', 'spin', '--batch', '8']);
  assert.is(sentenceFor({ settings: 'wait', batch: '8' }), "Unknown option '--batch'.");
});

test('the core is given what it knows, in the order it was given', () => {
  assert.equal(
    coreArguments(given({ driver: 'addon', 'partner-cpu': '1' })),
    given({ driver: null, addon: null, 'transport-module': null }),
  );
});

test('a value that reads like an option is not taken for one', () => {
  assert.equal(coreArguments(['--endpoint', '--driver', '--seed', '1']), ['--endpoint', '--driver', '--seed', '1']);
});

test('a forked responder is given its parent, its role and its CPU, and else what the initiator was given', () => {
  const argv = given({ 'partner-cpu': 'none' });
  assert.equal(
    forkedArguments(argv, parseArguments(argv), 99),
    given({ role: 'responder', parent: '99', cpu: 'none', 'partner-cpu': 'none' }),
  );
});

test.run();
