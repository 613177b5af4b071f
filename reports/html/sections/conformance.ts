import type { Report, Verdict, VerdictKind } from '../../../harness/model/index.js';
import {
  checkIds,
  remarkableVerdicts,
  verdictsByTransport,
  type TransportVerdicts,
} from '../../findings/conformance.js';
import { verdictSigns, verdictWords } from '../../findings/wording.js';
import { html, type Markup } from '../markup.js';
import { webLink } from '../web-link.js';
import { prose } from '../prose.js';
import { scrolled } from '../scrolled.js';

/** A matrix of transports and checks; each cell leads to its verdict in full, which the script shows in a dialog. */
export function conformanceSection(report: Report): Markup | null {
  if (report.verdicts.length === 0) return null;
  const anchors = new Map(report.verdicts.map((verdict, index) => [verdict, `verdict-${index + 1}`]));
  const transports = verdictsByTransport(report);
  return html`${tally(report)}
${matrix(report, transports, anchors)}
${remarkable(report, anchors)}
<h3>Every verdict</h3>
${transports.map(
  (
    entry,
  ) => html`<details class="by-transport"><summary>${entry.transport}${driverOf(entry, transports)}${referenceTag(entry)} <span class="tally">${countsInWords(entry.counts)}</span></summary>
${entry.verdicts.map((verdict) => verdictDetails(verdict, anchors))}</details>
`,
)}`;
}

type Anchors = ReadonlyMap<Verdict, string>;

const readingOrder: readonly VerdictKind[] = ['pass', 'fail', 'broken', 'deviation', 'info', 'skip'];

function tally(report: Report): Markup {
  const counts = readingOrder
    .map((kind) => ({ kind, count: report.verdicts.filter((verdict) => verdict.verdict === kind).length }))
    .filter(({ count }) => count > 0);
  const unclean = report.verdicts.filter((verdict) => verdict.teardown === 'unclean').length;
  return html`<ul class="verdict-tally">${counts.map(({ kind, count }) => html`<li>${badge(kind)} <b>${count}</b> <span>${verdictWords[kind]}</span></li>\n`)}${unclean === 0 ? null : html`<li><span class="badge unclean">⌫ unclean</span> <b>${unclean}</b> <span>something was left behind</span></li>`}</ul>`;
}

function matrix(report: Report, transports: readonly TransportVerdicts[], anchors: Anchors): Markup {
  const promises = new Map(report.verdicts.map((verdict) => [verdict.checkId, verdict.promise]));
  const rows = checkIds(report).map((checkId) => {
    const cells = transports.map(({ verdicts }) =>
      matrixCell(
        verdicts.find((verdict) => verdict.checkId === checkId),
        anchors,
      ),
    );
    return html`<tr><th scope="row"><code>${breakable(checkId)}</code><span class="promise">${promises.get(checkId) ?? null}</span></th>${cells}</tr>\n`;
  });
  const table = scrolled(
    'Conformance matrix',
    html`<table class="matrix">
<thead><tr><th scope="col">Check</th>${transports.map((entry) => html`<th scope="col">${entry.transport}${driverOf(entry, transports)}${referenceTag(entry)}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  );
  return html`<p class="lead">Open a cell for the promise, its source, the evidence, and the command that repeats it.</p>\n${table}`;
}

// A narrow column breaks an id after its slash rather than inside a word.
function breakable(checkId: string): Markup {
  return html`${checkId.split('/').map((part, index) => html`${index > 0 ? html`/<wbr>` : null}${part}`)}`;
}

function matrixCell(verdict: Verdict | undefined, anchors: Anchors): Markup {
  if (verdict === undefined) return html`<td><span class="none" title="not checked">·</span></td>`;
  const unclean =
    verdict.teardown === 'unclean'
      ? html`<span class="left" title="something was left behind">⌫<span class="unseen">, something was left behind</span></span>`
      : null;
  return html`<td><a class="cell ${verdict.verdict}" href="#${anchors.get(verdict) ?? ''}"><span aria-hidden="true">${verdictSigns[verdict.verdict]}</span> ${verdict.verdict}${unclean}</a></td>`;
}

/**
 * What a reader must not miss, spelt out: everything but passes, and skips and information, which are one click away.
 */
function remarkable(report: Report, anchors: Anchors): Markup | null {
  const found = remarkableVerdicts(report).filter(
    (verdict) => (verdict.verdict !== 'skip' && verdict.verdict !== 'info') || verdict.teardown === 'unclean',
  );
  if (found.length === 0) return null;
  return html`<h3>What did not simply pass</h3>
<ul class="remarkable">${found.map((verdict) => html`<li>${badge(verdict.verdict)} <a class="cell-link" href="#${anchors.get(verdict) ?? ''}"><code>${verdict.id}</code></a> <span class="level">${verdict.level}, ${verdict.driver}</span><p>${prose(verdict.evidence)}${verdict.known === null ? null : html` <b>Known:</b> ${verdict.known.note} ${webLink(verdict.known.link)}`}${verdict.changed === null ? null : html` <b>Changed:</b> ${verdict.changed}`}${verdict.teardown === 'unclean' ? html` <b>Left behind:</b> ${verdict.teardownEvidence ?? 'not said what.'}` : null}</p></li>\n`)}</ul>`;
}

function verdictDetails(verdict: Verdict, anchors: Anchors): Markup {
  return html`<details class="verdict" id="${anchors.get(verdict) ?? ''}"><summary>${badge(verdict.verdict)} <code>${verdict.id}</code></summary>
<dl>
<dt>Promise</dt><dd>${verdict.promise}</dd>${
    verdict.procedure === null
      ? null
      : html`
<dt>Procedure</dt><dd>${verdict.procedure}</dd>`
  }${
    verdict.expected === null
      ? null
      : html`
<dt>Expected</dt><dd>${verdict.expected}</dd>`
  }
<dt>Source</dt><dd><cite>${verdict.source.document}</cite><blockquote>${verdict.source.quote}</blockquote></dd>
<dt>Level</dt><dd>${verdict.level}, through the ${verdict.driver} driver</dd>
<dt>Verdict</dt><dd>${badge(verdict.verdict)} ${verdictWords[verdict.verdict]}</dd>
<dt>Observed</dt><dd>${prose(verdict.evidence)}</dd>${
    verdict.known === null
      ? null
      : html`
<dt>Known</dt><dd>${verdict.known.note} ${webLink(verdict.known.link)}</dd>`
  }${
    verdict.changed === null
      ? null
      : html`
<dt>Changed</dt><dd>${verdict.changed}</dd>`
  }${
    verdict.history === null
      ? null
      : html`
<dt>Kept</dt><dd><code>${verdict.history}</code>: in the folder of this page, <code class="copy">ipcbench check --judge ${verdict.history}</code></dd>`
  }
<dt>Teardown</dt><dd>${verdict.teardown}${verdict.teardownEvidence === null ? null : html`: ${verdict.teardownEvidence}`}</dd>
<dt>Command</dt><dd><code class="copy">${verdict.command}</code></dd>
</dl></details>
`;
}

function badge(kind: VerdictKind): Markup {
  return html`<span class="badge ${kind}"><span aria-hidden="true">${verdictSigns[kind]}</span> ${kind}</span>`;
}

// The driver is named where one transport was checked through two.
function driverOf({ transport, driver }: TransportVerdicts, all: readonly TransportVerdicts[]): Markup | null {
  return all.filter((other) => other.transport === transport).length > 1
    ? html` <span class="driver">${driver}</span>`
    : null;
}

function referenceTag({ reference }: TransportVerdicts): Markup | null {
  return reference === null ? null : html` <span class="reference" title="${reference}">reference</span>`;
}

function countsInWords(counts: TransportVerdicts['counts']): string {
  return readingOrder
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${kind}`)
    .join(', ');
}
