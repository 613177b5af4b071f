import type { Warning } from '../../../harness/model/index.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';

/** Above everything else: a figure must not be read before what spoils it. */
export function warningsSection(found: readonly Warning[]): Markup | null {
  if (found.length === 0) return null;
  return html`<details class="warnings" id="warnings"><summary><span class="sign" aria-hidden="true">!</span> ${found.length === 1 ? 'One warning' : `${found.length} warnings`}: ${found[0]?.message ?? ''}</summary>
<ul>${found.map(({ message, hint }) => html`<li>${prose(message)}${hint === null ? null : html` <span class="hint">${prose(hint)}</span>`}</li>\n`)}</ul>
</details>`;
}
