import type { GateReport } from '../../harness/model/index.js';
import { spellComparison } from '../findings/comparisons.js';
import { metricWords, nameVariant } from '../findings/gate-wording.js';

/**
 * The figures of head for github-action-benchmark's `customSmallerIsBetter`, which keeps their history on a page of its
 * own: https://github.com/benchmark-action/github-action-benchmark#examples. Less is better for each. Its alert
 * compares two runs of unlike machines; the gate's verdict goes along in `extra`.
 */
export function renderGithubActionBenchmark(gate: GateReport): string {
  const entries = gate.comparisons.flatMap((found) => {
    if (found.head === null) return [];
    const { median, interval, verdict } = spellComparison(found);
    return [
      {
        name: `${found.caseId} ${metricWords[found.metric]}`,
        unit: found.unit,
        value: found.head,
        extra:
          `${verdict}: ${median} ${interval} ` +
          `against ${nameVariant(gate.base)}${found.isGated ? '' : ', advisory'}`,
      },
    ];
  });
  return `${JSON.stringify(entries, null, 2)}\n`;
}
