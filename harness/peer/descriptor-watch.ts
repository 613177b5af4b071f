import { openDescriptors } from '../os/os.js';

/** Descriptors that this process opens in a checked exchange and does not close. */
export interface DescriptorWatch {
  /**
   * After each arrival: takes a second count at a quarter of the exchange, by when what is opened once for all has been
   * opened.
   */
  at(messages: number): void;
  /** What there is more of than at any count before: "100 more sockets …"; null when there is nothing. */
  grown(): string | null;
}

type Counts = ReadonlyMap<string, number>;

/**
 * Of these, a runtime and its C library open some of their own when they need them (malloc reads
 * /proc/sys/vm/overcommit_memory).
 */
const RUNTIME_OPENS = 4;

/** Begins now. `planned` is the number of messages. */
export function watchDescriptors(planned: number): DescriptorWatch {
  const counts: Counts[] = [countByKind()];
  return {
    at(messages) {
      if (counts.length === 1 && messages >= planned / 4) counts.push(countByKind());
    },
    grown() {
      const kinds = [...countByKind()].flatMap(([kind, count]) => {
        const more = count - Math.max(...counts.map((then) => then.get(kind) ?? 0));
        return more >= (/^(anon_inode|\/proc\/|\/sys\/)/.test(kind) ? RUNTIME_OPENS : 1) ? [`${more} of ${kind}`] : [];
      });
      return kinds.length === 0 ? null : kinds.join(', ');
    },
  };
}

function countByKind(): Counts {
  const counts = new Map<string, number>();
  for (const what of openDescriptors()?.values() ?? []) {
    const kind = kindOf(what);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** "socket" of "socket:[4711]", a file by its path. */
function kindOf(what: string): string {
  return what.replace(/^(socket|pipe):\[\d+\]$/, '$1');
}
