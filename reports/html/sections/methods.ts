import { plural } from '../../units/digits.js';
import { html, type Markup } from '../markup.js';
import type { Methods } from '../methods.js';

export function methodsSection(methods: Methods): Markup | null {
  if (methods.paragraphs.length === 0) return null;
  return html`<ol class="methods">
${methods.paragraphs.map((paragraph, index) => {
  const cases = methods.cases.get(paragraph) ?? [];
  return html`<li id="method-${index + 1}" tabindex="-1"><p>${paragraph}</p><details><summary>${plural(cases.length, 'figure')} measured this way</summary><ul class="ids">${cases.map((result) => html`<li><code>${result.case.id}</code></li>`)}</ul></details></li>\n`;
})}</ol>`;
}
