import type { Source } from '../../../harness/model/index.js';

/** What checks hold transports to. */
export type Promised = 'order' | 'no-loss' | 'once' | 'integrity' | 'boundaries' | 'end';

/**
 * Where one family of transports is promised each of these. Quotes are verbatim; `[…]` marks what was left out. Where
 * no text says it in so many words, the nearest one is quoted and the document says so. A test looks the quotes up in
 * the installed texts.
 */
export type Clauses = Readonly<Record<Promised, Source>>;

/** Names a document; with `nearest`, says that this is as close as its text comes. */
export const quoted = (document: string, quote: string): Source => ({ document, quote });
export const nearest = (document: string, quote: string, silence: string): Source => ({
  document: `${document} — the nearest text: ${silence}`,
  quote,
});
