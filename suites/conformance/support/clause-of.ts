import type { Guarantees, Source } from '../../../harness/define.js';
import { clauseFor } from '../clauses/clause-for.js';
import type { Promised } from '../clauses/clauses.js';

/**
 * Where a subject is promised this. All subjects that it is asked for have texts of their system; what a descriptor
 * says of itself is never needed.
 */
export const clauseOf =
  (promised: Promised) =>
  (subject: string): Source =>
    clauseFor(promised)({ name: subject, guarantees: {} as Guarantees });
