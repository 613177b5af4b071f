import type { SystemFaultName } from '../../../../harness/model/index.js';
import type { Draw } from '../random.js';

/** A recorded observation: plain data, as it is kept. */
type Observation = Readonly<Record<string, unknown>> | readonly unknown[];
type Edit = (good: Observation, draw: Draw) => Observation;

/** How a good observation of a check would read, had the system told this lie while it was made. */
const edits: Readonly<Partial<Record<SystemFaultName, Readonly<Record<string, Edit>>>>> = {
  'reorder-across-senders': {
    'ordering/cross-sender': (good, draw) => interleavedAnew(asList(good).map(String), draw),
  },
  'interleave-writers': {
    'atomicity/le-pipe-buf': (good, draw) => {
      const sizes = asList(good).map((size) => size as Readonly<Record<string, number>>);
      const struck = draw(sizes.length);
      return sizes.map((size, at) =>
        at === struck || draw(2) === 0 ? { ...size, torn: 1 + draw(size['records'] ?? 1) } : size,
      );
    },
  },
  'end-instead-of-reset': {
    'close/unread-gives-econnreset': (good) => ({
      ...good,
      reads: asList(member(good, 'reads')).map((read) => (read === 'ECONNRESET' ? 'EOF' : read)),
    }),
  },
  'another-file': {
    'scm/basic': (good, draw) => {
      const struck = draw(3);
      const isWrong = [0, 1, 2].map((at) => at === struck || draw(2) === 0);
      return {
        ...good,
        same: isWrong.map((wrong) => !wrong),
        ...(isWrong[0] === true ? { viaPipe: '' } : {}),
        ...(isWrong[1] === true ? { offset: 0 } : {}),
        ...(isWrong[2] === true ? { viaSocket: '' } : {}),
      };
    },
    'scm/order': (good, draw) => ({ ...good, exchanged: 1 + draw(Number(member(good, 'messages'))) }),
  },
  'lose-in-flight': { 'scm/close-in-flight': (good) => ({ ...good, arrived: 0, reads: [] }) },
  'swap-descriptors': {
    'scm/order': (good, draw) => ({ ...good, exchanged: 2 * (1 + draw(Number(member(good, 'messages')) / 2)) }),
  },
  'no-backpressure': {
    'backpressure/nonblocking-eagain': (good, draw) => {
      const messages = 50_000 + draw(1_000_000);
      return {
        ...good,
        refusal: 'never full',
        acceptedMessages: messages,
        arrivedMessages: messages,
        acceptedBytes: 1000 * messages,
        arrivedBytes: 1000 * messages,
      };
    },
  },
  'always-writable': {
    'readiness/full-not-writable': (good, draw) => {
      const saidWritable = 1 + draw(Number(member(good, 'looks')));
      return { ...good, saidWritable, saidAndRefused: 1 + draw(saidWritable) };
    },
  },
  'another-process': {
    'credentials/peercred-connect': (good, draw) => ({ ...good, pid: pick(['parent', 'another', 'nobody'], draw) }),
    'credentials/peercred-is-creator': (good, draw) => ({
      ...good,
      [pick(['parentTold', 'childTold'], draw)]: pick(['child', 'another', 'nobody'], draw),
    }),
    'credentials/passcred-attaches': (good, draw) => ({
      ...good,
      told: { ...(member(good, 'told') as object), pid: pick(['parent', 'another', 'nobody'], draw) },
    }),
  },
  'spin-while-full': {
    'backpressure/blocking-blocks': (good, draw) => ({
      ...good,
      writerAsleep: false,
      beforeSleep: 1 + draw(Number(member(good, 'wanted'))),
    }),
  },
};

/** null where no observation shows the lie: what was left behind is seen by the resource snapshot, not by a judge. */
export function mutateObservation(fault: SystemFaultName, checkId: string, good: unknown, draw: Draw): unknown {
  const edit = edits[fault]?.[checkId];
  return edit === undefined ? null : edit(good as Observation, draw);
}

/**
 * The messages of both senders, told apart by their first word, each in their own order, and in another order than
 * before.
 */
function interleavedAnew(messages: readonly string[], draw: Draw): readonly string[] {
  const senderOf = (message: string): string => message.split(' ')[0] ?? '';
  for (;;) {
    const queues = [...new Set(messages.map(senderOf))].map((sender) =>
      messages.filter((message) => senderOf(message) === sender),
    );
    const next: string[] = [];
    while (next.length < messages.length) {
      const queue = queues[draw(queues.length)];
      const message = queue?.shift();
      if (message !== undefined) next.push(message);
    }
    if (next.some((message, at) => message !== messages[at])) return next;
  }
}

function pick<T>(choices: readonly T[], draw: Draw): T {
  return choices[draw(choices.length)] as T;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('The observation of this check is no longer a list.');
  return value as readonly unknown[];
}

function member(observation: Observation, name: string): unknown {
  const value = (observation as Readonly<Record<string, unknown>>)[name];
  if (value === undefined) throw new Error(`The observation of this check no longer has '${name}'.`);
  return value;
}
