import type { GateReport, Warning } from '../../harness/model/index.js';

/** What every rendering of a gate must say beside its figures: what its state implies, and its own warnings. */
export function gateNotices(gate: GateReport): readonly Warning[] {
  return [...unfinished(gate), ...sameVariant(gate), ...nothingCompared(gate), ...gate.warnings];
}

function unfinished({ status }: GateReport): readonly Warning[] {
  switch (status) {
    case 'complete':
      return [];
    case 'running':
      return [
        {
          code: 'gate-running',
          message: 'The gate had not ended when this was written: nothing in it is decided.',
          hint: 'Render it again when it has ended.',
        },
      ];
    case 'interrupted':
      return [
        {
          code: 'gate-interrupted',
          message: 'The gate was ended early. What it had not decided by then is inconclusive.',
          hint: 'Run it again, with a longer --time-budget if that is what ended it.',
        },
      ];
  }
}

function sameVariant(gate: GateReport): readonly Warning[] {
  if (!gate.isSameVariant) return sameInEffect(gate);
  return [
    {
      code: 'same-variant',
      message:
        'Base and head are the same, so any difference shown is a false positive. Use this run to see how noisy ' +
        'this machine is.',
      hint: 'Name what differs with --base and --head, such as --base git=main.',
    },
  ];
}

/**
 * Two names of one thing, such as two paths of one runtime. Builds and environments may differ in more than what was
 * looked at.
 */
function sameInEffect({ method, base, head }: GateReport): readonly Warning[] {
  const isTold = [base, head].every(({ settings, resolved }) => resolved.length > 0 && settings.length > 0);
  if (method !== 'interleaved' || !isTold) return [];
  const [was, is] = [base, head].map(({ resolved }) => resolved.map(withoutName).sort());
  if (JSON.stringify(was) !== JSON.stringify(is)) return [];
  return [
    {
      code: 'same-in-effect',
      message:
        `What base and head were given came to the same: ${(is ?? []).join('; ')}. Unless they differ in ` +
        'what was not looked at, any difference shown is a false positive.',
      hint: 'See that each side names what it was to name: the path, the ref, the variable.',
    },
  ];
}

/** `git main is commit 4f1c…` and `git v1 is commit 4f1c…` are one commit. */
function withoutName(resolved: string): string {
  return resolved.replace(/^git \S+ is commit /, 'commit ');
}

function nothingCompared({ status, comparisons, checksCompared }: GateReport): readonly Warning[] {
  if (status !== 'complete' || comparisons.length > 0 || checksCompared > 0) return [];
  return [
    {
      code: 'nothing-compared',
      message: 'Nothing was compared.',
      hint: 'Name transports and workloads that both sides have (ipcbench list).',
    },
  ];
}
