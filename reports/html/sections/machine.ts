import type { Report } from '../../../harness/model/index.js';
import { environmentInWords, environmentTable } from '../../findings/environment.js';
import { summariseNoise } from '../../findings/noise.js';
import { describeNoise } from '../../findings/describe-noise.js';
import { plural } from '../../units/digits.js';
import { formatElapsedMs } from '../../units/duration.js';
import { html, type Markup } from '../markup.js';
import { prose } from '../prose.js';
import { scrolled } from '../scrolled.js';

export function machineSection(report: Report): Markup {
  const { time, rounds } = report;
  const noise = describeNoise(summariseNoise(report));
  const launched = rounds.planned === 0 ? null : `${rounds.completed} of ${plural(rounds.planned, 'round')}`;
  const share =
    time.totalMs === 0
      ? null
      : `${formatElapsedMs(time.totalMs)} in all, ${formatElapsedMs(time.measuredMs)} of it inside measured windows`;
  const ran = [launched, share].filter((part) => part !== null).join(', ');
  return html`<div class="machine">
${environmentInWords(report.environment).map((line) => html`<p>${line}</p>\n`)}${ran === '' ? null : html`<p>${ran}</p>\n`}</div>
${noise.map((line) => html`<p class="noise">${prose(line)}</p>\n`)}<details><summary>Everything recorded about the machine</summary>
${scrolled(
  'The machine in full',
  html`<table class="plain"><tbody>
${environmentTable(report.environment).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>`,
)}</details>`;
}
