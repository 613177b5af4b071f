import { readdir } from 'node:fs/promises';

export type Suite = 'transports' | 'workloads' | 'settings' | 'conformance';

export interface SuiteModule {
  /** File URL. */
  readonly url: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** The folder `suites` beside the compiled `harness`. */
const suites = new URL('../../suites/', import.meta.url);

/**
 * Imports every module directly inside suites/<suite>, in order of their names. Tests, declarations and subfolders are
 * not modules.
 */
export async function importSuite(suite: Suite, root: URL = suites): Promise<readonly SuiteModule[]> {
  const folder = new URL(`${suite}/`, root);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js') && !name.endsWith('.test.js')).sort();
  return Promise.all(
    names.map(async (name) => {
      const url = new URL(name, folder).href;
      return { url, exports: (await import(url)) as Record<string, unknown> };
    }),
  );
}
