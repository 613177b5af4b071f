import type { Box } from '../../view/boxes.js';
import { html, type Markup } from '../markup.js';

export function boxesPart(boxes: readonly Box[]): Markup | null {
  if (boxes.length === 0) return null;
  return html`<dl class="boxes">
${boxes.map(({ question, answer, detail }) => html`<div><dt>${question}</dt><dd><b>${together(answer)}</b>${detail.map((line) => html`<small>${together(line)}</small>`)}</dd></div>\n`)}</dl>`;
}

/** A figure stays on the line of its unit. */
function together(text: string): string {
  return text.replace(/(\d) (?=%|B\b|[KMG]iB|[kMGT]B|[nµm]?s\b)/g, '$1\u00a0');
}
