import type { Scale } from '../check-run/check-run.js';

/** Longest time without a message in a checked exchange, unless more was asked for. */
export const STALL_MS = 30_000;

/** What a procedure takes, until enough have been seen. */
export const TRIAL_MS: Readonly<Record<Scale, number>> = { quick: 25, default: 60, thorough: 200 };

interface ExchangeMs {
  readonly core: number;
  readonly js: number;
}

/** What a checked transport takes, both exchanges, until it has been seen. */
export const CHECK_MS: Readonly<Record<Scale | 'gate', ExchangeMs>> = {
  quick: { core: 350, js: 400 },
  default: { core: 1800, js: 1000 },
  thorough: { core: 15_000, js: 10_000 },
  // Two sides, of which base is checked only where head failed.
  gate: { core: 2000, js: 2000 },
};
