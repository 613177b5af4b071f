import type { Rendezvous, RendezvousTools } from '../model/index.js';
import {
  countingStandIns,
  isDescriptor,
  leavesOf,
  OPERATIONS,
  toolsFrom,
  type Operation,
  type OperationName,
} from '../rendezvous/operations.js';

/**
 * What a foreign module's `arrange` asked its tools for, as plain data. It is recorded once, in the child that checks
 * the module; each launch repeats the script with the real tools. So nothing foreign ever runs in the harness, and
 * `arrange` must be a function of its tools alone.
 */
export interface ArrangeScript {
  readonly steps: readonly ArrangeStep[];
  readonly rendezvous: Rendezvous;
}

export interface ArrangeStep {
  readonly tool: OperationName;
  /** Texts hold the stand-ins of what earlier steps made. */
  readonly args: readonly unknown[];
}

/**
 * Runs `arrange` with tools that only write down what was asked of them. Throws what `arrange` throws, or a sentence.
 */
export function recordArrange(arrange: (tools: RendezvousTools) => Rendezvous): ArrangeScript {
  const steps: ArrangeStep[] = [];
  const stand = countingStandIns();
  const made = new Set<unknown>();
  const tools = toolsFrom((tool, args) => {
    steps.push({ tool, args });
    const standIn = OPERATIONS[tool].standIn(stand);
    for (const leaf of leavesOf(standIn, null)) made.add(leaf.standIn);
    return standIn;
  });
  const rendezvous = arrange(tools);
  for (const descriptor of [...rendezvous.initiator.descriptors, ...rendezvous.responder.descriptors]) {
    if (isDescriptor(descriptor) && made.has(descriptor)) continue;
    throw new Error(`It hands over descriptor ${String(descriptor)}, which was not made by its tools`);
  }
  return { steps, rendezvous };
}

/** Repeats a recorded `arrange` with real tools. */
export function replayArrange(script: ArrangeScript, tools: RendezvousTools): Rendezvous {
  const stand = countingStandIns();
  const texts: (readonly [standIn: string, real: string])[] = [];
  const descriptors = new Map<unknown, number>();
  // The last one first: '…-1' is also the beginning of '…-10'.
  const real = (text: string): string =>
    texts.reduceRight((all, [standIn, value]) => all.replaceAll(standIn, value), text);
  for (const { tool, args } of script.steps) {
    const call = tools[tool] as (...args: readonly unknown[]) => unknown;
    const made = call(...args.map((arg) => (typeof arg === 'string' ? real(arg) : arg)));
    for (const leaf of leavesOf((OPERATIONS[tool] as Operation).standIn(stand), made)) {
      if (isDescriptor(leaf.standIn)) descriptors.set(leaf.standIn, leaf.real as number);
      else texts.push([String(leaf.standIn), String(leaf.real)]);
    }
  }
  const realEnd = (end: Rendezvous['initiator']): Rendezvous['initiator'] => ({
    spec: real(end.spec),
    descriptors: end.descriptors.map((descriptor) => descriptors.get(descriptor) as number),
  });
  return { initiator: realEnd(script.rendezvous.initiator), responder: realEnd(script.rendezvous.responder) };
}
