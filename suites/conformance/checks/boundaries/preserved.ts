import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeBoundaries } from '../../judges/boundaries.js';

export const preserved = defineCheck({
  id: 'boundaries/preserved',
  guarantee: 'One message written is one message read, neither merged nor split.',
  source: clauseFor('boundaries'),
  level: 'MUST',
  relayable: true,
  appliesTo: (guarantees) => guarantees.framing === 'message',
  notApplicable: 'This transport is a stream of bytes, which may be split anywhere.',
  judge: judgeBoundaries,
});
