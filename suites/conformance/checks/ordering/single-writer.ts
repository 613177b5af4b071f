import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeOrdering } from '../../judges/ordering.js';

export const singleWriter = defineCheck({
  id: 'ordering/single-writer',
  guarantee: 'Messages of one sender arrive in the order in which they were sent.',
  source: clauseFor('order'),
  level: 'MUST',
  relayable: true,
  appliesTo: (guarantees) => guarantees.ordered,
  notApplicable: 'This transport promises no order.',
  judge: judgeOrdering,
});
