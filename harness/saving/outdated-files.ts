import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const EXPORTS = String.raw`html|md|junit\.xml|annotations\.txt|bmf\.json|benchmark-action\.json|openmetrics\.txt|otava\.csv`;
const GATE_FILES = new RegExp(String.raw`^(gate\.(${EXPORTS})|(base|head)\.txt|gate-(gated|advisory|pairs-\d+)\.png)$`);

/** Charts of a report: as they are named now, and as versions before 0.2 named them. */
const CHARTS = String.raw`report-(placement|[a-z0-9-]+-(slowest-share|(latency|throughput)-ratios))`;
const FORMER_CHARTS = String.raw`[A-Za-z0-9-]+-(by-size|(by-transport|percentiles)-\w+)`;

/** What stands beside each data file, drawn from it. */
const DRAWN: Readonly<Record<string, RegExp>> = {
  'report.json': new RegExp(String.raw`^(report\.(html|md)|junit\.xml|(${CHARTS}|${FORMER_CHARTS})\.png)$`),
  'gate.json': GATE_FILES,
};

/** Data files that this process has begun to write. */
const begun = new Set<string>();

/**
 * Before a run's first write of its data file, removes what an earlier run had drawn beside it: a run that is
 * interrupted draws nothing, and a page beside figures that are not its own misleads. Only plain files that ipcbench
 * wrote, by what stands in them.
 */
export function removeOutdated(path: string): void {
  const drawn = DRAWN[basename(path)];
  if (drawn === undefined || begun.has(path)) return;
  begun.add(path);
  for (const name of entriesOf(dirname(path))) {
    const beside = join(dirname(path), name);
    if (drawn.test(name) && (name.endsWith('.png') || saysItIsOurs(beside))) removeAsFarAsPossible(beside);
  }
}

function removeAsFarAsPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Not ours to remove: drawing over it fails as well, and is told.
  }
}

const LOOKED_AT_BYTES = 65_536;

function saysItIsOurs(path: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false; // A link, or not ours to read: it stays.
  }
  try {
    const start = Buffer.alloc(LOOKED_AT_BYTES);
    return fstatSync(descriptor).isFile() && start.subarray(0, readSync(descriptor, start)).includes('ipcbench');
  } finally {
    closeSync(descriptor);
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // Not there yet, or removed: nothing outdated lies in it.
  }
}
