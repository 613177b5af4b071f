// test-deadline-s: 300
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultTable } from '../../../suites/conformance/fault-injection/fault-table.js';
import { killMatrixPart } from '../../../suites/conformance/fault-injection/kill-matrix-part.js';
import { runFaults } from '../../runner/run-faults.js';
import { check, checks, MESSAGES, notKept, withTransport, type Flaw } from './wrong-transport.fixture.js';

const closing = suite('a transport that is wrong in close');

for (const [what, close] of [
  ['throws', "throw new Error('closed already')"],
  ['waits for what came already', 'await new Promise(() => undefined)'],
  ['sends something', "socket.write('again')"],
] as const) {
  closing(`is called once: a second call that ${what} changes nothing`, async () =>
    assert.equal(notKept(await check({ close: `if (closed > 1) ${close}; return flush();` })), []),
  );
}

const HELD_UP =
  /[Tt]he (initiator|responder) \(state: waiting for the transport's close\(\) to resolve, after 1200 messages \(\d+ bytes\), \w+\).* (made no progress in exchanging messages for 2000|did not finish closing within 3000) ms/;
const wrongCloses: readonly (readonly [what: string, close: string, seen: RegExp])[] = [
  ['never resolves', 'socket.end(); return new Promise(() => undefined);', HELD_UP],
  ['never resolves and never ends', 'return new Promise(() => undefined);', HELD_UP],
  [
    'never resolves where it has received',
    'if (sent > 0) return flush(); return new Promise(() => undefined);',
    HELD_UP,
  ],
  ['never returns', 'socket.end(); for (;;);', HELD_UP],
  [
    'rejects',
    "throw Object.assign(new Error('cannot close'), { code: 'EIO' });",
    /The initiator failed while waiting for the transport's close\(\) to resolve, at message 1200: cannot close \(\S+\.mjs:/,
  ],
  [
    'exits',
    'process.exit(0);',
    /The initiator failed while waiting for the transport's close\(\) to resolve, at message 1200: its process ended with exit status 0/,
  ],
  [
    'is killed',
    "process.kill(process.pid, 'SIGKILL');",
    /The initiator ended by SIGKILL before it was done. Its last known state: waiting for the transport's close\(\) to resolve, after 1200 messages/,
  ],
  [
    'throws a turn later',
    "setImmediate(() => { throw new Error('too late'); }); return new Promise(() => undefined);",
    /The initiator failed while waiting for the transport's close\(\) to resolve, at message 1200: too late \(\S+\.mjs:/,
  ],
  ['says goodbye inside the stream', "socket.write('goodbye'); return flush();", /integrity\/position-keyed fail/],
  ['sends the last message again', 'if (held) socket.write(held); return flush();', /duplication\/none fail/],
  [
    'keeps its end open',
    'await new Promise((resolve) => socket.write(Buffer.alloc(0), resolve));',
    /eof\/after-data fail/,
  ],
  ['loses what it held', 'return flush();', /loss\/tail fail/],
];

for (const [what, close, seen] of wrongCloses) {
  closing(`is seen where it ${what}`, async () => {
    const send = what === 'loses what it held' ? `if (sent > ${MESSAGES - 3}) return;` : 'held = Buffer.from(message);';
    const found = notKept(await check({ send, close }));
    assert.ok(
      found.some((line) => seen.test(line)),
      found.join('\n'),
    );
  });
}

closing.run();

const injectionPlan = suite('a fault that is planted into a transport that is wrong by itself');

const wrongGrounds: readonly (readonly [what: string, flaw: Flaw, reason: RegExp])[] = [
  [
    'drops every 1000th message',
    { send: 'if (sent % 1000 === 0) return;' },
    /fails (eof\/after-data|loss\/tail|loss\/total-queue): /,
  ],
  ['drops every 4000th message', { send: 'if (sent % 4000 === 0) return;' }, /fails loss\/total-queue: /],
  ['sends a message twice', { send: 'if (sent === 300) write(Buffer.from(message));' }, /fails duplication\/none: /],
  [
    'exchanges two messages',
    { send: 'if (sent === 300) { held = message; return; } if (sent === 301) { write(message); return write(held); }' },
    /fails ordering\/single-writer: /,
  ],
  [
    'damages a payload',
    { send: 'if (sent === 77) { message = Buffer.from(message); message[message.length - 1] ^= 1; }' },
    /fails integrity\/position-keyed: /,
  ],
  ['never tells of the end', { end: '' }, /fails eof\/after-data: /],
  ['throws while it opens', { open: "throw new Error('no such door');" }, /undecided: .*no such door/],
  ['never opens', { open: 'await new Promise(() => undefined);' }, /undecided: .*did not finish connecting/],
  ['exits in send', { send: 'if (sent === 37) process.exit(0);' }, /undecided: .*exit status 0/],
  ['dies where it receives', { receive: "process.kill(process.pid, 'SIGSEGV');" }, /undecided: .*SIGSEGV/],
  ['cannot close', { close: "throw new Error('cannot close');" }, /undecided: .*cannot close/],
];

for (const [what, flaw, reason] of wrongGrounds) {
  injectionPlan(`is undecided, and neither missed nor a false alarm, where it ${what}`, () =>
    withTransport(flaw, async (loaded, session) => {
      const observed = await runFaults(
        loaded,
        {
          table: faultTable,
          checks,
          settings: { seed: 7, messages: 400, repeat: 1, transparentRepeat: 1, reach: 'short' },
          before: () => undefined,
        },
        session.context,
      );
      const { part, wrong } = killMatrixPart(
        'exchanges',
        observed,
        faultTable,
        ({ transport }) => `ipcbench self-test ${transport} --seed 7`,
      );
      assert.not.ok(part.isProven);
      assert.equal(
        part.rows.filter(({ cell }) => !['undecided', 'free', 'unseen'].includes(cell)),
        [],
      );
      assert.ok(part.rows.some(({ cell }) => cell === 'undecided'));
      assert.is(wrong.length, 1, wrong.join('\n'));
      assert.match(wrong[0] ?? '', reason);
    }),
  );
}

injectionPlan.run();
