import type {
  DeliveryCheck,
  FaultName,
  Framing,
  Guarantees,
  History,
  HistoryEvent,
} from '../../../harness/model/index.js';
import { intactHistory, withReceived, withSent, type Shape } from './intact-history.js';
import type { FaultObservation } from './kill-matrix.js';
import { LATE_BY, mutateHistory } from './mutate-history.js';
import { drawsOf, type Draw } from './random.js';

export type RecordedObservation = FaultObservation & {
  readonly transport: string;
  readonly evidence: string;
  readonly seed: number;
};

/** What every check says of the recorded exchange of this seed, once the fault was injected somewhere in it. */
export function observeRecorded(
  checks: readonly DeliveryCheck[],
  fault: FaultName,
  framing: Framing,
  seed: number,
): readonly RecordedObservation[] {
  const draw = drawsOf(seed);
  const any = anyShape(draw, framing, seed);
  // What comes late has to come as late as it can, and what is wrong about an end needs one.
  const shape: Shape = {
    ...any,
    ...(fault === 'duplicate-late' ? { planned: LATE_BY + any.planned } : {}),
    ...(fault === 'early-eof' || fault === 'no-eof' ? { end: 'eof' } : {}),
  };
  return judged(checks, shape, mutateHistory(intactHistory(shape), fault, draw)).map((one) => ({
    fault,
    framing,
    seed,
    ...one,
  }));
}

/** What every check says of an exchange of this seed in which nothing goes wrong, or nothing that may not. */
export function observeUntouched(checks: readonly DeliveryCheck[], seed: number): readonly RecordedObservation[] {
  const draw = drawsOf(seed + 1_000_000);
  const framing: Framing = draw(2) === 0 ? 'stream' : 'message';
  const shape = anyShape(draw, framing, seed % 50);
  return judged(checks, shape, legalVariation(shape, draw)).map((one) => ({
    fault: 'transparent',
    framing,
    seed,
    ...one,
  }));
}

function judged(
  checks: readonly DeliveryCheck[],
  shape: Shape,
  history: History,
): Pick<RecordedObservation, 'transport' | 'checkId' | 'verdict' | 'evidence'>[] {
  return checks
    .filter((check) => check.appliesTo(guaranteesOf(shape)))
    .map((check) => ({ transport: history.transport, checkId: check.id, ...check.judge(history) }));
}

const guaranteesOf = ({ framing, end }: Shape): Guarantees => ({
  framing,
  ordered: true,
  reliable: true,
  eof: end === 'eof',
  duplex: true,
  atomicWriteBytes: null,
  maxMessageBytes: null,
  backpressure: 'blocks',
});

function anyShape(draw: Draw, framing: Framing, seed: number): Shape {
  return {
    framing,
    planned: 110 + draw(draw(4) === 0 ? 10_000 : 400),
    seed,
    minBytes: 34 + draw(100),
    maxBytes: 200 + draw(65_000),
    sender: draw(2) === 0 ? 'initiator' : 'responder',
    end: draw(2) === 0 ? 'eof' : 'drained',
  };
}

/** Some have sends that the system refused, which arrived or did not: both are legal. */
function legalVariation(shape: Shape, draw: Draw): History {
  const intact = intactHistory(shape);
  if (draw(3) > 0 || shape.planned < 150) return intact;
  const at = 1 + draw(shape.planned - 2);
  const run = (kind: 'sent' | 'received', first: number, end: number): HistoryEvent => ({
    kind,
    sender: 0,
    seqFirst: first,
    count: end - first,
    bytes: 0,
  });
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: at, acceptedBytes: 0, errno: 105 };
  const sent = withSent({ ...intact, acknowledged: shape.planned - 1 }, [
    run('sent', 0, at),
    refused,
    run('sent', at + 1, shape.planned),
  ]);
  const arrived =
    draw(2) === 0
      ? [run('received', 0, shape.planned)]
      : [run('received', 0, at), run('received', at + 1, shape.planned)];
  return withReceived(sent, [...arrived, { kind: shape.end }]);
}
