import type { PlacedCpus, Placement } from '../model/index.js';
import type { CpuLocation } from './topology.js';

/** Wherever the scheduler puts them. */
export const UNPINNED: PlacedCpus = { initiator: null, responder: null, relation: 'unpinned' };

export type PlacementAnswer =
  | { readonly kind: 'placed'; readonly cpus: PlacedCpus }
  | { readonly kind: 'impossible'; readonly code: string; readonly reason: string };

/**
 * Chooses CPUs for a placement among those this process may use. Pure.
 * The last CPU is preferred over the first, because CPU 0 takes most interrupts; for two CPUs, the nearest pair that
 * does not share a core, since two hardware threads of one core are slowed by each other in a way that two cores are
 * not.
 */
export function place(placement: Placement, allowed: readonly CpuLocation[]): PlacementAnswer {
  const last = allowed.at(-1);
  if (last === undefined)
    return {
      kind: 'impossible',
      code: 'NO_CPU',
      reason: "No usable CPU was found in this process's affinity mask. Name some with --cpus.",
    };
  switch (placement) {
    case 'free':
      return { kind: 'placed', cpus: UNPINNED };
    case 'same-cpu':
      return { kind: 'placed', cpus: { initiator: last.cpu, responder: last.cpu, relation: 'same-cpu' } };
    case 'cross-cpu': {
      const partner = nearestPartner(last, allowed.slice(0, -1));
      if (partner === null) {
        return {
          kind: 'impossible',
          code: 'ONE_CPU',
          reason:
            `Only CPU ${last.cpu} is allowed for this process, so two peers cannot run on different CPUs. ` +
            "Allow another CPU (taskset, the container's cpuset, or --cpus).",
        };
      }
      return {
        kind: 'placed',
        cpus: { initiator: partner.cpu, responder: last.cpu, relation: relationOf(partner, last) },
      };
    }
  }
}

function nearestPartner(to: CpuLocation, others: readonly CpuLocation[]): CpuLocation | null {
  const preference: readonly PlacedCpus['relation'][] = ['same-socket', 'cross-socket', 'smt'];
  for (const relation of preference) {
    const found = others.findLast((other) => relationOf(other, to) === relation);
    if (found !== undefined) return found;
  }
  return null;
}

/** Unknown cores and sockets count as different cores of one socket: what a plain virtual machine has. */
function relationOf(a: CpuLocation, b: CpuLocation): PlacedCpus['relation'] {
  if (a.socket !== null && b.socket !== null && a.socket !== b.socket) return 'cross-socket';
  if (a.core !== null && a.core === b.core) return 'smt';
  return 'same-socket';
}
