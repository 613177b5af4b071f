import {
  CategoryScale,
  Chart,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';

/** The parts of Chart.js that a page uses; the others stay out of its file. */
export function registerCharts(): void {
  Chart.register(
    CategoryScale,
    Legend,
    LineController,
    LineElement,
    LinearScale,
    LogarithmicScale,
    PointElement,
    Tooltip,
  );
}
