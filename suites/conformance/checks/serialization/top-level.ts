import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { echoChild, listen, NODE_IPC, serializationOf, thrownBy } from '../../support/node-ipc-channel.js';
import { describe } from '../../support/node-ipc-values.js';

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
  id: 'serialization/top-level',
  guarantee:
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
  observe: async (checkRun) => {
    const child = echoChild(checkRun, serializationOf(checkRun.subject));
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
    await checkRun.until(
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
