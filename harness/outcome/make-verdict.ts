import type { KnownDeviation, Verdict, VerdictFacts, VerdictKind } from '../model/index.js';

/** What a judge, an outcome, or a file of before says. */
export interface Answered {
  readonly verdict: VerdictKind;
  readonly evidence: string;
  /** Of a deviation: where it is recorded. */
  readonly known?: KnownDeviation | null;
  /** Of a pass: a recorded deviation that did not show. */
  readonly changed?: string | null;
}

/** The only place where a verdict is made: from what it is about and what was answered. */
export function makeVerdict(about: Omit<VerdictFacts, 'teardown'>, answered: Answered): Verdict {
  const { id, checkId, transport, driver, level, promise, source, teardownEvidence, history } = about;
  const { evidence } = answered;
  const facts: VerdictFacts = {
    id,
    checkId,
    transport,
    driver,
    level,
    promise,
    source,
    teardown: teardownEvidence === null ? 'clean' : 'unclean',
    teardownEvidence,
    expected: about.expected,
    procedure: about.procedure,
    history,
    command: about.command,
  };
  switch (answered.verdict) {
    case 'pass':
      return { ...facts, verdict: 'pass', evidence, known: null, changed: answered.changed ?? null };
    case 'deviation':
      return { ...facts, verdict: 'deviation', evidence, known: answered.known ?? null, changed: null };
    case 'fail':
    case 'info':
    case 'skip':
    case 'broken':
      return { ...facts, verdict: answered.verdict, evidence, known: null, changed: null };
  }
}
