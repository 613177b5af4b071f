import type { Launch, LaunchOutcome } from '../model/index.js';
import type { Turn } from './run-launch.js';

/** Pairs that were started at the same time, and measure one after the other. */
export interface StartedLaunches {
  /**
   * Once all of them are connected or have failed, and those measured before have ended: lets this one measure. Rejects
   * as `runLaunch` does.
   */
  measure(launch: Launch): Promise<LaunchOutcome>;
  /** Ends the pairs that did not get their turn. Resolves when nothing is left of them. Never rejects. */
  end(): Promise<void>;
}

/**
 * Two Node processes take ten times as long to start as a native pair takes for everything, and one that was forked
 * starts after its parent: several pairs that start together keep all CPUs busy. Until its turn a pair is connected and
 * blocked, so it takes no CPU from the one that measures.
 */
export function startTogether(
  launches: readonly Launch[],
  run: (launch: Launch, turn: Turn) => Promise<LaunchOutcome>,
): StartedLaunches {
  const started = new Map(launches.map((launch) => [launch.index, startOne(launch, run)]));
  const allConnected = Promise.all([...started.values()].map(({ connected }) => connected));
  return {
    measure: async (launch) => {
      const one = started.get(launch.index);
      if (one === undefined) throw new Error(`Launch ${launch.index} was not started.`);
      await allConnected;
      one.begin();
      return one.outcome;
    },
    end: async () => {
      for (const { abandon } of started.values()) abandon();
      await Promise.allSettled([...started.values()].map(({ outcome }) => outcome));
    },
  };
}

interface StartedLaunch {
  /** Connected or failed. */
  readonly connected: Promise<void>;
  readonly outcome: Promise<LaunchOutcome>;
  begin(): void;
  /** Does nothing after `begin`. */
  abandon(): void;
}

function startOne(launch: Launch, run: (launch: Launch, turn: Turn) => Promise<LaunchOutcome>): StartedLaunch {
  let begin = (): void => undefined;
  let abandon = (): void => undefined;
  const turn = new Promise<void>((resolve, reject) => {
    begin = resolve;
    abandon = () => reject(new Error('The run ended before this launch was started.'));
  });
  // Whoever waits for it gets the rejection; when nobody does any more, it concerns nobody.
  turn.catch(() => undefined);
  let isConnected = (): void => undefined;
  const connected = new Promise<void>((resolve) => {
    isConnected = resolve;
  });
  const outcome = run(launch, {
    wait: () => {
      isConnected();
      return turn;
    },
  });
  outcome.then(isConnected, isConnected);
  return { connected, outcome, begin, abandon };
}
