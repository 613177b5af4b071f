import type { Launch, LaunchOutcome, Report } from '../model/index.js';
import type { PlanEnd, PlanProgress } from '../runner/run-plan.js';
import type { Interruption } from '../session/interruption.js';

/** What happens in a run, in the order it happens. Who saves and who draws progress hears of each. */
export type RunEvent =
  /** Between measured windows; `leftMs` is what is left of the planned blocks. */
  | { readonly type: 'launching'; readonly launch: Launch; readonly at: PlanProgress; readonly leftMs: number }
  | { readonly type: 'launched'; readonly launch: Launch; readonly outcome: LaunchOutcome }
  | { readonly type: 'measured'; readonly end: PlanEnd }
  | { readonly type: 'checking'; readonly doing: string; readonly leftMs: number | null }
  /** A transport or a procedure was checked. */
  | { readonly type: 'checked' }
  | { readonly type: 'ended'; readonly at: Date; readonly interruption: Interruption | null };

/**
 * How far a run is. What launches and checks have given is kept beside it, launch by launch (`RunRecords`,
 * `CheckPass`): a copy of that for each event would be most of the work between two windows.
 */
export interface RunState {
  readonly status: Report['status'];
  /** null while it goes on. */
  readonly finishedAt: Date | null;
  /** Set when a signal ended it. */
  readonly interruption: Interruption | null;
  readonly roundsCompleted: number;
  /** null while its launches go on. */
  readonly ended: PlanEnd | null;
}

export const BEGUN: RunState = {
  status: 'running',
  finishedAt: null,
  interruption: null,
  roundsCompleted: 0,
  ended: null,
};

/** Pure. */
export function stateAfter(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'launching':
      return { ...state, roundsCompleted: event.at.roundsCompleted };
    case 'measured':
      return { ...state, roundsCompleted: event.end.roundsCompleted, ended: event.end };
    case 'ended':
      return {
        ...state,
        status: event.interruption === null ? 'complete' : 'interrupted',
        finishedAt: event.at,
        interruption: event.interruption,
      };
    case 'launched':
    case 'checking':
    case 'checked':
      return state;
  }
}
