// test-deadline-s: 300
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verdict } from '../../model/index.js';
import { check, folder, MESSAGES, notKept, type Flaw } from './wrong-transport.fixture.js';

const drivers = suite('a module with two drivers, one of them wrong');

drivers('passes by each of its drivers where nothing is wrong', async () => {
  const verdicts = await check({ hasCore: true });
  assert.equal(notKept(verdicts), []);
  assert.equal([...new Set(verdicts.map(({ driver }) => driver))], ['native', 'js']);
  assert.equal(
    verdicts.filter(({ checkId }) => checkId === 'loss/tail').map(({ id, driver }) => [id, driver]),
    [
      ['wrong/loss/tail', 'native'],
      ['wrong/loss/tail/js', 'js'],
    ],
  );
  assert.ok(verdicts.every(({ driver, command }) => command.includes(` --driver ${driver} `)));
});

const wrongDrivers: readonly (readonly [what: string, flaw: Flaw, seen: RegExp])[] = [
  [
    'drops every 1000th message',
    { send: 'if (sent % 1000 === 0) return;' },
    /^wrong\/loss\/total-queue\/js fail: .*seq 999 is missing/,
  ],
  ['drops the last message', { send: `if (sent === ${MESSAGES}) return;` }, /^wrong\/loss\/tail\/js fail/],
  [
    'drops a message in one direction alone',
    { send: "if (role === 'responder' && sent === 500) return;" },
    /^wrong\/loss\/total-queue\/js fail: .*responder to initiator: 1199 of 1200/,
  ],
  [
    'sends a message twice',
    { send: 'if (sent === 300) write(Buffer.from(message));' },
    /^wrong\/duplication\/none\/js fail: .*the first is seq 299/,
  ],
  [
    'exchanges two messages',
    { send: 'if (sent === 300) { held = message; return; } if (sent === 301) { write(message); return write(held); }' },
    /^wrong\/ordering\/single-writer\/js fail/,
  ],
  [
    'damages a payload',
    { send: 'if (sent === 77) { message = Buffer.from(message); message[message.length - 1] ^= 1; }' },
    /^wrong\/integrity\/position-keyed\/js fail/,
  ],
  [
    'damages a header',
    { send: 'if (sent === 77) { message = Buffer.from(message); message[9] ^= 1; }' },
    /^wrong\/integrity\/position-keyed\/js fail/,
  ],
  [
    'cuts the end off a message',
    { send: 'if (sent === 77) message = message.subarray(0, message.length - 1);' },
    /^wrong\/integrity\/position-keyed\/js fail/,
  ],
  [
    'greets its partner inside the stream',
    { send: "if (sent === 1) socket.write('hello');" },
    /^wrong\/integrity\/position-keyed\/js fail/,
  ],
  [
    'hands a chunk over twice',
    { receive: 'receive(chunk); if (chunks === 2) receive(chunk);' },
    /^wrong\/(duplication\/none|integrity\/position-keyed)\/js fail/,
  ],
  [
    'loses a chunk where it arrives',
    { receive: 'if (chunks !== 2) receive(chunk);' },
    /^wrong\/(loss\/total-queue|integrity\/position-keyed)\/js fail/,
  ],
  ['never tells of the end', { end: '' }, /^wrong\/eof\/after-data\/js fail/],
  [
    'fails in the middle',
    { send: "if (sent === 37) throw new Error('no more');" },
    /^wrong\/[a-z-]+\/[a-z-]+\/js broken: .*no more/,
  ],
];

for (const [what, flaw, seen] of wrongDrivers) {
  drivers(`is seen where its js driver ${what}`, async () => {
    const found = notKept(await check({ ...flaw, hasCore: true }));
    assert.ok(
      found.some((line) => seen.test(line)),
      found.join('\n'),
    );
    assert.ok(
      found.every((line) => /^\S+\/js /.test(line)),
      found.join('\n'),
    );
  });
}

drivers.run();

/** One verdict gives the reason; the others name that verdict. */
const reasonOf = (verdicts: readonly Verdict[]): string => {
  const undecided = verdicts.filter(({ verdict }) => verdict !== 'skip');
  assert.ok(
    undecided.every(({ verdict }) => verdict === 'broken'),
    notKept(verdicts).join('\n'),
  );
  const [first, ...others] = undecided.map(({ evidence }) => evidence);
  assert.equal([...new Set(others)], [`It could not be decided; see the reason given for ${undecided[0]?.id ?? ''}.`]);
  return first ?? '';
};

const causes = suite('a transport that breaks');

const dependency = join(folder, 'dependency.mjs');
writeFileSync(dependency, "export const encode = () => {\n  throw new RangeError('not encodable');\n};\n");

/** `at` is a line of the module, or of what it imports. */
const broken: readonly (readonly [what: string, flaw: Flaw, cause: RegExp])[] = [
  [
    'throws in send',
    { send: "if (sent === 37) throw new Error('no more');" },
    /initiator to responder: The initiator failed while exchanging messages, at message 36: no more \(\S+wrong-\d+\.mjs:\d+:\d+\)\./,
  ],
  [
    'rejects in send with a code',
    {
      send:
        "if (sent === 5) return Promise.reject(Object.assign(new Error('the far end said no'), { code: 'ENOPE' " +
        '}));',
    },
    /The initiator failed while exchanging messages, at message 4: the far end said no \(\S+\.mjs:/,
  ],
  [
    'exits with 0 in send',
    { send: 'if (sent === 37) process.exit(0);' },
    /The initiator failed while exchanging messages, at message 36: its process ended with exit status 0, in the middle of the launch \(\S+wrong-\d+\.mjs:/,
  ],
  [
    'exits with 7 where it receives',
    { receive: 'process.exit(7);' },
    /initiator to responder: The responder failed while exchanging messages: its process ended with exit status 7.*\.mjs:/,
  ],
  [
    'exits with 0 while it opens',
    { open: "if (role === 'responder') process.exit(0);" },
    /^The responder failed while opening its end: its process ended with exit status 0.*\.mjs:/,
  ],
  [
    'dies of SIGSEGV where it receives',
    { receive: "receive(chunk); process.kill(process.pid, 'SIGSEGV');" },
    /initiator to responder: The responder ended by SIGSEGV before it was done. Its last known state: exchanging messages, after \d+ messages/,
  ],
  [
    'aborts where it receives',
    { receive: 'process.abort();' },
    /initiator to responder: The responder ended by SIGABRT before it was done/,
  ],
  [
    'is killed in send',
    { send: "if (sent === 37) process.kill(process.pid, 'SIGKILL');" },
    /initiator to responder: The initiator ended by SIGKILL before it was done. Its last known state: exchanging messages, after 36 messages/,
  ],
  [
    'throws in a callback',
    { receive: "throw new TypeError('chunk is odd');" },
    /initiator to responder: The responder failed while exchanging messages: chunk is odd \(\S+\.mjs:/,
  ],
  [
    'throws in a timer',
    {
      send:
        "if (sent === 37) { setImmediate(() => { throw new Error('late'); }); return new Promise(() => " +
        'undefined); }',
    },
    /The initiator failed while exchanging messages, at message 36: late \(\S+\.mjs:/,
  ],
  [
    'leaves a rejection unhandled',
    { open: "if (role === 'initiator') Promise.reject(new Error('nobody looks'));" },
    /^The initiator failed while .*: nobody looks \(\S+\.mjs:/,
  ],
  [
    'throws something that is no error',
    { send: "if (sent === 37) throw 'a string';" },
    /The initiator failed while exchanging messages, at message 36: a string\./,
  ],
  [
    'fails in what it imports',
    { top: `import { encode } from ${JSON.stringify(dependency)};`, send: 'if (sent === 3) encode();' },
    /at message 2: not encodable \(\S+wrong-\d+\.mjs:/,
  ],
  [
    'throws while it opens',
    { open: "if (role === 'responder') throw Object.assign(new Error('no such door'), { code: 'ENOENT' });" },
    /^The responder failed while opening its end: no such door \(\S+\.mjs:/,
  ],
  [
    'is imported by the harness and not by a peer',
    { top: "if (process.argv.includes('--transport-module')) throw new Error('not in here');" },
    /The (initiator|responder) failed while opening its end: not in here \(\S+\.mjs:/,
  ],
];

for (const [what, flaw, cause] of broken)
  causes(`is told once, with the earliest failure, where it ${what}`, async () =>
    assert.match(reasonOf(await check(flaw)), cause),
  );

causes.run();
