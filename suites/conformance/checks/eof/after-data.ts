import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeEof } from '../../judges/eof.js';

export const afterData = defineCheck({
  id: 'eof/after-data',
  guarantee: 'When the sender has closed, the receiver reads all data and then end of file.',
  source: clauseFor('end'),
  level: 'MUST',
  relayable: true,
  appliesTo: (guarantees) => guarantees.eof,
  notApplicable: 'This transport does not tell a receiver of the end.',
  judge: judgeEof,
});
