import type { Report } from '../../../harness/model/index.js';
import { aloneInWords } from '../../findings/alone.js';
import { answers, isContested, ratioInWords, type Answer } from '../../findings/answers.js';
import { killMatrixInShort } from '../../findings/kill-matrix.js';
import { summariseNoise } from '../../findings/noise.js';
import { intervalInWords } from '../../findings/noise-in-words.js';
import type { Ranked } from '../../findings/ranking.js';
import { checksInWords } from '../../findings/report-answer.js';
import { driverWords, placementWords } from '../../findings/wording.js';
import { formatSize } from '../../units/bytes.js';
import { formatRatio } from '../../units/digits.js';
import { formatEstimate, formatFigure, formatInterval } from '../../units/estimate.js';
import { html, type Markup } from '../markup.js';
import { methodLink, type Methods } from '../methods.js';

/** The page's first sentence: what this machine answered, or that it has not. */
export function headline(report: Report): string {
  const found = answers(report);
  const lead = found.find((answer) => isContested(answer.ranking)) ?? found[0];
  if (lead !== undefined) return leadInWords(lead);
  if (report.verdicts.length > 0) return checksInWords(report);
  if (report.killMatrix !== undefined) return killMatrixInShort(report.killMatrix);
  return report.status === 'running' ? 'Nothing has been measured yet.' : 'Nothing was measured.';
}

/** Under the headline: its interval and place, and what the same place answered for the other figure. */
export function deck(report: Report): string | null {
  const found = answers(report);
  const lead = found.find((answer) => isContested(answer.ranking)) ?? found[0];
  if (lead === undefined || lead.ranking.leader === null) return null;
  const interval = formatInterval(lead.ranking.group.figure, lead.ranking.leader.estimate);
  const first =
    `${interval === null ? 'Measured' : `Interval ${interval},`} ` +
    `with ${placementWords[lead.ranking.group.placement]}, ${lead.ranking.group.driver} driver.`;
  const second = found.find(
    ({ ranking: { group } }) =>
      group.figure !== lead.ranking.group.figure &&
      group.driver === lead.ranking.group.driver &&
      group.placement === lead.ranking.group.placement,
  );
  return second === undefined ? first : `${first} ${second.question} there: ${inShort(second)}`;
}

function inShort({ ranking: { leader, tied, group } }: Answer): string {
  if (leader === null) return 'none.';
  const figure = `${leader.transport}, ${formatEstimate(group.figure, leader.estimate)}`;
  const names = tied.map((entry) => entry.transport);
  if (names.length === 0) return `${figure}.`;
  return (
    `${figure}; no measurable difference ` +
    `from ${names.length > 2 ? `${names.length} others` : names.join(' and ')}.`
  );
}

export function answersSection(report: Report, methods: Methods): Markup | null {
  const found = answers(report);
  if (found.length === 0) return null;
  const interval = intervalInWords(summariseNoise(report));
  return html`${interval === null ? null : html`<p class="lead">In brackets after a figure: the ${interval}. After a ratio (1.37× takes 1.37 times as long): its interval; in 95 of 100 runs all intervals of a ranking are true. Drivers and placements are never ranked against each other.</p>`}
<div class="answers">
${found.map((answer) => answerCard(answer, methods))}</div>`;
}

function leadInWords({ ranking }: Answer): string {
  const { leader, tied, behind, undecided, group, sizeBytes } = ranking;
  if (leader === null) return 'Nothing was measured.';
  const size = formatSize(sizeBytes);
  const figure = formatFigure(group.figure, leader.estimate.value);
  const what = group.figure === 'latency' ? `${size} round trip` : `throughput at ${size}`;
  if (undecided.length > 0 && tied.length + behind.length === 0)
    return `Too few launches to rank anything: ${leader.transport} read ${figure} (${what}).`;
  if (!isContested(ranking)) return `A ${what} over ${leader.transport}: ${figure}.`;
  const best = group.figure === 'latency' ? 'fastest' : 'highest';
  const next = behind[0]?.entry;
  const nextWords =
    next === undefined || next === null ? '' : ` Next is ${next.transport}, ${ratioInWords(next)} as long.`;
  if (tied.length === 0) return `On this machine, ${leader.transport} has the ${best} ${what}: ${figure}.${nextWords}`;
  const sharing =
    tied.length === 1
      ? `${leader.transport} and ${tied[0]?.transport ?? ''}`
      : `${leader.transport} and ${tied.length} others`;
  return (
    `On this machine, ${sharing} share the ${best} ${what}, about ${figure}: no measurable ` + `difference.${nextWords}`
  );
}

function answerCard({ ranking, question }: Answer, methods: Methods): Markup {
  const { group, leader, tied, behind, undecided, references } = ranking;
  if (leader === null) return html``;
  const { figure } = group;
  return html`<article class="answer">
<h3>${question}</h3>
<p class="place">${group.workload}, ${placementWords[group.placement]}, <span title="${driverWords[group.driver]}">${group.driver} driver</span>${group.settings.map((setting) => html`, <code>${setting}</code>`)}</p>
<p class="figure"><span class="value">${formatFigure(figure, leader.estimate.value)}</span> <span class="interval">${formatInterval(figure, leader.estimate)}</span></p>
<p class="winner">${leader.transport}</p>
${others('No measurable difference', tied, ranking)}${others(figure === 'latency' ? 'Slower' : 'Slower per byte', behind, ranking)}${others('Too few launches to rank', undecided, ranking)}${others('Reference', references, ranking)}${
    isContested(ranking) ? null : html`<p class="alone">${aloneInWords(ranking)}</p>\n`
  }<p class="links"><a href="#group-${groupAnchor(group.id)}">All figures</a> ${methodLink(methods, leader.result, 'How it was measured')}</p>
</article>
`;
}

/** A group's id as a fragment: letters, digits, hyphens, and a code for whatever else it holds. */
export function groupAnchor(id: string): string {
  return id.replace(/[^A-Za-z0-9-]/g, (sign) => (sign === '/' ? '--' : `_${(sign.codePointAt(0) ?? 0).toString(16)}`));
}

function others(title: string, entries: readonly Ranked[], ranking: Answer['ranking']): Markup | null {
  if (entries.length === 0) return null;
  const rows = entries
    .slice(0, shownEntries)
    .map(
      (entry) =>
        html`<li><span class="name">${entry.transport}</span> <span class="figures">${formatEstimate(ranking.group.figure, entry.estimate)}</span> <span class="ratio">${ratioTo(ranking, entry)}</span></li>\n`,
    );
  const more =
    entries.length > shownEntries ? html`<li class="more">and ${entries.length - shownEntries} more</li>\n` : null;
  return html`<h4>${title}</h4>\n<ul>${rows}${more}</ul>\n`;
}

const shownEntries = 4;

// A ratio beside figures that are not told apart would tell them apart.
function ratioTo({ leader, behind, references, group }: Answer['ranking'], entry: Ranked): string | null {
  if (behind.includes(entry) && entry.entry !== null) return ratioInWords(entry.entry);
  if (leader === null || !references.includes(entry)) return null;
  const ratio = entry.estimate.value / leader.estimate.value;
  return formatRatio(group.figure === 'latency' ? ratio : 1 / ratio);
}
