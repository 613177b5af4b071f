import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, polled } from '../../support/outcomes.js';

interface Counter {
  readonly before: string;
  readonly writes: readonly string[];
  readonly value: number;
  readonly after: string;
  /** With EFD_SEMAPHORE: what each of three reads gave, after a write of 2. */
  readonly semaphore: readonly string[];
}

export const coalescing = defineProcedure<Counter>({
  id: 'readiness/coalescing',
  guarantee: 'An eventfd adds up what is written to it: five events are read as one. It carries no messages.',
  level: 'MUST',
  source: () => ({
    document: 'eventfd(2), DESCRIPTION, read(2)',
    quote:
      'If EFD_SEMAPHORE was not specified and the eventfd counter has a nonzero value, then a read(2) returns 8 ' +
      "bytes containing that value, and the counter's value is reset to zero.",
  }),
  subjects: ['eventfd'],
  expected: 'Linux: 5, then EAGAIN. With EFD_SEMAPHORE 1 at a time.',
  procedure: 'Write 1 five times, read, read again. With EFD_SEMAPHORE: begin with 2, read three times.',
  quick: true,
  observe: ({ sys, own }) => {
    const { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } = sys.constants;
    const counter = own(sys.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const read = (fd: number): number => Number(new BigUint64Array(new Uint8Array(sys.read(fd, 8)).buffer)[0]);
    const before = polled(sys, counter);
    const writes = Array.from({ length: 5 }, () => outcome(() => sys.write(counter, eightBytes(1))));
    const value = read(counter);
    const after = outcome(() => read(counter));
    const semaphore = own(sys.eventfd(2, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
    const taken: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      let one = 0;
      const came = outcome(() => (one = read(semaphore)));
      taken.push(came === 'ok' ? String(one) : came);
    }
    return { before, writes, value, after, semaphore: taken };
  },
  judge: ({ before, writes, value, after, semaphore }) =>
    judgeExpected(
      {
        'Five events are read as': [value, 5],
        'then there is': [after, 'EAGAIN'],
        'as a semaphore of 2': [semaphore, ['1', '1', 'EAGAIN']],
      },
      'fail',
      {
        'Before there was nothing, and poll said': [before, 'OUT'],
        Writes: [writes, ['ok', 'ok', 'ok', 'ok', 'ok']],
      },
    ),
  proofs: [
    { name: 'added up', observation: counted({}), verdict: 'pass' },
    { name: 'one event each', observation: counted({ value: 1 }), verdict: 'fail' },
    { name: 'not reset', observation: counted({ after: 'ok' }), verdict: 'fail' },
    {
      name: 'a semaphore that is emptied at once',
      observation: counted({ semaphore: ['2', 'EAGAIN', 'EAGAIN'] }),
      verdict: 'fail',
    },
    { name: 'something was there before', observation: counted({ before: 'IN|OUT' }), verdict: 'broken' },
    {
      name: 'nothing was written',
      observation: counted({ writes: ['EAGAIN', 'ok', 'ok', 'ok', 'ok'] }),
      verdict: 'broken',
    },
  ],
});

function counted(change: Partial<Counter>): Counter {
  return {
    before: 'OUT',
    writes: ['ok', 'ok', 'ok', 'ok', 'ok'],
    value: 5,
    after: 'EAGAIN',
    semaphore: ['1', '1', 'EAGAIN'],
    ...change,
  };
}

/** An eventfd's value is in the machine's own order. */
function eightBytes(value: number): Buffer {
  return Buffer.from(new BigUint64Array([BigInt(value)]).buffer);
}
