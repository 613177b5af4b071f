import type { Case } from '../../harness/model/index.js';
import { caseSettings } from '../findings/case-settings.js';
import { printable } from '../printable.js';
import { formatSize } from '../units/bytes.js';

/**
 * A case as a Go benchmark's name: `BenchmarkPingPong/transport=pipe/driver=native/size=64B/placement=same-cpu`, so
 * that benchstat can filter and group by each part (`-filter '/transport:pipe'`). The placement stands last: a name
 * that ends in a hyphen and digits would be taken for one with a GOMAXPROCS.
 */
export function benchmarkName(measured: Case): string {
  const { transport, driver, workload, sizeBytes, placement, methodRevision } = measured;
  const parts = [
    `transport=${transport}`,
    `driver=${driver}`,
    `size=${formatSize(sizeBytes).replace(' ', '')}`,
    ...caseSettings(measured.id),
    ...(methodRevision === 1 ? [] : [`method=${methodRevision}`]),
    `placement=${placement}`,
  ];
  return [`Benchmark${pascalCase(workload)}`, ...parts.map(namePart)].join('/');
}

function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.length === 0 ? 'Workload' : words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

// White space ends a name and a slash begins its next part.
function namePart(text: string): string {
  return printable(text).replace(/[\s/]+/g, '_');
}
