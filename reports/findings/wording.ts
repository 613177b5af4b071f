import type { Case, VerdictKind } from '../../harness/model/index.js';
import type { ComparableGroup } from './comparable-groups.js';

/** `ping-pong, native driver, both peers on one CPU, wait=spin`: what a figure holds for. */
export function describePlace(group: ComparableGroup): string {
  return [group.workload, `${group.driver} driver`, placementWords[group.placement], ...group.settings].join(', ');
}

/** `ping-pong · native · same-cpu · wait=spin`: the same, short. */
export function nameGroup(group: ComparableGroup): string {
  return [group.workload, group.driver, group.placement, ...group.settings].join(' · ');
}

export const placementWords: Readonly<Record<Case['placement'], string>> = {
  'same-cpu': 'both peers on one CPU',
  'cross-cpu': 'peers on two CPUs',
  free: 'placement left to the scheduler',
};

export const driverWords: Readonly<Record<Case['driver'], string>> = {
  native: 'the C++ peer program',
  addon: 'the same C++ loops inside a Node process',
  js: "Node's own API",
};

/** What a verdict means, for a legend. */
export const verdictWords: Readonly<Record<VerdictKind, string>> = {
  pass: 'the guarantee holds',
  fail: 'a required guarantee is broken',
  deviation: 'a recommendation is not followed, or an exception on record was seen',
  info: 'measured; nothing is guaranteed',
  skip: 'not applicable',
  broken: 'could not be decided',
};

/** Worst first: the order in which verdicts are listed. */
export const verdictOrder: readonly VerdictKind[] = ['fail', 'broken', 'deviation', 'info', 'skip', 'pass'];

/** A sign beside the word, so that neither colour nor sign has to carry a verdict alone. */
export const verdictSigns: Readonly<Record<VerdictKind, string>> = {
  pass: '✓',
  fail: '✗',
  deviation: '≠',
  info: 'i',
  skip: '–',
  broken: '!',
};
