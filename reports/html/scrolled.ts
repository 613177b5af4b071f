import { html, type Content, type Markup } from './markup.js';

/** What may be wider than a phone scrolls in a box of its own, which the keyboard can reach. What `fits` a wide screen keeps its
 * head in sight there. */
export function scrolled(label: string, content: Content, width: 'any' | 'fits' = 'any'): Markup {
  return html`<div class="scrolled${width === 'fits' ? ' fits' : ''}" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
