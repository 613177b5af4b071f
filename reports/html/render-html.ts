import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Report } from '../../harness/model/index.js';
import { drawReport } from '../charts/draw-report.js';
import { headlineSize } from '../findings/answers.js';
import { packageFile } from '../package-file.js';
import { escapeScript, html, inlineScript, inlineStyle, jsonBlock, type Markup } from './markup.js';
import { collectMethods } from './methods.js';
import type { PageData } from './page-data.js';
import { answersSection, deck, headline } from './sections/answers.js';
import { caveatsSection } from './sections/caveats.js';
import { conformanceSection } from './sections/conformance.js';
import { figuresSection } from './sections/figures.js';
import { machineSection } from './sections/machine.js';
import { methodsSection } from './sections/methods.js';
import { unmeasuredSection } from './sections/unmeasured.js';
import { warningsSection } from './sections/warnings.js';

/**
 * The report as one file that asks nothing of the network: script and style are inside, and its content security policy
 * allows these two and nothing else. It reads without the script, too: tables and verdicts are there before it runs.
 */
export function renderHtml(report: Report): string {
  const script = pageAsset('page.js');
  const style = `${fontFaces()}\n${pageAsset('page.css')}`;
  const groups = drawReport(report);
  const methods = collectMethods(report);
  const data: PageData = { groups: groups.map(({ group, ...charts }) => ({ id: group.id, headlineSize: headlineSize(group), ...charts })) };
  const sections = [
    { id: 'answers', title: 'Answers', body: answersSection(report, methods) },
    { id: 'machine', title: 'Machine and noise', body: machineSection(report) },
    { id: 'figures', title: 'Figures', body: figuresSection(groups, methods) },
    { id: 'conformance', title: 'Conformance', body: conformanceSection(report) },
    { id: 'unmeasured', title: 'Failed and skipped', body: unmeasuredSection(report) },
    { id: 'methods', title: 'How each figure was measured', body: methodsSection(methods) },
    { id: 'caveats', title: 'What this report cannot tell you', body: caveatsSection(report) },
  ].flatMap(({ body, ...section }) => (body === null ? [] : [{ ...section, body }]));
  const underline = deck(report);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="ipcbench ${report.ipcbenchVersion}">
<title>ipcbench: ${headline(report)}</title>
${inlineStyle(style)}
</head>
<body>
<a class="skip-link" href="#main">Skip to the report</a>
<header class="masthead">
<p class="brand">ipcbench <span>report</span></p>
<p class="stamp">${stamp(report)}</p>
<button type="button" class="theme-toggle" hidden>Dark</button>
</header>
<div class="layout">
<nav class="contents" aria-label="Contents"><ol>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ol></nav>
<main id="main">
<h1>${headline(report)}</h1>
${underline === null ? null : html`<p class="deck">${underline}</p>\n`}${warningsSection(report)}
${sections.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${body}\n</section>\n`)}</main>
</div>
${footer(report)}
<dialog class="verdict-dialog" aria-labelledby="dialog-title"></dialog>
${jsonBlock('page-data', data)}
${inlineScript(script)}
</body>
</html>
`;
  return page.markup;
}

function stamp(report: Report): Markup {
  const state = report.status === 'complete' ? null : html` · <strong>${report.status}</strong>`;
  return html`<time datetime="${report.startedAt}">${report.startedAt.slice(0, 10)} ${report.startedAt.slice(11, 16)} UTC</time> · ipcbench ${report.ipcbenchVersion}${state}`;
}

function footer(report: Report): Markup {
  return html`<footer>
<p>Made by <code class="copy">${report.command.join(' ')}</code>, seed ${report.seed}, from one <code>report.json</code>: every figure above is in it, launch by launch.</p>
<p>Machine fingerprint <code>${report.environment.fingerprint}</code></p>
</footer>`;
}

// The parser hands the element's text to the hash as it stands, so it is hashed as it is written.
function contentSecurityPolicy(script: string, style: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
  return `default-src 'none'; script-src ${hash(escapeScript(script))}; style-src ${hash(style)}; font-src data:; base-uri 'none'; form-action 'none'`;
}

// The letters travel with the page: without them it would look different, and count columns differently, on each reader's system.
function fontFaces(): string {
  const face = (weight: number): string => {
    const file = readFileSync(packageFile(`reports/assets/fonts/inter-latin-${weight}-normal.woff2`)).toString('base64');
    return `@font-face{font-family:Inter;font-style:normal;font-weight:${weight};src:url(data:font/woff2;base64,${file}) format('woff2')}`;
  };
  return `/*! Inter, copyright The Inter Project Authors, SIL Open Font License 1.1: https://scripts.sil.org/OFL */\n${face(400)}\n${face(600)}`;
}

function pageAsset(name: string): string {
  try {
    return readFileSync(new URL(`./client/${name}`, import.meta.url), 'utf8');
  } catch (cause) {
    throw new Error(`The page's ${name} is missing from this installation of ipcbench. Install it again, or run 'npm run build' in its repository.`, { cause });
  }
}
