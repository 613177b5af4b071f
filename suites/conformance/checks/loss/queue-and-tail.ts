import { defineCheck } from '../../../../harness/define.js';
import { clauseFor } from '../../clauses/clause-for.js';
import { judgeTail } from '../../judges/tail.js';
import { judgeTotalQueue } from '../../judges/total-queue.js';

const appliesTo = (guarantees: { readonly reliable: boolean }): boolean => guarantees.reliable;
const notApplicable = 'This transport promises no delivery.';

export const totalQueue = defineCheck({
  id: 'loss/total-queue',
  guarantee: 'Every message that was accepted arrives, and no message arrives that was not sent.',
  source: clauseFor('no-loss'),
  level: 'MUST',
  relayable: true,
  appliesTo,
  notApplicable,
  judge: judgeTotalQueue,
});

export const tail = defineCheck({
  id: 'loss/tail',
  guarantee: 'The last messages before the sender closes arrive too.',
  source: clauseFor('no-loss'),
  level: 'MUST',
  relayable: true,
  appliesTo,
  notApplicable,
  judge: judgeTail,
});
