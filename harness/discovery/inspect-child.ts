import { existsSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { Transport } from '../model/index.js';
import { recordArrange } from './arrange-script.js';
import type { InspectionLine, PlainTransport } from './inspection.js';
import { watchLoading, type Loading } from './watch-loading.js';
import { parseTransport } from './transport-schema.js';

/** The descriptor on which the child reports: its stdout belongs to the module. */
const reportDescriptor = 3;

/**
 * Runs in a child of the harness: imports one module that is not ours, checks it and writes down what it is. Ends the
 * process, since the module may have started something that would keep it alive.
 */
export async function inspectModule(specifier: string, resolve: (specifier: string) => string): Promise<never> {
  report(await inspect(specifier, resolve));
  process.exit(0);
}

const inspect = async (specifier: string, resolve: (specifier: string) => string): Promise<InspectionLine> => {
  let module: string;
  let exported: unknown;
  try {
    module = resolve(specifier);
  } catch (error) {
    return problem(`was not found from ${process.cwd()} (${oneLine(error)})`);
  }
  if (module.startsWith('file:') && !existsSync(fileURLToPath(module)))
    return problem(`was not found: there is no file ${fileURLToPath(module)}`);
  const loading = watchLoading();
  try {
    const namespace: unknown = await import(module);
    if (typeof namespace !== 'object' || namespace === null || !('default' in namespace)) {
      return problem('has no default export: a transport module default-exports one descriptor');
    }
    exported = namespace.default;
  } catch (error) {
    return problem(`threw while it was imported: ${oneLine(error)}`);
  }
  report({ stage: 'imported' });
  try {
    const finding = parseTransport(exported);
    if (finding.kind === 'problem') return problem(finding.problem);
    return { stage: 'described', transport: describe(finding.transport, module, loading) };
  } catch (error) {
    return problem(`threw while its members were read: ${oneLine(error)}`);
  }
};

const describe = (transport: Transport, module: string, loading: Loading): PlainTransport => {
  const { arrange, js, ...members } = transport;
  return {
    members,
    topology: js?.topology ?? null,
    arrange: arrange ? recorded(transport) : null,
    module,
    loaded: loading.filesOf(module),
  };
};

const rendezvousEnd = v.object({ spec: v.string(), descriptors: v.array(v.number()) });
const rendezvous = v.object({ initiator: rendezvousEnd, responder: rendezvousEnd });

const recorded = (transport: Transport): PlainTransport['arrange'] => {
  try {
    return recordArrange((tools) => v.parse(rendezvous, transport.arrange?.(tools)));
  } catch (error) {
    throw new Error(`'arrange' did not return a rendezvous: ${oneLine(error)}`, { cause: error });
  }
};

const problem = (text: string): InspectionLine => ({ stage: 'problem', problem: text });

const oneLine = (error: unknown): string => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return (text.split('\n')[0] ?? text).slice(0, 300);
};

const report = (line: InspectionLine): void => {
  writeSync(reportDescriptor, `${JSON.stringify(line)}\n`);
};
