import type { Transport, Warning } from '../model/index.js';
import { inspectModule, isPath, type InspectOptions } from './inspect-module.js';
import { reviveTransport, type LoadedFiles } from './inspection.js';
import { importSuite, type SuiteModule } from './suite-modules.js';
import { parseTransport } from './transport-schema.js';

export interface LoadedTransport {
  readonly transport: Transport;
  /** File URL of its module: what a Node peer is given as `--transport-module`. */
  readonly module: string;
  readonly origin: 'built-in' | 'user';
  /** Of a user's: what its import loaded. Absent where that could not be told. */
  readonly loaded?: LoadedFiles | undefined;
  /** Where it came by the name of an installed package instead of a path. */
  readonly packageName?: string;
}

export interface LoadedTransports {
  /** Built-ins by name, then the user's in the order they were given. */
  readonly transports: readonly LoadedTransport[];
  /** One sentence for each module that was asked for and could not be taken. */
  readonly failures: readonly { readonly module: string; readonly message: string }[];
  readonly warnings: readonly Warning[];
}

export interface LoadOptions extends Partial<InspectOptions> {
  /** What the user gave as `--transport`: paths, or names of installed packages. */
  readonly modules: readonly string[];
}

/**
 * Every transport there is. A user's module that is broken costs a sentence in `failures`; a built-in one that is
 * broken throws.
 */
export async function loadTransports({
  modules,
  cwd = process.cwd(),
  timeoutMs = 10_000,
}: LoadOptions): Promise<LoadedTransports> {
  const transports = (await importSuite('transports')).map(takeBuiltIn);
  const failures: { module: string; message: string }[] = [];
  const warnings: Warning[] = [];
  const taken = new Map(transports.map((loaded) => [loaded.transport.name, loaded.module]));
  for (const module of new Set(modules)) {
    const finding = await inspectModule(module, { cwd, timeoutMs });
    if (finding.kind === 'problem') {
      failures.push({ module, message: `Transport module '${module}' ${finding.problem}.` });
      continue;
    }
    const { name } = finding.transport.members;
    const other = taken.get(name);
    if (other !== undefined) {
      failures.push({
        module,
        message:
          `Transport module '${module}' has the name '${name}', which ${other} already uses. Give it ` +
          "another 'name'.",
      });
      continue;
    }
    taken.set(name, finding.transport.module);
    const named = isPath(module) ? {} : { packageName: module };
    transports.push({
      transport: reviveTransport(finding.transport),
      module: finding.transport.module,
      origin: 'user',
      loaded: finding.transport.loaded,
      ...named,
    });
    if (finding.printed !== '') warnings.push(printed(module, finding.printed));
  }
  return { transports, failures, warnings };
}

/**
 * A text given as `--transport` that can only be a module: the name of a transport has neither slash nor dot nor this
 * prefix.
 */
export const isTransportModule = (text: string): boolean =>
  /[./\\:@]/.test(text) || text.startsWith('ipcbench-transport-');

const takeBuiltIn = ({ url, exports }: SuiteModule): LoadedTransport => {
  const finding = parseTransport(exports['default']);
  if (finding.kind === 'problem') throw new Error(`Built-in transport module ${url} ${finding.problem}.`);
  return { transport: finding.transport, module: url, origin: 'built-in' };
};

const printed = (module: string, text: string): Warning => ({
  code: 'module-prints',
  message: `Transport module '${module}' prints while it is imported ('${text.split('\n')[0]?.slice(0, 80)}').`,
  hint: 'Its peers import it too, during a launch. Move the output into open(), or remove it.',
});
