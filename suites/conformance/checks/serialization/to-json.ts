import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { fatalError, nameOf, untilEnded } from '../../support/node-ipc-channel.js';

interface Poison {
  /** The child answered a message before. */
  readonly answeredBefore: boolean;
  /** What send() threw, or null. */
  readonly threw: string | null;
  /** What it returned, or its callback was given: null when there was no error. */
  readonly returned: boolean | null;
  readonly callback: string | null;
  readonly answeredAfter: boolean;
  readonly status: number | null;
  readonly fatal: string | null;
}

/**
 * JSON.stringify() gives undefined for it, and Node writes `undefined` + '\n'. The same for a function with toJSON:
 * nodejs/node#20314, closed by #24787 for other values.
 */
export const toJsonUndefined = defineProcedure<Poison>({
  id: 'serialization/tojson-undefined-kills-peer',
  guarantee: 'A message that JSON cannot express is refused where it is sent.',
  level: 'SHOULD',
  source: () => ({
    document: 'lib/internal/child_process.js of Node.js 20.20.2, target._send()',
    quote:
      'Non-serializable messages should not reach the remote end point; as any failure in the stringification ' +
      'there will result in error message that is weakly consumable. So perform a final check on message prior ' +
      'to sending.',
  }),
  subjects: ['node-ipc-json'],
  expected:
    'send() throws. Known: it returns true, its callback is told of no error, and the receiver dies of an ' +
    'uncaught SyntaxError.',
  procedure: 'To a Node child that answers: a message, {toJSON() { return undefined; }}, another message.',
  quick: true,
  observe: async (checkRun) => {
    const child = checkRun.child(new URL('../../children/node-ipc-describer.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    const ended = untilEnded(checkRun, child);
    const answers: unknown[] = [];
    child.on('message', (message) => answers.push((message as { readonly name: unknown }).name));
    child.send({ name: 'before', value: 1 });
    await checkRun.until('the child answers', () => answers.length > 0);
    let callback: string | null = null;
    let threw: string | null = null;
    let returned: boolean | null = null;
    try {
      returned = child.send(
        { toJSON: () => undefined } as object,
        (error) => (callback = error === null ? null : nameOf(error)),
      );
    } catch (error) {
      threw = nameOf(error);
    }
    child.send({ name: 'after', value: 2 }, () => undefined);
    await checkRun.until('the child answers or ends', () => answers.includes('after') || child.exitCode !== null);
    if (child.connected) child.disconnect();
    const { status, stderr } = await ended;
    return {
      answeredBefore: answers[0] === 'before',
      threw,
      returned,
      callback,
      answeredAfter: answers.includes('after'),
      status,
      fatal: fatalError(stderr),
    };
  },
  judge: ({ answeredBefore, threw, returned, callback, answeredAfter, status, fatal }) =>
    judgeExpected(
      {
        [`the sender was told of an error (send() ${threw === null ? `returned ${returned}` : 'threw'})`]: [
          threw !== null || callback !== null,
          true,
        ],
        'the receiver died of': [fatal, null],
        'its exit status': [status, 0],
        'it answers the next message': [answeredAfter, true],
      },
      'deviation',
      { 'the child answered before': [answeredBefore, true] },
    ),
  proofs: [
    { name: 'it throws', observation: poison(), verdict: 'pass' },
    {
      name: 'its callback is told',
      observation: poison({ threw: null, callback: 'ERR_INVALID_ARG_TYPE', returned: false }),
      verdict: 'pass',
    },
    {
      name: 'the receiver dies',
      observation: poison({
        threw: null,
        returned: true,
        status: 1,
        fatal: 'SyntaxError: "undefined" is not valid JSON',
        answeredAfter: false,
      }),
      verdict: 'deviation',
    },
    { name: 'nothing is said', observation: poison({ threw: null, returned: true }), verdict: 'deviation' },
    { name: 'an error in the receiver', observation: poison({ fatal: 'SyntaxError' }), verdict: 'deviation' },
    { name: 'the receiver ends', observation: poison({ status: 1 }), verdict: 'deviation' },
    { name: 'the receiver is silent', observation: poison({ answeredAfter: false }), verdict: 'deviation' },
    { name: 'the channel did not work before', observation: poison({ answeredBefore: false }), verdict: 'broken' },
  ],
});

function poison(change: Partial<Poison> = {}): Poison {
  return {
    answeredBefore: true,
    threw: 'ERR_INVALID_ARG_TYPE',
    returned: null,
    callback: null,
    answeredAfter: true,
    status: 0,
    fatal: null,
    ...change,
  };
}
