import type { Judgement, Proof } from '../../../harness/define.js';
import { isMessages, unitOf } from './channel.js';
import { isNodeIpc } from './disturbed-channel.js';
import { judgeExpected, type Expectations } from './expectations.js';
import type { Tally, Transfer } from './transfer.js';
import { withRateBound } from './loss-rate-bound.js';

/** A transfer that was disturbed and then went on to its end. */
export interface Disturbed {
  readonly finished: boolean;
  readonly sent: number;
  readonly received: number;
  readonly damaged: number;
  readonly errors: readonly string[];
}

export const outcomeOf = (transfer: Transfer): Disturbed => {
  const finished = transfer.finish();
  return tallied(transfer.tally(), finished);
};

export function tallied(
  { accepted, received, damaged, writerError, readerError }: Tally,
  finished: boolean,
): Disturbed {
  return {
    finished,
    sent: accepted,
    received,
    damaged,
    errors: [writerError, readerError].filter((error) => error !== null),
  };
}

export function judgeDisturbed(
  { finished, sent, received, damaged, errors }: Disturbed,
  subject: string,
  given: Expectations,
  words?: string,
): Judgement {
  const judged = judgeExpected(
    {
      [`${isMessages(subject) || isNodeIpc(subject) ? 'Messages' : 'Bytes'} ` +
      `received${words === undefined ? '' : ` (${words})`}`]: [received, sent],
      damaged: [damaged, 0],
      errors: [errors, []],
      'both came to their end': [finished, true],
    },
    'fail',
    { 'Something was sent': [sent > 0, true], ...given },
  );
  return withRateBound(judged, 'loss or damage', received, unitOf(subject));
}

// Functions: the proofs above are made while this module is being read.
export function disturbed(changed: Partial<Disturbed>): Disturbed {
  return { finished: true, sent: 4_194_304, received: 4_194_304, damaged: 0, errors: [], ...changed };
}

/** What must fail whatever the disturbance was. */
export function failures<Seen extends Disturbed>(seen: (disturbed: Disturbed) => Seen): Proof<Seen>[] {
  return [
    { name: 'some lost', observation: seen(disturbed({ received: 4_194_303 })), verdict: 'fail' },
    { name: 'some twice', observation: seen(disturbed({ received: 4_194_305 })), verdict: 'fail' },
    { name: 'damaged', observation: seen(disturbed({ damaged: 1 })), verdict: 'fail' },
    { name: 'an error', observation: seen(disturbed({ errors: ['EPIPE'] })), verdict: 'fail' },
    { name: 'somebody hung', observation: seen(disturbed({ finished: false })), verdict: 'fail' },
  ];
}
