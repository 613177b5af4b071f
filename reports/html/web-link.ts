import { html, type Content } from './markup.js';

/**
 * An address out of a report as a link where a browser would fetch it; `javascript:` and whatever else could act is
 * text.
 */
export function webLink(address: string): Content {
  return isWebAddress(address) ? html`<a href="${address}" rel="noreferrer">${address}</a>` : address;
}

function isWebAddress(address: string): boolean {
  // Control characters inside a scheme are dropped by browsers: an address with any is text.
  if (/[\u0000-\u0020\u007f-\u009f]/.test(address)) return false;
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
