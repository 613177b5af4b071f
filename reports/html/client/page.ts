import { showCharts } from './charts.js';
import { showGateCharts } from './gate-charts.js';
import { openForPrint } from './print.js';
import { sortTables } from './sort-tables.js';
import { toggleTheme } from './theme-toggle.js';
import { openVerdicts } from './verdict-dialog.js';

const theme = toggleTheme();
showCharts(theme);
showGateCharts(theme);
sortTables();
openVerdicts();
openForPrint();
