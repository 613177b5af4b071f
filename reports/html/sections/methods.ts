import type { Report } from '../../../harness/model/index.js';
import { plural } from '../../units/digits.js';
import { html, type Markup } from '../markup.js';

/** The distinct ways in which the figures were measured. The panel of a case shows its own. */
export function methodsSection(report: Report): Markup | null {
  const methods = [...new Set(report.results.map(({ method }) => method))];
  const [first, ...others] = methods;
  if (first === undefined) return null;
  return html`<p class="method-text">${first}</p>
${others.length === 0 ? null : html`<details><summary>${plural(others.length, 'more method')}, for other workloads, sizes, drivers and placements</summary><ol class="methods">\n${others.map((method) => html`<li>${method}</li>\n`)}</ol></details>`}`;
}
