import type { Warning } from '../../../harness/model/index.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';

/** Above everything else: a figure must not be read before what spoils it. */
export function warningsSection(found: readonly Warning[]): Markup | null {
  if (found.length === 0) return null;
  return html`<section class="warnings" id="warnings" aria-labelledby="warnings-title">
<h2 id="warnings-title">${found.length === 1 ? 'One thing to know first' : `${found.length} things to know first`}</h2>
<ul>${found.map(({ message, hint }) => html`<li><span class="sign" aria-hidden="true">!</span><p>${prose(message)}${hint === null ? null : html` <span class="hint">${prose(hint)}</span>`}</p></li>\n`)}</ul>
</section>`;
}
