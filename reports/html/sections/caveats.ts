import type { Report } from '../../../harness/model/index.js';
import { caveats } from '../../findings/caveats.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';

export function caveatsSection(report: Report): Markup {
  return html`<ul class="caveats">${caveats(report).map((text) => html`<li>${prose(text)}</li>\n`)}</ul>`;
}
