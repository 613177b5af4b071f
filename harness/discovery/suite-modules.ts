import { readdir } from 'node:fs/promises';

export type Suite = 'transports' | 'workloads' | 'settings';

export interface SuiteModule {
  /** File URL. */
  readonly url: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A module of checks. */
export interface TopicModule extends SuiteModule {
  /** The folder it lies in: the first part of the ids of its checks. */
  readonly topic: string;
}

/** The folder `suites` beside the compiled `harness`. */
const suites = new URL('../../suites/', import.meta.url);

/**
 * Imports every module directly inside suites/<suite>, in order of their names. Tests, declarations and subfolders are
 * not modules.
 */
export const importSuite = (suite: Suite, root: URL = suites): Promise<readonly SuiteModule[]> =>
  importFolder(new URL(`${suite}/`, root));

/** Imports every module of suites/conformance/checks/<topic>, in order of topics and names. */
export async function importTopics(root: URL = suites): Promise<readonly TopicModule[]> {
  const checks = new URL('conformance/checks/', root);
  const topics = (await readdir(checks, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const modules = topics
    .map(({ name }) => name)
    .sort()
    .map(async (topic) => (await importFolder(new URL(`${topic}/`, checks))).map((module) => ({ ...module, topic })));
  return (await Promise.all(modules)).flat();
}

async function importFolder(folder: URL): Promise<readonly SuiteModule[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js') && !name.endsWith('.test.js')).sort();
  return Promise.all(
    names.map(async (name) => {
      const url = new URL(name, folder).href;
      return { url, exports: (await import(url)) as Record<string, unknown> };
    }),
  );
}
