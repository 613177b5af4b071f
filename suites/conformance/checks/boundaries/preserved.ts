import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeBoundaries } from '../../judges/boundaries.js';

export const preserved = defineCheck({
  id: 'boundaries/preserved',
  promise: 'One message written is one message read, neither merged nor cut.',
  source: clauseFor('boundaries'),
  level: 'MUST',
  relayable: true,
  appliesTo: (guarantees) => guarantees.framing === 'message',
  notApplicable: 'This transport is a stream of bytes: every cut of them is legal.',
  judge: judgeBoundaries,
});
