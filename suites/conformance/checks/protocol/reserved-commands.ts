import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { echoChild, listen, NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';
import { describe } from '../../support/node-ipc-values.js';

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
  id: 'protocol/reserved-cmd',
  guarantee: "A message with a 'cmd' that begins with NODE_ is not emitted as 'message'; any other is.",
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
  observe: async (checkRun) => {
    const child = echoChild(checkRun, serializationOf(checkRun.subject));
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
    await checkRun.until('the others are back', () => heard.messages.length + heard.errors.length >= ordinary.length);
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
