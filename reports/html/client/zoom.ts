import type { Chart } from 'chart.js';

/**
 * The wheel zooms with Ctrl held, a drag always; what was zoomed by pointer is undone by a button that the keyboard
 * reaches.
 */
export function offerReset(figure: HTMLElement, chart: Chart): void {
  const button = figure.querySelector<HTMLButtonElement>('.reset-zoom');
  const zoom = chart.options.plugins?.zoom?.zoom;
  if (button === null || zoom === undefined) return;
  button.hidden = true;
  button.onclick = () => {
    chart.resetZoom();
    button.hidden = true;
  };
  zoom.onZoomComplete = () => {
    button.hidden = !chart.isZoomedOrPanned();
  };
}
