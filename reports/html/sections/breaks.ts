import type { Report, Verdict } from '../../../harness/model/index.js';
import { checksInWords } from '../../findings/report-answer.js';
import { verdictSigns, verdictWords, verdictOrder } from '../../findings/wording.js';
import { verdictKeys, whatBreaks, type BreakKind, type BreakRow } from '../../view/breaks.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { webLink } from '../web-link.js';

/** Failures first, then what is known: one row a check, with every transport in which it showed. */
export function breaksSection(report: Report): Markup | null {
  if (report.verdicts.length === 0) return null;
  const rows = whatBreaks(report);
  const keys = verdictKeys(report);
  const counts = verdictOrder
    .map((kind) => ({ kind, count: report.verdicts.filter(({ verdict }) => verdict === kind).length }))
    .filter(({ count }) => count > 0);
  return html`<p class="lead">${checksInWords(report)} In all: ${counts.map(({ kind, count }, index) => html`${index === 0 ? null : ', '}<span title="${verdictWords[kind]}">${count} ${kind}</span>`)}.</p>
${rows.length === 0 ? html`<p>No check failed, and no deviation was seen.</p>` : html`<ul class="breaks">${rows.map((row) => breakRow(row, keys))}</ul>`}`;
}

function breakRow({ kind, checkId, promise, verdicts }: BreakRow, keys: ReadonlyMap<Verdict, string>): Markup {
  const [first] = verdicts;
  return html`<li class="is-${kind}"><span class="badge ${badgeClass[kind]}"><span aria-hidden="true">${badgeSign[kind]}</span> ${kindWords[kind]}</span> <b>${promise}</b> <code>${checkId}</code> ${verdicts.map((verdict) => html`<a class="chip" href="#verdict=${encodeURIComponent(keys.get(verdict) ?? verdict.id)}">${verdict.transport}</a> `)}<p>${first === undefined ? null : whyOf(kind, first)}</p></li>\n`;
}

function whyOf(kind: BreakKind, verdict: Verdict): Markup {
  const { evidence, known, changed, teardownEvidence } = verdict;
  if (kind === 'known' && known !== null) return html`${prose(known.note)} ${webLink(known.link)}`;
  if (kind === 'changed') return html`${prose(changed ?? evidence)}`;
  if (kind === 'unclean') return html`Left behind: ${prose(teardownEvidence ?? 'not recorded.')}`;
  const left = verdict.teardown === 'unclean' ? ` Left behind: ${teardownEvidence ?? 'not recorded.'}` : '';
  return html`${prose(evidence + left)}`;
}

const kindWords: Readonly<Record<BreakKind, string>> = {
  fail: 'fail',
  broken: 'undecided',
  unclean: 'left something behind',
  changed: 'changed',
  deviation: 'deviation',
  known: 'known',
};

const badgeClass: Readonly<Record<BreakKind, string>> = {
  fail: 'fail',
  broken: 'broken',
  unclean: 'deviation',
  changed: 'deviation',
  deviation: 'deviation',
  known: 'skip',
};

const badgeSign: Readonly<Record<BreakKind, string>> = {
  fail: verdictSigns.fail,
  broken: verdictSigns.broken,
  unclean: '⌫',
  changed: '≠',
  deviation: verdictSigns.deviation,
  known: verdictSigns.deviation,
};
