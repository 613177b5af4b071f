import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../package-file.js';
import { escapeScript, html, inlineScript, inlineStyle, type Markup } from './markup.js';

export interface PageSection {
  readonly id: string;
  readonly title: string;
  /** In the contents, where the title is too long. */
  readonly short?: string;
  /** null: nothing to say, so no section and no entry in the contents. */
  readonly body: Markup | null;
}

export interface Page {
  /** Beside the name of the program: `report`, `gate`. */
  readonly kind: string;
  readonly ipcbenchVersion: string;
  readonly stamp: Markup;
  /** Sentences; the first is the title of the document. */
  readonly headline: readonly string[];
  readonly underline: Markup | null;
  readonly warnings: Markup | null;
  /** Between the headline and the first section. */
  readonly lead: Markup | null;
  readonly sections: readonly PageSection[];
  readonly footer: Markup;
  /** A script element that holds data. */
  readonly data: Markup;
}

/**
 * One file that asks nothing of the network: script and style are inside, and its content security policy allows these
 * two and nothing else. It reads without the script, too: tables and verdicts are there before it runs.
 */
export function writePage(page: Page): string {
  const script = pageAsset('page.js');
  const style = `${fontFaces()}\n${pageAsset('page.css')}`;
  const sections = page.sections.flatMap(({ body, ...section }) => (body === null ? [] : [{ ...section, body }]));
  const written = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="ipcbench ${page.ipcbenchVersion}">
<title>ipcbench: ${page.headline[0] ?? ''}</title>
${inlineStyle(style)}
</head>
<body>
<a class="skip-link" href="#main">Skip to the ${page.kind}</a>
<header class="masthead">
<p class="brand">ipcbench <span>${page.kind}</span></p>
<p class="stamp">${page.stamp}</p>
<nav class="contents" aria-label="Contents"><ol>
${sections.map(({ id, short, title }) => html`<li><a href="#${id}">${short ?? title}</a></li>\n`)}</ol></nav>
<button type="button" class="theme-toggle" hidden>Dark</button>
</header>
<main id="main">
<h1>${page.headline.map((sentence, index) => (index < 2 ? html`${index === 0 ? null : ' '}${sentence}` : html` <span class="further">${sentence}</span>`))}</h1>
${page.underline === null ? null : html`<p class="deck">${page.underline}</p>\n`}${page.lead}${page.warnings}
${sections.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${body}\n</section>\n`)}</main>
${page.footer}
<dialog class="panel" aria-labelledby="panel-title"></dialog>
${page.data}
${inlineScript(script)}
</body>
</html>
`;
  return written.markup;
}

// The parser hands the element's text to the hash as it stands, so it is hashed as it is written.
function contentSecurityPolicy(script: string, style: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
  return (
    `default-src 'none'; script-src ${hash(escapeScript(script))}; style-src ${hash(style)}; font-src data:; ` +
    `base-uri 'none'; form-action 'none'`
  );
}

// The letters travel with the page: without them it would look different, and count columns differently, on each
// reader's system.
function fontFaces(): string {
  const face = (weight: number): string => {
    const file = readFileSync(packageFile(`reports/assets/fonts/inter-latin-${weight}-normal.woff2`)).toString(
      'base64',
    );
    return `@font-face{font-family:Inter;font-style:normal;font-weight:${weight};src:url(data:font/woff2;base64,${file}) format('woff2')}`;
  };
  return (
    '/*! Inter, copyright The Inter Project Authors, SIL Open Font License 1.1: https://scripts.sil.org/OFL ' +
    `*/\n${face(400)}\n${face(600)}`
  );
}

function pageAsset(name: string): string {
  try {
    return readFileSync(new URL(`./client/${name}`, import.meta.url), 'utf8');
  } catch (cause) {
    throw new Error(
      `The page's ${name} is missing from this installation of ipcbench. Install it again, or run 'npm run ` +
        `build' in its repository.`,
      { cause },
    );
  }
}
