import type { Rendezvous, RendezvousTools, SocketType } from '../model/index.js';

/**
 * What a foreign module's `arrange` asked its tools for, as plain data. It is recorded once, in the child that checks
 * the module; each launch repeats the script with the real tools. So nothing foreign ever runs in the harness, and
 * `arrange` must be a function of its tools alone.
 */
export interface ArrangeScript {
  readonly steps: readonly ArrangeStep[];
  readonly rendezvous: Rendezvous;
}

export type ArrangeStep =
  | { readonly tool: 'path'; readonly name: string }
  | { readonly tool: 'socketpair'; readonly type: SocketType }
  | { readonly tool: 'pipe' }
  | { readonly tool: 'mkfifo'; readonly path: string }
  | { readonly tool: 'listenUnix'; readonly path: string; readonly type: 'stream' | 'seqpacket' }
  | {
      readonly tool: 'boundDatagramPair';
      readonly pathA: string;
      readonly pathB: string;
      readonly connected: 'both' | 'one-way';
    }
  | { readonly tool: 'listenTcp' };

// Stand-ins that no real value equals. Paths and ports are replaced in texts, descriptors by position.
const pathToken = (index: number): string => `/ipcbench-path-${index}-of-this-launch`;
const portToken = (index: number): number => 918_273_000_000 + index;
const firstDescriptor = 1_000_000;

/**
 * Runs `arrange` with tools that only write down what was asked of them. Throws what `arrange` throws, or a sentence.
 */
export function recordArrange(arrange: (tools: RendezvousTools) => Rendezvous): ArrangeScript {
  const steps: ArrangeStep[] = [];
  const counts = { path: 0, port: 0, descriptor: firstDescriptor };
  const pair = (): [number, number] => [counts.descriptor++, counts.descriptor++];
  const rendezvous = arrange({
    path(name) {
      steps.push({ tool: 'path', name: String(name) });
      return pathToken(counts.path++);
    },
    socketpair(type) {
      steps.push({ tool: 'socketpair', type });
      return pair();
    },
    pipe() {
      steps.push({ tool: 'pipe' });
      return pair();
    },
    mkfifo: (path) => void steps.push({ tool: 'mkfifo', path }),
    listenUnix(path, type) {
      steps.push({ tool: 'listenUnix', path, type });
      return counts.descriptor++;
    },
    boundDatagramPair(pathA, pathB, connected) {
      steps.push({ tool: 'boundDatagramPair', pathA, pathB, connected });
      return pair();
    },
    listenTcp() {
      steps.push({ tool: 'listenTcp' });
      return { descriptor: counts.descriptor++, port: portToken(counts.port++) };
    },
  });
  for (const descriptor of [...rendezvous.initiator.descriptors, ...rendezvous.responder.descriptors]) {
    if (Number.isInteger(descriptor) && descriptor >= firstDescriptor && descriptor < counts.descriptor) continue;
    throw new Error(`It hands over descriptor ${String(descriptor)}, which was not made by its tools`);
  }
  return { steps, rendezvous };
}

/** Repeats a recorded `arrange` with real tools. */
export function replayArrange(script: ArrangeScript, tools: RendezvousTools): Rendezvous {
  const replacements: [token: string, value: string][] = [];
  const descriptors: number[] = [];
  let paths = 0;
  let ports = 0;
  // The last token first: '…-1' is also the beginning of '…-10'.
  const real = (text: string): string =>
    replacements.reduceRight((all, [token, value]) => all.replaceAll(token, value), text);
  for (const step of script.steps) {
    switch (step.tool) {
      case 'path':
        replacements.push([pathToken(paths++), tools.path(step.name)]);
        break;
      case 'socketpair':
        descriptors.push(...tools.socketpair(step.type));
        break;
      case 'pipe':
        descriptors.push(...tools.pipe());
        break;
      case 'mkfifo':
        tools.mkfifo(real(step.path));
        break;
      case 'listenUnix':
        descriptors.push(tools.listenUnix(real(step.path), step.type));
        break;
      case 'boundDatagramPair':
        descriptors.push(...tools.boundDatagramPair(real(step.pathA), real(step.pathB), step.connected));
        break;
      case 'listenTcp': {
        const { descriptor, port } = tools.listenTcp();
        descriptors.push(descriptor);
        replacements.push([String(portToken(ports++)), String(port)]);
        break;
      }
    }
  }
  const realEnd = (end: Rendezvous['initiator']): Rendezvous['initiator'] => ({
    spec: real(end.spec),
    descriptors: end.descriptors.map((descriptor) => descriptors[descriptor - firstDescriptor] as number),
  });
  return { initiator: realEnd(script.rendezvous.initiator), responder: realEnd(script.rendezvous.responder) };
}
