import { html, type Content, type Markup } from './markup.js';

/** What may be wider than a phone scrolls in a box of its own, which the keyboard can reach. */
export function scrolled(label: string, content: Content): Markup {
  return html`<div class="scrolled" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
