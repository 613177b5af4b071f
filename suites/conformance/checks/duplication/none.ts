import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeDuplication } from '../../judges/duplication.js';

export const none = defineCheck({
  id: 'duplication/none',
  guarantee: 'No message arrives twice.',
  source: clauseFor('once'),
  level: 'MUST',
  relayable: true,
  appliesTo: (guarantees) => guarantees.reliable,
  notApplicable: 'This transport does not guarantee to deliver a message only once.',
  judge: judgeDuplication,
});
