import type { Driver, FaultName } from '../model/index.js';

/** How far the faults go that take distance or time: as far as a quick look allows, or as far as they are meant. */
export type Reach = 'short' | 'full';

export interface FaultExtent {
  /** Of the exchange it is injected into. */
  readonly messages: number;
  readonly maxBytes: number;
  /** As in `InjectedFault`. */
  readonly extent: number;
}

/** What Node's own transports carry in a second or two is a tenth of what the core's do. */
const FULL = { delay: 1000, 'duplicate-late': { js: 10_000, core: 100_000 }, pause: 2000 } as const;
const SHORT = { delay: 100, 'duplicate-late': 300, pause: 200 } as const;
/** Many messages are small ones: what comes between is their number. */
const SMALL_BYTES = 256;

/** `messages` is what every other fault is injected into. */
export function extentOf(fault: FaultName, driver: Driver, reach: Reach, messages: number): FaultExtent {
  const usual = { messages, maxBytes: driver === 'js' ? 4096 : 16 * 1024, extent: 1 };
  switch (fault) {
    case 'delay':
      return reach === 'short'
        ? { ...usual, extent: SHORT.delay }
        : { ...usual, messages: FULL.delay + messages, extent: FULL.delay };
    case 'duplicate-late': {
      const apart = FULL['duplicate-late'][driver === 'js' ? 'js' : 'core'];
      return reach === 'short'
        ? { ...usual, extent: SHORT['duplicate-late'] }
        : { messages: apart + messages, maxBytes: SMALL_BYTES, extent: apart };
    }
    case 'pause':
      return { ...usual, extent: reach === 'short' ? SHORT.pause : FULL.pause };
    default:
      return usual;
  }
}
