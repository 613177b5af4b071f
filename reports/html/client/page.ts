import type { ReportData } from '../report-data.js';
import { keepViewOnJumps } from './address.js';
import { showCharts } from './charts.js';
import { startFilter } from './filter.js';
import { showGateCharts } from './gate-charts.js';
import { openGroups } from './guarantee-groups.js';
import { startPanel } from './panel.js';
import { registerCharts } from './register-charts.js';
import { rove } from './roving.js';
import { sortTables } from './sort-tables.js';
import { toggleTheme } from './theme-toggle.js';
import { unpackReport } from './unpack.js';

const theme = toggleTheme();
registerCharts();
showGateCharts(theme);
sortTables();
keepViewOnJumps();
for (const table of document.querySelectorAll<HTMLTableElement>('table.grid, #guarantees table.matrix')) rove(table);
void unpackReport().then((found) => (found === null ? undefined : show(found)));

function show(report: ReportData): void {
  startFilter(report, showCharts(report.charts, theme));
  openGroups(report);
  startPanel(report);
  // Says that everything on the page answers, for tests and for whoever prints it by program.
  document.documentElement.dataset['ready'] = '1';
}
