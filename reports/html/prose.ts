import { html, type Markup } from './markup.js';

/** A sentence in which an option such as `--timeout` is not broken after its hyphens. */
export function prose(text: string): Markup {
  return html`${text.split(/((?<![\w-])--[a-z][\w-]*)/).map((part, index) => (index % 2 === 1 ? html`<span class="option">${part}</span>` : part))}`;
}
