import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeIntegrity } from '../../judges/integrity.js';

export const positionKeyed = defineCheck({
  id: 'integrity/position-keyed',
  guarantee: 'Every byte that arrives is the byte that was sent at that position.',
  source: clauseFor('integrity'),
  level: 'MUST',
  relayable: true,
  // A transport that may lose or reorder messages still may not change them.
  appliesTo: () => true,
  notApplicable: 'It applies to every transport.',
  judge: judgeIntegrity,
});
