import type { Report } from '../../harness/model/index.js';
import { answerBoxes, type Box } from './boxes.js';
import { overviewGrid, type Grid } from './grid.js';
import { headline } from './headline.js';

/** What a report says on its first screen; page, Markdown and terminal print it. */
export interface Overview {
  readonly headline: readonly string[];
  readonly boxes: readonly Box[];
  readonly grid: Grid;
}

export function overview(report: Report): Overview {
  const grid = overviewGrid(report);
  return { headline: headline(report, grid), boxes: answerBoxes(report, grid), grid };
}
