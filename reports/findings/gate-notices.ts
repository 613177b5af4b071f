import type { GateReport, Warning } from '../../harness/model/index.js';

/** What every rendering of a gate must say beside its figures: what its state implies, and its own warnings. */
export function gateNotices(gate: GateReport): readonly Warning[] {
  return [...unfinished(gate), ...sameVariant(gate), ...nothingCompared(gate), ...gate.warnings];
}

function unfinished({ status }: GateReport): readonly Warning[] {
  switch (status) {
    case 'complete':
      return [];
    case 'running':
      return [{ code: 'gate-running', message: 'The gate had not ended when this was written: nothing in it is decided.', hint: 'Render it again when it has ended.' }];
    case 'interrupted':
      return [{ code: 'gate-interrupted', message: 'The gate was ended early. What it had not decided by then is inconclusive.', hint: 'Run it again, with a longer --time-budget if that is what ended it.' }];
  }
}

function sameVariant({ isSameVariant }: GateReport): readonly Warning[] {
  if (!isSameVariant) return [];
  return [{ code: 'same-variant', message: 'Base and head are the same: whatever is found here is a false alarm, and shows what this machine makes of no change.', hint: 'Name what differs with --base and --head, such as --base git=main.' }];
}

function nothingCompared({ status, comparisons, checksCompared }: GateReport): readonly Warning[] {
  if (status !== 'complete' || comparisons.length > 0 || checksCompared > 0) return [];
  return [{ code: 'nothing-compared', message: 'Nothing was compared.', hint: 'Name transports and workloads that both sides have (ipcbench list).' }];
}
