import { html, type Content, type Markup } from './markup.js';

/** What the column is sorted by goes beside what it shows; without one the row sorts last. */
export function numberCell(value: number | null, shown: Content): Markup {
  return value === null
    ? html`<td class="number">${shown}</td>`
    : html`<td class="number" data-value="${Number(value.toPrecision(6))}">${shown}</td>`;
}
