import type { SystemFaultExpectation, SystemFaultName } from '../../../../harness/model/index.js';

/** Not a check of its own: whether a run left anything behind is judged beside each. */
export const TEARDOWN = 'teardown';

const row = (
  fault: SystemFaultName,
  caughtBy: readonly string[],
  notFlaggedBy: readonly string[],
  isApplicable = /./,
): SystemFaultExpectation => ({
  fault,
  framing: 'system',
  caughtBy,
  notFlaggedBy: caughtBy.includes(TEARDOWN) ? notFlaggedBy : [...notFlaggedBy, TEARDOWN],
  isApplicable: (subject) => isApplicable.test(subject),
});

/** Bytes, or packets whose sender hears of the end. */
const CONNECTED = /-stream$|-seqpacket$|tcp/;
const STREAMS = /-stream$|^pipe$|^fifo$/;

const wrong: readonly SystemFaultExpectation[] = [
  // Nobody promises an order between senders: the check that says what it is notices, the one that is a promise does
  // not.
  row('reorder-across-senders', ['ordering/cross-sender'], ['ordering/multi-sender'], /-dgram$|-seqpacket$/),
  // Beyond PIPE_BUF it is what may happen anyway.
  row('interleave-writers', ['atomicity/le-pipe-buf'], ['atomicity/gt-pipe-buf']),
  row('end-instead-of-reset', ['close/unread-gives-econnreset'], ['half-close/shut-wr'], CONNECTED),
  row('leak-descriptors', [TEARDOWN], ['scm/basic', 'scm/order', 'lifecycle/connect-storm']),
  row('another-file', ['scm/basic', 'scm/order'], ['scm/max-fds', 'boundaries/two-fd-messages']),
  row('lose-in-flight', ['scm/close-in-flight'], ['scm/no-control-buffer']),
  row('swap-descriptors', ['scm/order'], ['scm/basic', 'scm/max-fds']),
  row('no-backpressure', ['backpressure/nonblocking-eagain'], ['boundaries/none-promised'], /^(?!posix-mq)/),
  row('always-writable', ['readiness/full-not-writable'], ['backpressure/nonblocking-eagain']),
  row(
    'another-process',
    ['credentials/peercred-connect', 'credentials/peercred-is-creator', 'credentials/passcred-attaches'],
    ['scm/basic'],
  ),
  row('leave-file', [TEARDOWN], ['lifecycle/echo-server', 'lifecycle/unlink-keeps-connections']),
  row('leave-zombie', [TEARDOWN], ['scm/basic', 'lifecycle/echo-server']),
  row('spin-while-full', ['backpressure/blocking-blocks'], ['ordering/two-directions'], STREAMS),
];

/** Every check that is named below, on a system that tells no lie. */
const named = [...new Set(wrong.flatMap(({ caughtBy, notFlaggedBy }) => [...caughtBy, ...notFlaggedBy]))].filter(
  (check) => check !== TEARDOWN,
);

/**
 * Which checks with a procedure of their own must notice which lie of the system, and which must not. No relay can tell
 * these lies: it is transparent to neither descriptors nor credentials, has a capacity of its own, and makes its own
 * errors.
 */
export const systemFaultTable: readonly SystemFaultExpectation[] = [row('honest', [], named), ...wrong];
