import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { gateSchema } from './gate-schema.js';
import { reportSchema } from './report-schema.js';

/**
 * The published JSON Schemas by file name, drawn from the valibot ones. A development tool: nothing that ships imports
 * this file.
 */
export const publishedSchemas = {
  'report.schema.json': () =>
    publish(reportSchema, {
      id: 'urn:ipcbench:report:1',
      title: 'ipcbench report, version 1',
      description:
        'Everything a run of ipcbench leaves behind. Durations are nanoseconds unless the name says otherwise, ' +
        'sizes bytes, rates per second.',
    }),
  'gate.schema.json': () =>
    publish(gateSchema, {
      id: 'urn:ipcbench:gate:1',
      title: 'ipcbench gate, version 1',
      description:
        'Base against head: what was compared, pair by pair, and what was decided. A change is head / base - 1, ' +
        'so 0.05 is 5 % worse; durations are nanoseconds unless the name says otherwise.',
    }),
} as const satisfies Readonly<Record<string, () => string>>;

interface Heading {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

function publish(source: v.GenericSchema, { id, title, description }: Heading): string {
  const { $schema, ...schema } = toJsonSchema(source, { ignoreActions: ['readonly', 'finite'] });
  return `${JSON.stringify({ $schema, $id: id, title, description, ...schema }, null, 2)}\n`;
}
