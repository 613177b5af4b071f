import { defineProcedure } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import { echoChild, listen, NODE_IPC, serializationOf, thrownBy } from './procedures/node-ipc-channel.js';
import { describe } from './procedures/node-ipc-values.js';

// What send() takes and what becomes of it. The other end is cat(1), which sends back every byte: so each message is
// written and read by Node, and nothing but the kernel stands between.

interface TopLevel {
  readonly threw: Readonly<Record<string, string | null>>;
  readonly sent: readonly string[];
  readonly back: readonly string[];
  readonly errors: readonly string[];
}

const REFUSED = {
  'no argument': 'ERR_MISSING_ARGS',
  undefined: 'ERR_MISSING_ARGS',
  function: 'ERR_INVALID_ARG_TYPE',
  symbol: 'ERR_INVALID_ARG_TYPE',
  bigint: 'ERR_INVALID_ARG_TYPE',
} as const;

export const topLevelTypes = defineProcedure<TopLevel>({
  id: 'node-ipc-types/top-level',
  promise:
    'An object, a boolean, a number, a text or null is a message; undefined, a function, a symbol or a bigint ' +
    'is refused with an error where it is sent.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, process, Event: 'message'",
    quote:
      'message { Object | boolean | number | string | null } a parsed JSON object or a serializable primitive value.',
  }),
  subjects: NODE_IPC,
  expected:
    'ERR_MISSING_ARGS for undefined and for nothing, ERR_INVALID_ARG_TYPE for function, symbol and bigint. ' +
    "null, false, 0 and '' arrive.",
  procedure:
    "send() nothing, undefined, a function, a symbol and a bigint; then null, false, 0, -1.5, '', a text, [] " +
    'and {} to a child that sends every byte back.',
  quick: true,
  observe: async (trial) => {
    const child = echoChild(trial, serializationOf(trial.subject));
    const heard = listen(child);
    const send = child.send.bind(child) as (...message: readonly unknown[]) => boolean;
    const refused = {
      'no argument': [],
      undefined: [undefined],
      function: [() => 1],
      symbol: [Symbol('s')],
      bigint: [1n],
    } satisfies Record<keyof typeof REFUSED, unknown[]>;
    const threw = Object.fromEntries(
      Object.entries(refused).map(([name, message]) => [name, thrownBy(() => send(...message))]),
    );
    const accepted = [null, false, 0, -1.5, '', 'text', [], {}];
    for (const message of accepted) send(message);
    await trial.until(
      'the accepted ones are back',
      () => heard.messages.length + heard.errors.length >= accepted.length,
    );
    return {
      threw,
      sent: accepted.map((message) => describe(message)),
      back: heard.messages.map((message) => describe(message)),
      errors: heard.errors,
    };
  },
  judge: ({ threw, sent, back, errors }) => {
    if (sent.length < 8) return { verdict: 'broken', evidence: `Only ${sent.length} messages were sent.` };
    const refusals = Object.entries(REFUSED).map(
      ([name, error]) => [`send(${name === 'no argument' ? '' : name})`, [threw[name], error]] as const,
    );
    return judgeExpected({ ...Object.fromEntries(refusals), 'came back': [back, sent], errors: [errors, []] }, 'fail');
  },
  proofs: [
    { name: 'as documented', observation: topLevel(), verdict: 'pass' },
    ...Object.keys(REFUSED).map((name) => ({
      name: `${name} is taken`,
      observation: topLevel({ threw: { ...REFUSED, [name]: null } }),
      verdict: 'fail' as const,
    })),
    { name: 'another error', observation: topLevel({ threw: { ...REFUSED, bigint: 'TypeError' } }), verdict: 'fail' },
    {
      name: 'null is lost',
      observation: topLevel({ back: ['false', '0', '-1.5', '""', '"text"', '[]', '{}'] }),
      verdict: 'fail',
    },
    { name: 'an error', observation: topLevel({ errors: ['EPIPE'] }), verdict: 'fail' },
    { name: 'not tried', observation: topLevel({ threw: {} }), verdict: 'broken' },
    { name: 'few', observation: topLevel({ sent: ['null'], back: ['null'] }), verdict: 'broken' },
  ],
});

function topLevel(change: Partial<TopLevel> = {}): TopLevel {
  const values = ['null', 'false', '0', '-1.5', '""', '"text"', '[]', '{}'];
  return { threw: REFUSED, sent: values, back: values, errors: [], ...change };
}

interface Reserved {
  readonly sent: readonly string[];
  readonly messages: readonly string[];
  readonly internalMessages: readonly string[];
  /** What send() returned for the reserved one, and what its callback was told. */
  readonly returned: boolean;
  readonly callback: string;
  readonly errors: readonly string[];
}

export const reservedCommand = defineProcedure<Reserved>({
  id: 'node-ipc/reserved-cmd',
  promise: "A message with a 'cmd' that begins with NODE_ is not emitted as 'message'; any other is.",
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send()',
    quote:
      'Messages containing a NODE_ prefix in the cmd property are reserved for use within Node.js core and will ' +
      "not be emitted in the child's 'message' event.",
  }),
  subjects: NODE_IPC,
  expected:
    "{cmd: 'NODE_foo'} is emitted as 'internalMessage' alone: send() returns true, its callback hears of no " +
    "error, and the receiver's 'message' never comes. 'NODE_' alone, another case and a nested cmd are messages " +
    'like any other.',
  procedure:
    "Send {cmd: 'NODE_foo', data: 1}, then cmd 'NODE_', 'node_foo', 'XNODE_foo', 5, and {inner: {cmd: " +
    "'NODE_foo'}} to a child that sends every byte back.",
  quick: true,
  observe: async (trial) => {
    const child = echoChild(trial, serializationOf(trial.subject));
    const heard = listen(child);
    let callback = 'never called';
    const reservedMessage = { cmd: 'NODE_foo', data: 1 };
    const ordinary = [
      { cmd: 'NODE_' },
      { cmd: 'node_foo' },
      { cmd: 'XNODE_foo' },
      { cmd: 5 },
      { inner: { cmd: 'NODE_foo' } },
    ];
    const returned = child.send(reservedMessage, (error) => (callback = error === null ? 'no error' : error.name));
    for (const message of ordinary) child.send(message);
    await trial.until('the others are back', () => heard.messages.length + heard.errors.length >= ordinary.length);
    return {
      sent: ordinary.map((message) => describe(message)),
      messages: heard.messages.map((message) => describe(message)),
      internalMessages: heard.internalMessages.map((message) => describe(message)),
      returned,
      callback,
      errors: heard.errors,
    };
  },
  judge: ({ sent, messages, internalMessages, returned, callback, errors }) => {
    if (sent.length < 5) return { verdict: 'broken', evidence: `Only ${sent.length} other messages were sent.` };
    const { verdict, evidence } = judgeExpected(
      { "emitted as 'message'": [messages, sent], errors: [errors, []] },
      'fail',
      { "emitted as 'internalMessage'": [internalMessages, [RESERVED]] },
    );
    return {
      verdict,
      evidence:
        `Of ${RESERVED} the sender hears nothing: send() returned ${returned}, its callback was told ` +
        `of ${callback}. ${evidence}`,
    };
  },
  proofs: [
    { name: 'as documented', observation: reserved(), verdict: 'pass' },
    {
      name: 'it is a message too',
      observation: reserved({ messages: ['{cmd: "NODE_foo", data: 1}', ...others()] }),
      verdict: 'fail',
    },
    { name: 'another one vanishes as well', observation: reserved({ messages: others().slice(1) }), verdict: 'fail' },
    { name: 'an error', observation: reserved({ errors: ['EPIPE'] }), verdict: 'fail' },
    { name: 'it never came back', observation: reserved({ internalMessages: [] }), verdict: 'broken' },
    { name: 'nothing else was sent', observation: reserved({ sent: [], messages: [] }), verdict: 'broken' },
  ],
});

const RESERVED = '{cmd: "NODE_foo", data: 1}';

function others(): readonly string[] {
  return ['{cmd: "NODE_"}', '{cmd: "node_foo"}', '{cmd: "XNODE_foo"}', '{cmd: 5}', '{inner: {cmd: "NODE_foo"}}'];
}

function reserved(change: Partial<Reserved> = {}): Reserved {
  return {
    sent: others(),
    messages: others(),
    internalMessages: ['{cmd: "NODE_foo", data: 1}'],
    returned: true,
    callback: 'no error',
    errors: [],
    ...change,
  };
}
