import type { Box } from '../../view/boxes.js';
import { html, type Markup } from '../markup.js';

export function boxesPart(boxes: readonly Box[]): Markup | null {
  if (boxes.length === 0) return null;
  return html`<dl class="boxes">
${boxes.map(({ question, answer, detail }) => html`<div><dt>${question}</dt><dd><b>${answer}</b>${detail.map((line) => html`<small>${line}</small>`)}</dd></div>\n`)}</dl>`;
}
