import { printable } from '../printable.js';

/** A piece of HTML that is safe to put into another. Only `html` makes one. */
export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | null | readonly Content[];

/** Text that is put in is escaped, always; markup that is put in stays markup; null leaves nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: strings.reduce((text, part, index) => text + write(values[index - 1] ?? null) + part) };
}

/** Data for a script, inert until it asks: no `<` survives, so no text in it can end the element or open a comment. */
export function jsonBlock(id: string, data: unknown): Markup {
  const json = JSON.stringify(data)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
  return { markup: `<script type="application/json" id="${escapeHtml(id)}">${json}</script>` };
}

/** Code of our own, made safe to stand inside its element. */
export function inlineScript(code: string): Markup {
  return { markup: `<script>${escapeScript(code)}</script>` };
}

export function inlineStyle(css: string): Markup {
  return { markup: `<style>${css}</style>` };
}

/**
 * `</script` and `<!--` can only occur in strings and regular expressions there, in which the backslash changes
 * nothing.
 */
export function escapeScript(code: string): string {
  return code.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}

export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function write(value: Content): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return isMarkup(value) ? value.markup : value.map(write).join('');
}

function isMarkup(value: Markup | readonly Content[]): value is Markup {
  return 'markup' in value;
}
