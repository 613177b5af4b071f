import type { GridBlock } from './grid.js';

type Place = Pick<GridBlock, 'driver' | 'placement' | 'settings'>;

/** `C++ peers on one CPU`: what the figures of a block have in common. */
export function blockWords({ driver, placement, settings }: Place): string {
  return [`${drivers[driver]} ${placements[placement]}`, ...settings].join(', ');
}

const drivers: Readonly<Record<Place['driver'], string>> = {
  native: 'C++ programs',
  addon: 'C++ loops inside Node',
  js: "Node's own API",
};

const placements: Readonly<Record<Place['placement'], string>> = {
  'same-cpu': 'on one CPU',
  'cross-cpu': 'on two CPUs',
  free: 'placed by the scheduler',
};
