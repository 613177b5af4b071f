import type { CostSummary } from '../../harness/model/index.js';
import type { ComparableGroup } from '../findings/comparable-groups.js';
import { formatMemory } from '../units/bytes.js';
import { shortNumber } from '../units/digits.js';
import { formatNs } from '../units/duration.js';
import { numberCell, sizeCell, transportCell } from './figure-table.js';
import { html, type Markup } from './markup.js';
import { scrolled } from './scrolled.js';

/**
 * What a message costs both ends together; loop calls are system calls on the measured descriptors, and no library's
 * besides. Unlike a duration, it hardly depends on what else the machine does.
 */
export function costTable(group: ComparableGroup, sizes: readonly number[]): Markup {
  const withSize = sizes.length > 1;
  const rows = group.rows.flatMap((row) =>
    sizes.flatMap((size) => {
      const result = row.results.get(size);
      if (result === undefined || result.launches.length === 0) return [];
      return [
        html`<tr>${transportCell(row)}${withSize ? sizeCell(size) : null}${columns.map((column) => numberCell(column.value(result.costs), column.show(column.value(result.costs))))}</tr>\n`,
      ];
    }),
  );
  if (rows.length === 0) return html`<p class="lead">No launch of these cases succeeded.</p>`;
  return html`${scrolled(
    'Costs per message',
    html`<table class="sortable">
<thead><tr><th scope="col">Transport</th>${withSize ? html`<th scope="col">Size</th>` : null}${columns.map((column) => html`<th scope="col">${column.title}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  )}
<p class="note">Loop calls: system calls that the loop makes on the measured descriptors; what a library calls besides is not counted.</p>`;
}

interface CostColumn {
  readonly title: string;
  value(costs: CostSummary): number | null;
  show(value: number | null): string;
}

const columns: readonly CostColumn[] = [
  { title: 'CPU time', value: (costs) => costs.cpuNsPerMessage, show: formatNs },
  { title: 'Loop calls', value: (costs) => costs.syscallsPerMessage, show: formatPerMessage },
  { title: 'Switches, voluntary', value: (costs) => costs.voluntarySwitchesPerMessage, show: formatPerMessage },
  { title: 'Switches, involuntary', value: (costs) => costs.involuntarySwitchesPerMessage, show: formatPerMessage },
  { title: 'Waiting for a CPU', value: (costs) => costs.runDelayNsPerMessage, show: formatNs },
  { title: 'Memory, initiator', value: (costs) => costs.maxRssBytes.initiator, show: formatMemory },
  { title: 'Memory, responder', value: (costs) => costs.maxRssBytes.responder, show: formatMemory },
];

function formatPerMessage(value: number | null): string {
  return value === null ? '–' : shortNumber(value);
}
