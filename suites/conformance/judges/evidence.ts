import type { EndHistory, History, Judgement } from '../../../harness/model/index.js';
import type { Exchange } from './exchange.js';
import { countOf } from './runs.js';

/**
 * Below this many messages a pass would say next to nothing: a fault in one of 34 messages goes unseen once in 20 runs.
 */
export const MINIMUM_MESSAGES = 100;

export function fail(evidence: string): Judgement {
  return { verdict: 'fail', evidence };
}

export function broken(evidence: string): Judgement {
  return { verdict: 'broken', evidence };
}

/**
 * `pass` with this evidence, unless the history is no ground to pass anything on. For judges that found no violation.
 */
export function passUnlessUndecided(exchange: Exchange, evidence: () => string): Judgement {
  const reason = whyUndecided(exchange);
  return reason === null
    ? { verdict: 'pass', evidence: `${evidence()} ${sizesOf(exchange.history)}${weakness(exchange)}` }
    : broken(reason);
}

/**
 * Why nothing can be said about this exchange, however good what was seen of it looks; null when something can. In the
 * order in which a reader would have to repair it.
 */
export function whyUndecided(exchange: Exchange): string | null {
  const { history, sender, receiver, logged } = exchange;
  const { acknowledged, planned } = history;
  const seen = countOf(exchange.coverage.seen);
  const unknown = sender.events.filter((event) => event.kind === 'send-unknown').length;
  const end = whyBroken(exchange) ?? brokenEnd(sender, 'sender') ?? brokenEnd(receiver, 'receiver');
  if (end !== null) return end;
  if (acknowledged === null) return 'The sender did not report how much it had sent.';
  if (acknowledged !== logged)
    return `The sender acknowledged ${acknowledged} messages over the control channel, but its log has ${logged}.`;
  if (acknowledged + unknown < planned) return `The sender sent ${acknowledged} of the ${planned} messages planned.`;
  if (!exchange.isReceiverComplete)
    return `The receiver's log has neither an end of file nor a drained channel after its last message.`;
  if (seen < MINIMUM_MESSAGES)
    return `Too little evidence: ${seen} messages arrived, but a verdict needs at least ${MINIMUM_MESSAGES}.`;
  return null;
}

/**
 * What seeing no violation in `count` of them is worth: the rule of three (Hanley and Lippman-Hand, JAMA 249, 1983).
 */
export function power(what: string, count: number, unit = 'messages'): string {
  return `no ${what} in ${count} ${unit}: rate below ${(3 / count).toExponential(1)} at 95 %`;
}

/** Of which sizes the messages were: what a transport does with larger ones is not known. */
function sizesOf({ minBytes, maxBytes, largeBytes = [] }: History): string {
  const range = minBytes === maxBytes ? bytes(minBytes) : `${bytes(minBytes)} to ${bytes(maxBytes)}`;
  const large = [...new Set(largeBytes)].map(
    (size) => `${largeBytes.filter((one) => one === size).length} of ${bytes(size)}`,
  );
  return `Sizes: ${[range, ...large].join(', ')}.`;
}

function bytes(size: number): string {
  const [unit, factor] = size % 2 ** 20 === 0 ? ['MiB', 2 ** 20] : size % 1024 === 0 ? ['KiB', 1024] : ['B', 1];
  return `${size / factor} ${unit}`;
}

/** An end that failed takes the other with it: the earlier failure is told, whichever end it was. */
function whyBroken({ history, sender, receiver }: Exchange): string | null {
  const isBroken = [sender, receiver].some((end) => end.ending === 'failed' && !end.overflowed);
  return isBroken ? (history.cause ?? null) : null;
}

function brokenEnd(end: EndHistory, part: 'sender' | 'receiver'): string | null {
  const who = `The ${part} (${end.role})`;
  if (end.overflowed)
    return `${who} had more events than its log can hold: events after its ${end.events.length} records are unknown.`;
  switch (end.ending) {
    case 'finished':
      return null;
    case 'failed':
      return `${who} failed${lastError(end)}.`;
    case 'killed-by-deadline':
      return `${who} was killed by its deadline. ${end.stuckAt ?? 'Where it was stuck is not known.'}`;
  }
}

/** " after errno 104 of read", when the log has it. */
function lastError(end: EndHistory): string {
  const error = end.events.findLast((event) => event.kind === 'error');
  if (error === undefined) return '';
  // 0 is no error of a system call: something was thrown that has none.
  return error.errno === 0 ? ` in ${error.syscall}` : ` after errno ${error.errno} of ${error.syscall}`;
}

/** Below 32 bytes there is no room for the whole header (native/README.md, "A message"). */
function weakness({ history }: Exchange): string {
  return history.minBytes < 32
    ? ' Messages below 32 B carry a short header, which holds sequence numbers only modulo a power of 256.'
    : '';
}
