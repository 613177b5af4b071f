import type { Case } from '../model/index.js';
import { formatSize } from './size.js';

type Named = Pick<Case, 'transport' | 'driver' | 'workload' | 'sizeBytes' | 'placement' | 'settings'>;

/** Spells transport, driver, workload, size and placement, then each value that is not the default. */
export function caseId({ transport, driver, workload, sizeBytes, placement, settings = {} }: Named): string {
  const changed = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const always = [transport, driver, workload, formatSize(sizeBytes), placement];
  return [...always, ...changed.map(([name, value]) => `${name}=${value}`)].join('/');
}

/** A case with its id. `settings` are those that are not the default. */
export function makeCase({ settings = {}, ...parts }: Omit<Case, 'id' | 'verify'>): Case {
  return {
    id: caseId({ ...parts, settings }),
    ...parts,
    verify: settings['verify'] === 'full' ? 'full' : 'header',
    ...(Object.keys(settings).length > 0 && { settings }),
  };
}
