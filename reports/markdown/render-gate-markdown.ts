import type { Comparison, GateReport } from '../../harness/model/index.js';
import { shellCommand } from '../../harness/model/shell-command.js';
import { comparisonSections, spellComparison, toExplain } from '../findings/comparisons.js';
import { environmentInWords } from '../findings/environment.js';
import { gateNotices } from '../findings/gate-notices.js';
import { gateCaveats, howItWasDecided } from '../findings/gate-rule.js';
import {
  countVerdicts,
  exitCodeInWords,
  gateVerdictSigns,
  nameVariant,
  splitSummary,
} from '../findings/gate-wording.js';
import {
  kindOfChange,
  promiseChangeSigns,
  promisesInOrder,
  describeGuaranteeChanges,
  spellChange,
} from '../findings/guarantee-changes.js';
import { formatElapsedMs } from '../units/duration.js';
import { markdownCode, markdownCommand, markdownText } from './markdown-text.js';

/**
 * What a pull request and a job's summary show: the answer, a table of what a reviewer has to look at, and the rest
 * folded away. GitHub takes a summary of 1 MiB a step:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
export function renderGateMarkdown(gate: GateReport): string {
  const gated = inOrder(gate, true);
  const passed = gated.filter((found) => found.verdict === 'pass');
  const remarkable = gated.filter((found) => found.verdict !== 'pass');
  const advisory = inOrder(gate, false);
  const { lead, rest } = splitSummary(gate);
  const sections = [
    `### ${gateVerdictSigns[gate.verdict]} ${markdownText(lead)}`,
    rest === null ? '' : markdownText(rest),
    `${markdownText(nameVariant(gate.base))} → ${markdownText(nameVariant(gate.head))}`,
    bulletList(
      gateNotices(gate).map(
        ({ message, hint }) => `⚠ ${markdownText(message)}${hint === null ? '' : ` *${markdownText(hint)}*`}`,
      ),
    ),
    remarkable.length === 0 ? '' : comparisonTable(remarkable),
    bulletList(toExplain(gate).map(explain)),
    promises(gate),
    folded(`${passed.length} passed`, comparisonTable(passed), passed.length),
    folded(
      `${advisory.length} advisory: ${countVerdicts(advisory)}, closing nothing`,
      `${comparisonTable(advisory)}\n\n${bulletList(advisoryReasons(advisory))}`,
      advisory.length,
    ),
    folded(
      'How this was decided, and what it cannot tell',
      `${bulletList(howItWasDecided(gate).map(markdownText))}\n\nWhat it cannot ` +
        `tell:\n\n${bulletList(gateCaveats(gate).map(markdownText))}`,
      1,
    ),
    machine(gate),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function inOrder(gate: GateReport, isGated: boolean): readonly Comparison[] {
  const { gated, advisory } = comparisonSections(gate);
  return (isGated ? gated : advisory).flatMap(({ comparisons }) => comparisons);
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((found) => {
    const { metric, base, head, change, interval, visible, budget, verdict } = spellComparison(found);
    return [
      markdownCode(found.caseId),
      metric,
      `${base} → ${head}`,
      found.verdict === 'regressed' ? `**${change}**` : change,
      interval,
      visible,
      budget,
      verdict,
    ].map((cell) => (cell === '~' ? '\\~' : cell));
  });
  return [
    tableRow(['case', 'figure', 'base → head', 'change', 'interval', 'detectable from', 'budget', 'verdict']),
    tableRow(['---', '---', '---:', '---:', '---:', '---:', '---:', '---']),
    ...rows.map(tableRow),
  ].join('\n');
}

function explain(found: Comparison): string {
  return `**${found.verdict}** ${markdownCode(found.id)}: ${markdownText(found.reason)}`;
}

function advisoryReasons(comparisons: readonly Comparison[]): readonly string[] {
  return [...new Set(comparisons.flatMap((found) => found.advisoryReason ?? []))].map(markdownText);
}

function promises(gate: GateReport): string {
  const { verdictChanges, checksCompared } = gate;
  if (checksCompared === 0 && verdictChanges.length === 0) return '';
  const line = (change: GateReport['verdictChanges'][number]): string =>
    `- ${promiseChangeSigns[kindOfChange(change)]} ` +
    `**${kindOfChange(change)}** ${markdownCode(change.id)}: ${spellChange(change)}. ${markdownText(change.evidence)}`;
  const changes = promisesInOrder(gate);
  return [
    `**Guarantees**: ${describeGuaranteeChanges(gate)}.`,
    ...(changes.length === 0 ? [] : ['', ...changes.map(line)]),
  ].join('\n');
}

// GitHub reads Markdown inside of HTML after a blank line.
function folded(title: string, body: string, count: number): string {
  return count === 0 ? '' : `<details><summary>${markdownText(title)}</summary>\n\n${body}\n\n</details>`;
}

function machine(gate: GateReport): string {
  return [
    `${exitCodeInWords(gate)} + is worse; \\~: no direction can be told, the interval holds ` +
      `zero${gate.comparisons.some((found) => found.smallestVisible !== null) ? '; detectable from: the smallest worsening this finds nine times in ten' : ''}${gate.comparisons.some((found) => found.metric === 'syscalls') ? '; loop calls: system calls that the loop makes on the measured descriptors' : ''}.`,
    ...environmentInWords(gate.environment).map(markdownText),
    markdownText(
      `ipcbench ${gate.ipcbenchVersion}, ${gate.status}, ` +
        `effort ${gate.effort}, ${formatElapsedMs(gate.totalMs)}, ` +
        `seed ${gate.seed}, ${gate.startedAt.slice(0, 10)}, fingerprint ${gate.environment.fingerprint.slice(0, 12)}`,
    ),
    markdownCommand(shellCommand(gate.command)),
  ]
    .map((line) => `<sub>${line}</sub>`)
    .join('<br>\n');
}

function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
