import type { Case } from '../model/index.js';
import { formatSize } from './size.js';

type Named = Omit<Case, 'id' | 'methodRevision'>;

/** Spells transport, driver, workload, size and placement, then each value that is not the default. */
export function caseId(parts: Named): string {
  const id = [parts.transport, parts.driver, parts.workload, formatSize(parts.sizeBytes), parts.placement].join('/');
  return parts.verify === 'header' ? id : `${id}/verify=${parts.verify}`;
}
