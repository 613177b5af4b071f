/** What a case's id says beyond transport, driver, workload, size and placement: `['wait=spin']`. */
export function caseSettings(caseId: string): readonly string[] {
  return caseId.split('/').slice(5);
}
