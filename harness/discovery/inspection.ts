import * as v from 'valibot';
import type { Transport } from '../model/index.js';
import { replayArrange, type ArrangeScript } from './arrange-script.js';

/** A foreign transport as the child that checked it hands it over: everything but its functions. */
export interface PlainTransport {
  readonly members: Omit<Transport, 'arrange' | 'js'>;
  readonly topology: 'spawned' | 'forked' | null;
  readonly arrange: ArrangeScript | null;
  /** Where the module was found: a file URL. */
  readonly module: string;
  readonly loaded?: LoadedFiles | undefined;
}

/**
 * What the import of a module loaded: itself, what it imports, and libraries. What `open` loads later is not among it.
 */
export interface LoadedFiles {
  readonly files: number;
  /** SHA-256 of their contents, whatever they are called. */
  readonly digest: string;
  /** Packages that they belong to, other than the module's own, as `ws 8.18.0`. */
  readonly packages: readonly string[];
}

/** What the checking child says, one JSON line each, in this order; a problem ends it. */
export type InspectionLine =
  | { readonly stage: 'imported' }
  | { readonly stage: 'problem'; readonly problem: string }
  | { readonly stage: 'described'; readonly transport: PlainTransport };

// Our own code wrote these lines, but in a process in which foreign code ran: the shape of the whole is looked at
// again, and the members once more by parseTransport.
const line = v.variant('stage', [
  v.object({ stage: v.literal('imported') }),
  v.object({ stage: v.literal('problem'), problem: v.string() }),
  v.object({
    stage: v.literal('described'),
    transport: v.object({
      members: v.looseObject({ name: v.string() }),
      topology: v.nullable(v.picklist(['spawned', 'forked'])),
      arrange: v.nullable(
        v.object({ steps: v.array(v.looseObject({ tool: v.string() })), rendezvous: v.looseObject({}) }),
      ),
      module: v.string(),
      loaded: v.optional(v.object({ files: v.number(), digest: v.string(), packages: v.array(v.string()) })),
    }),
  }),
]);

export function parseInspection(text: string): InspectionLine[] {
  return text.split('\n').flatMap((row) => {
    try {
      const parsed = v.safeParse(line, JSON.parse(row));
      return parsed.success ? [parsed.output as unknown as InspectionLine] : [];
    } catch {
      return []; // What the module itself wrote there.
    }
  });
}

/**
 * A Transport whose `arrange` repeats the recorded script, and whose `open` is only ever called in a peer, from the
 * real module.
 */
export function reviveTransport({ members, topology, arrange }: PlainTransport): Transport {
  return {
    ...members,
    ...(arrange && { arrange: (tools) => replayArrange(arrange, tools) }),
    ...(topology && {
      js: {
        topology,
        open: () =>
          Promise.reject(new Error(`Transport '${members.name}' is opened in its peers, not in the harness.`)),
      },
    }),
  };
}
