import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { UNIX } from '../../support/subjects.js';

interface Many {
  readonly asked: number;
  readonly opened: number;
  readonly refusal: string;
  /** Those that carried a byte each way. */
  readonly working: number;
}

export const manyChannels = defineProcedure<Many>({
  id: 'limits/many-channels',
  guarantee: 'How many working channels one process can have open at once.',
  level: 'INFO',
  source: () => ({
    document: 'getrlimit(2), RLIMIT_NOFILE (of the descriptors; silent on channels)',
    quote: 'Unspecified: how many connected pairs one process can hold.',
  }),
  // Not TCP: thousands of its connections leave as many ports in TIME_WAIT for whoever comes next.
  subjects: [...UNIX, 'pipe', 'fifo'],
  expected:
    'As many as there are descriptors (EMFILE), two for each pair of sockets and four for two pipes. Linux ' +
    'gives an ordinary user small pipes beyond 1024: capacity/soft-limit-shrink.',
  procedure:
    'Open pairs, 500 by default and 10,000 with --thorough, until one is refused; then send a byte each way ' +
    'through every one.',
  quick: false,
  deadlineMs: 120_000,
  isolated: true,
  observe: (checkRun) => {
    const { sys, count } = checkRun;
    const asked = count({ quick: 100, default: 500, thorough: 10_000 });
    raiseDescriptorLimit(checkRun);
    const pairs: ReturnType<typeof endsOf>[] = [];
    let refusal = 'never';
    while (pairs.length < asked && refusal === 'never') {
      const error = outcome(() => pairs.push(endsOf(checkRun, { nonblocking: true, index: pairs.length })));
      if (error !== 'ok') refusal = error;
    }
    const carries = (out: number, into: number, value: number): boolean => {
      sys.write(out, Buffer.of(value));
      sys.poll([{ fd: into, events: sys.constants.POLLIN }], 1000);
      return sys.read(into, 10).equals(Buffer.of(value));
    };
    const working = pairs.filter(
      ({ a, b }, at) => carries(a.out, b.in, at % 251) && carries(b.out, a.in, (at + 1) % 251),
    ).length;
    return { asked, opened: pairs.length, refusal, working };
  },
  judge: ({ asked, opened, refusal, working }) =>
    judgeExpected(
      {
        [`Of ${asked} channels there were opened, before one was refused (${refusal})`]: [opened, asked],
        working: [working, opened],
      },
      'info',
      { 'Some were opened': [opened > 0, true] },
    ),
  proofs: [
    { name: 'all', observation: { asked: 500, opened: 500, refusal: 'never', working: 500 }, verdict: 'info' },
    {
      name: 'as many as descriptors',
      observation: { asked: 10_000, opened: 498, refusal: 'EMFILE', working: 498 },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'a single one',
      observation: { asked: 500, opened: 1, refusal: 'EMFILE', working: 1 },
      verdict: 'info',
      unusual: true,
    },
    { name: 'none', observation: { asked: 500, opened: 0, refusal: 'EMFILE', working: 0 }, verdict: 'broken' },
  ],
});

/** To the hard limit: a soft one of 1024 is there for select(2), and says nothing of the transport. */
function raiseDescriptorLimit({ sys }: CheckRun): void {
  const { hard } = sys.getrlimit(sys.constants.RLIMIT_NOFILE);
  sys.setrlimit(sys.constants.RLIMIT_NOFILE, hard, hard);
}
